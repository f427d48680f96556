// The driver between pure decisions and the world: claims a signal, lets engine decide, commits the intent,
// sends it, and records what came of it. tvhook-exec, tvhook-replay and the tests run this very code; only the
// venue, the clock and the journal differ.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.hpp"
#include "execution/gate.hpp"
#include "journal/execution.hpp"
#include "venue/venue.hpp"
#include "wire/records.hpp"

namespace tvh::execution {

// Where orders and refusals are told, once each, when they are durable.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void on_order(const wire::OrderRecord& record) = 0;
  virtual void on_refusal(const wire::RefusalRecord& record) = 0;
};

enum class Purpose {
  trade,
  plan,  // the journal is a throw-away copy: say what would be sent
};

struct ExecutorSettings {
  std::function<engine::StrategyRules(const std::string& strategy)> rules_for;
  std::function<venue::Venue*(const std::string& name)> find_venue;  // nullptr: no such venue
  std::vector<std::string> only_symbols;  // empty: all; others end refused, "filtered"
  std::vector<std::string> only_strategies;
  journal::EditPolicy edit_policy = journal::EditPolicy::edited_wins;
  Purpose purpose = Purpose::trade;
  RiskRules risk;
  // Called at "claimed", "intent_committed", "submitted" and "settled": crash tests kill the process there.
  std::function<void(std::string_view)> at_step;
};

// How one call ended.
enum class Ending {
  done,
  refused,
  resting,          // its orders are known at the venue and not all over: the signal ends when they do
  nothing,          // somebody ended this signal before: no order, no record
  edited_too_late,  // the same, but with another text than the one that came now
  unknown,          // an order may exist; its lane waits for recover()
  waits,  // an earlier order of its lane is unknown: the signal stays pending until that one is settled
};

class Executor {
 public:
  Executor(journal::Execution& journal, const Clock& clock, ExecutorSettings settings, RecordSink& sink);

  // Runs a signal that came from outside the journal (recorded if new), or one the journal holds as pending, to
  // its end. An Error is the journal's: stop; if outcome_unrecorded(), an order may exist that the journal does
  // not yet know the end of, and the next start finds out.
  Result<Ending> execute_given(const model::Signal& signal);
  Result<Ending> execute_stored(const model::Signal& signal);

  // Finishes what a dead executor, or an unknown outcome, left behind: asks the venue for every open order by
  // its id, adopts what is there, sends again (the same id) what is proven absent and still allowed. Returns
  // how many orders stay unknown.
  Result<int> recover();

  bool outcome_unrecorded() const { return outcome_unrecorded_; }

 private:
  enum class Source { given, stored };
  Result<Ending> execute(const model::Signal& signal, Source source);
  struct Decision {
    engine::Plan plan;
    std::vector<LeftOut> left_out;
    bool waits = false;  // no plan can be made while the lane's position is not known
  };
  Result<std::optional<Ending>> claim(const model::Signal& signal, Source source);
  Result<Decision> decide(const model::Signal& signal, const engine::StrategyRules& rules);
  Result<void> keep_left_out(const model::Signal& signal, const std::vector<LeftOut>& left_out);
  void tell_left_out(const model::Signal& signal, const std::string& venue,
                     const std::vector<LeftOut>& left_out);
  Result<std::optional<engine::Refusal>> find_opposing(const model::Signal& signal, const std::string& venue,
                                                       const std::vector<engine::PlannedOrder>& orders);
  Result<engine::Plan> decide_one(const model::Signal& signal, const engine::StrategyRules& rules,
                                  venue::Venue& venue, const std::string& instrument_name);
  Result<engine::Plan> decide_target(const engine::PlanInput& input);
  Result<Decision> decide_close_all(const model::Signal& signal, const engine::StrategyRules& rules,
                                    venue::Venue& venue);
  Result<std::vector<model::Intent>> commit_intents(const model::Signal& signal,
                                                    const engine::StrategyRules& rules,
                                                    const std::vector<engine::PlannedOrder>& orders);
  struct Closing {
    Ending ending = Ending::unknown;
    std::string rule;
    std::string message;
  };
  Result<Ending> run_committed(const model::Signal& signal, const std::vector<model::Intent>& intents);
  Result<Ending> send(const model::Signal& signal, const model::Intent& intent);
  Result<Ending> record_and_tell(const model::Signal& signal, const model::Intent& intent,
                                 const std::function<Result<void>()>& record);
  Result<void> record_report(const model::Intent& intent, const model::OrderReport& report);
  Result<Closing> close_if_settled(const model::Signal& signal);
  Result<Ending> resolve(const model::Signal& signal, const model::Intent& intent);
  Result<Ending> resend_or_give_up(const model::Signal& signal, const model::Intent& intent);
  Result<void> tell_order(const model::Signal& signal, const std::string& client_order_id);
  wire::RefusalRecord refusal_record(const model::Signal& signal, const std::string& venue) const;
  void step(std::string_view name) const;
  bool passes_filters(const model::Signal& signal) const;

  journal::Execution& journal_;
  const Clock& clock_;
  ExecutorSettings settings_;
  RecordSink& sink_;
  bool outcome_unrecorded_ = false;
};

}  // namespace tvh::execution
