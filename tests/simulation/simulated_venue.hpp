// A hostile exchange on virtual time that keeps the port's contract (venue/venue.hpp): requests and answers
// take time, get lost, overtake each other; orders rest, fill in parts, end by themselves. What it does is
// drawn from the seed; what it truly holds is there for the checkers to read.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <unordered_map>

#include "simulation/faults.hpp"
#include "simulation/report.hpp"
#include "venue/venue.hpp"

namespace tvh::simulation {

struct VenueProfile {
  std::string name;
  model::Capabilities capabilities;
  Nanoseconds tolerance{};  // a request older than this is not taken; the declared fence is this or more
  std::optional<Nanoseconds> memory{};  // of ended orders' ids; the declared one is this or less
  Nanoseconds timeout{};                // after which a call that got no answer says so
  Nanoseconds fastest{};                // one way
  Nanoseconds slowest{};
  bool ids_unique_among_open_only = false;  // a second request under an ended order's id is a second order
  bool trade_ids_per_order = false;         // "1", "2", … in each order
  bool fees_in_base = false;                // of spot buys
  bool steady_prices = true;
};

struct VenueOrder {
  model::OrderRequest request;
  std::string venue_order_id;
  model::OrderState state = model::OrderState::accepted;
  Decimal filled;
  std::vector<model::Fill> fills;
  TimePoint sent_at{};
  TimePoint visible_at{};
};

// What is known of the requests that left under one id.
struct Sending {
  int sends = 0;
  int under_way = 0;         // may still arrive
  TimePoint last_sent{};     // true time
  bool known_absent = true;  // the executor was told rightly that nothing came of any of them
};

class SimulatedVenue;
class VenueObserver {
 public:
  virtual ~VenueObserver() = default;
  virtual void before_submit(const SimulatedVenue& venue, const model::OrderRequest& order) = 0;
  virtual void after_submit(const SimulatedVenue& venue, const model::OrderRequest& order) = 0;
  virtual void on_fill(const SimulatedVenue& venue, const VenueOrder& order, const model::Fill& fill) = 0;
};

class SimulatedVenue final : public venue::Venue {
 public:
  SimulatedVenue(VenueProfile profile, std::vector<model::Instrument> instruments, const WorldTime& time,
                 Faults& faults, Random random, VenueObserver& observer, const Trace& trace);

  const std::string& name() const override { return profile_.name; }
  const model::Capabilities& capabilities() const override { return profile_.capabilities; }
  void submit(const model::OrderRequest& order, venue::Done<model::SubmitOutcome> done) override;
  void query_order(const model::OrderKey& key, venue::Done<model::QueryOutcome> done) override;
  void cancel(const model::OrderKey& key, venue::Done<model::CancelOutcome> done) override;
  void look_up(const model::LookUp& wanted, venue::Done<model::LookUpOutcome> done) override;
  void read_positions(venue::Done<Result<std::vector<venue::VenuePosition>>> done) override;
  void read_balances(venue::Done<Result<std::vector<model::PaperBalance>>> done) override;
  void watch_orders(std::function<void(venue::OrderUpdate)> on_update) override;
  std::optional<std::chrono::steady_clock::time_point> next_due() const override;
  void run_due() override;

  // ---- For the world -----
  std::optional<TimePoint> next_event() const;  // true time
  // The process at the other end is gone; what it sent still arrives.
  void disconnect();
  void go_down(Nanoseconds length);
  // What rests ends within seconds from here on.
  void drain();

  // ---- For the checkers -----
  const VenueProfile& profile() const { return profile_; }
  const std::deque<VenueOrder>& orders() const { return orders_; }
  const VenueOrder* find(const std::string& client_order_id) const;  // whatever it tells others
  const Sending& sending(const std::string& client_order_id) const;
  Decimal held(const std::string& instrument) const;
  const std::map<std::string, Decimal>& all_held() const { return held_; }
  Decimal price_of(const std::string& instrument) const;
  std::int64_t sends() const { return sends_; }
  std::int64_t resends() const { return resends_; }
  std::int64_t cancels() const { return cancels_; }

 private:
  struct Event {
    TimePoint at;
    std::uint64_t number;
    std::function<void()> act;
    bool operator<(const Event& other) const {  // the heap's top is the earliest
      return at != other.at ? at > other.at : number > other.number;
    }
  };
  using Rates = std::deque<TimePoint>;

  void at(TimePoint when, std::function<void()> act);
  template <class Answer>
  void answer_at(TimePoint when, const venue::Done<Answer>& done, Answer answer);
  Nanoseconds one_way() { return random_.span(profile_.fastest, profile_.slowest); }
  bool is_down() const { return time_.true_now() < down_until_; }
  void count_call(const std::optional<model::Rate>& rate, Rates& calls, const char* what);

  // A request arrives; what it is answered, or nothing.
  std::optional<model::SubmitOutcome> take(const model::OrderRequest& order, TimePoint sent_at,
                                           Nanoseconds clock_error);
  model::QueryOutcome find_order(const model::OrderKey& key) const;
  model::CancelOutcome cancel_now(const model::OrderKey& key);
  VenueOrder* look(const model::OrderKey& key) const;  // as far as it can be seen now
  void note_not_found(const std::string& client_order_id, TimePoint asked_at);

  // Matching.
  std::optional<model::Refused> refuse_at_once(const model::OrderRequest& order);
  void match(VenueOrder& order);
  void match_at_once(VenueOrder& order);
  void leave_resting(VenueOrder& order);
  Decimal part_of(const VenueOrder& order);
  void fill(VenueOrder& order, Decimal quantity);
  void end(VenueOrder& order, model::OrderState state);
  void tell(const VenueOrder& order);
  Decimal reducible(const VenueOrder& order) const;
  model::OrderReport report_of(const VenueOrder& order) const;
  model::OrderReport report_with_fewer_fills(const VenueOrder& order);

  VenueProfile profile_;
  std::map<std::string, model::Instrument> instruments_;
  const WorldTime& time_;
  Faults& faults_;
  Random random_;
  VenueObserver& observer_;
  const Trace& trace_;

  std::vector<Event> events_;
  std::uint64_t event_numbers_ = 0;
  int connection_ = 0;  // answers to an earlier one are lost
  std::function<void(venue::OrderUpdate)> on_update_;
  TimePoint down_until_{};
  bool draining_ = false;
  Nanoseconds synchronised_{};  // how far off the adapter believes the wall clock to be

  std::deque<VenueOrder> orders_;
  std::unordered_map<std::string, VenueOrder*> by_id_;
  std::unordered_map<std::string, VenueOrder*> by_venue_id_;
  mutable std::unordered_map<std::string, Sending> sendings_;
  std::map<std::string, Decimal> held_;
  Rates order_calls_;
  Rates query_calls_;
  std::int64_t sends_ = 0;
  std::int64_t resends_ = 0;
  std::int64_t cancels_ = 0;
};

}  // namespace tvh::simulation
