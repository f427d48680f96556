// One seed, one world: a real executor on simulated venues, book and time, from its first signal to the quiet
// end.
#pragma once

#include <memory>

#include "execution/executor.hpp"
#include "simulation/checkers.hpp"
#include "simulation/simulated_book.hpp"

namespace tvh::simulation {

class World final : public VenueObserver, public execution::RecordSink {
 public:
  World(std::uint64_t seed, JournalKind journal, bool traced);
  ~World() override;

  // To the quiet end. Throws Violation.
  void run();
  // What was counted, as far as it got.
  Totals totals() const;

 private:
  void run_until_quiet();
  bool step_once();  // false: nothing is due any more
  std::optional<TimePoint> next_time() const;
  void arrive();
  void act();
  void act_on(const Act& act);
  void begin_quiet();
  bool is_settled() const;
  void check_bounds();

  // The executor's life.
  void start_executor();
  void stop_executor(const std::string& why);
  void drive();
  void give_waiting();
  void accept(const Result<void>& result, const std::string& what);
  void instant();  // it may die here
  void plan_crash();
  void trace_entry(const model::JournalEntry& entry) const;

  void before_submit(const SimulatedVenue& venue, const model::OrderRequest& order) override;
  void after_submit(const SimulatedVenue& venue, const model::OrderRequest& order) override;
  void on_fill(const SimulatedVenue& venue, const VenueOrder& order, const model::Fill& fill) override;
  void on_order(const model::OrderRecord& record) override;
  void on_refusal(const model::RefusalRecord& record) override;
  void on_warning(const std::string& text) override;

  Faults faults_;
  Random random_;
  Scenario scenario_;
  WorldTime time_;
  Trace trace_;
  SimulatedBook book_;
  Checkers checkers_;
  std::vector<std::unique_ptr<SimulatedVenue>> venues_;
  std::unique_ptr<execution::Executor> executor_;

  std::size_t next_arrival_ = 0;
  std::size_t next_act_ = 0;
  std::deque<model::Signal> to_give_;
  std::vector<model::Signal> given_;  // in this life, and in earlier ones if they were piped again
  bool pending_came_ = true;          // something in the book the executor has not taken yet
  std::optional<TimePoint> restart_at_;
  std::optional<TimePoint> again_at_;  // after a busy journal
  int crash_in_ = 0;                   // instants; 0: not planned
  bool quiet_ = false;
  TimePoint quiet_since_{};
  bool looked_ = false;
  std::int64_t turns_ = 0;
  std::int64_t turns_in_quiet_ = 0;
  std::int64_t turns_at_once_ = 0;  // without time going on
  TimePoint last_turn_{};
  Totals at_end_;
};

}  // namespace tvh::simulation
