// step() from the inside: one event's passage over the state. Private to the engine; its methods stand in
// step_*.cpp by what they deal with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/decide.hpp"
#include "engine/step.hpp"

namespace tvh::engine {

// How often an order that rests is looked at where its venue's updates might have been lost.
inline constexpr std::chrono::seconds kRestingLook{30};
// How often one that the venue has forgotten is asked for all the same.
inline constexpr std::chrono::minutes kForgottenLook{10};
// From when on a signal from the future is worth a word.
inline constexpr std::chrono::seconds kSkewTold{5};

class Stepper {
 public:
  Stepper(ExecutorState& state, const ExecutorRules& rules, const Moment& moment, Step& out)
      : state_(state), rules_(rules), moment_(moment), out_(out) {}

  // step_controls.cpp
  void begin();  // what the moment itself changes: a halt, a new day
  void operator()(const VenuePaused& event);
  void operator()(const RequestArrived& event);
  void operator()(const TimePassed&);
  void operator()(const LookNow&);

  // step_signals.cpp
  void operator()(const SignalArrived& event);
  void operator()(const FactsArrived& event);

  // step_outcomes.cpp
  void operator()(const SubmitAnswered& event);
  void operator()(const QueryAnswered& event);
  void operator()(const CancelAnswered& event);
  void operator()(const OrderNews& event);

 private:
  using Key = std::pair<std::string, std::string>;
  enum class Place { last, next };

  // Signals.
  bool moves_by_alerts(const std::string& venue) const;
  void add_task(Task task, Place place);
  void advance_line(const Key& line);
  void start_task(Task& task);
  void look_up(Task& task);
  enum class Resting { all, closing };  // closing: what reduces the lane's position
  struct RestingOrders {
    std::vector<std::string> ids;
    std::set<std::string> passed_over;  // instruments whose orders stay
  };
  RestingOrders resting_of(const Task& task, Resting which) const;
  std::optional<RestingOrders> in_the_way(const Task& task, Decision& decision);
  std::set<std::string> closing_what_is_bound(const Task& task, const std::vector<PlannedOrder>& orders) const;
  bool closes(const model::Intent& order) const;
  void cancel_first(Task& task, const RestingOrders& resting);
  void learn_prices(const Task& task);
  void conclude(Task& task);  // every fact is there: decide, and keep what was decided
  void commit_orders(Task& task, const Decision& decision, std::vector<PlannedOrder> orders);
  void claim(Task& task);
  void end_task(Task& task, model::SignalState end, const std::string& reason, const std::string& message);
  void refuse_task(Task& task, const Refusal& refusal);
  void leave_line(const Task& task);
  bool leaves_unprotected(const Task& task) const;
  void tell_refusal(const Task& task, const std::string& symbol, const Refusal& refusal);
  void end_pending(const model::Request& request, const std::vector<model::Signal>& pending);
  void make_way(const model::Request& request);
  void refuse_all_waiting(const model::Halt& halt);
  void pause(const std::string& venue, Nanoseconds length);
  void go_on(const std::string& signal_id);  // after one of its orders moved

  // Orders: what to do with one now.
  void act(const std::string& client_order_id);
  void try_send(OpenOrder& order);
  void send(OpenOrder& order, model::OrderEventKind event, const std::string& detail);
  void query(OpenOrder& order);
  void cancel(OpenOrder& order);
  static int times_lost(const OpenOrder& order);
  void resend_or_give_up(OpenOrder& order);
  bool waits_for_another(const OpenOrder& order) const;
  std::optional<Refusal> check_again(const OpenOrder& order) const;
  bool opens(const OpenOrder& order) const;
  bool may_try_on(const OpenOrder& order, int tries, int most) const;
  bool may_look_on(const Task& task) const;
  bool may_call(std::map<std::string, RequestWindow>& windows, OpenOrder& order, bool of_orders);

  // Orders: what became of one.
  void move(OpenOrder& order, model::OrderEventKind event, const std::string& detail);
  void lose(OpenOrder& order, const std::string& why);
  void end_unsent(OpenOrder& order, const Refusal& refusal);  // exists nowhere, for a reason of ours
  void take_report(OpenOrder& order, const model::OrderReport& report);
  void take_fill(OpenOrder& order, const model::Fill& fill);
  void add_to_position(const model::Intent& intent, const model::Fill& fill);
  void settle(OpenOrder& order);  // after a move: told, and let go when it has ended
  void tell_order(const OpenOrder& order);
  Nanoseconds since_first_sent(const OpenOrder& order) const;
  void weigh_absence(OpenOrder& order);
  void weigh_vanishing(OpenOrder& order);
  void note_probe(const OpenOrder& order);
  void credit_probe(const OpenOrder& order, bool succeeded);
  void count_outcome(const OpenOrder& order, bool succeeded);
  void drop_followers(const OpenOrder& order);
  void send_followers(const std::string& signal_id);
  void give_up_cancel(OpenOrder& order);

  // step_netting.cpp: closes that the account's net position does not cover.
  enum class Netting { explains, may_explain, denies };
  Netting ask_net(const OpenOrder& order) const;
  bool is_settled_since(const OpenOrder& other, SteadyPoint refused) const;
  void weigh_close(OpenOrder& order);
  void look_at_others(const OpenOrder& order);
  std::string close_again(const OpenOrder& order);  // its id; sent when `order` has ended
  bool close_rest(const OpenOrder& order);
  void refuse_close(OpenOrder& order, const std::string& why);

  ExecutorState& state_;
  const ExecutorRules& rules_;
  const Moment& moment_;
  Step& out_;
};

bool is_outcome_known(model::OrderState state);
// The leg of the order that is decided on when one of that leg was not reduced.
std::string leg_again(const std::string& leg);
// Of a reversal in several orders, those that close.
bool is_closing_leg(const std::string& leg);
model::OrderKey key_of(const model::Intent& intent);
model::Instrument instrument_of(const model::Intent& intent);

}  // namespace tvh::engine
