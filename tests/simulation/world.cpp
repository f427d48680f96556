#include "simulation/world.hpp"

#include <algorithm>

namespace tvh::simulation {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// Past these a world does not live on, it spins.
constexpr std::int64_t kMostTurns = 60'000;
constexpr std::int64_t kMostTurnsAtOnce = 2'000;
constexpr auto kLongestQuiet = minutes(90);
constexpr auto kLookAfter = minutes(60);

}  // namespace

World::World(std::uint64_t seed, JournalKind journal, bool traced)
    : faults_(Random(seed, 0)),
      random_(seed, 2),
      scenario_(make_scenario(seed, faults_)),
      time_(scenario_.start),
      trace_(traced, time_),
      book_(journal, faults_, [this] { instant(); }),
      checkers_(scenario_, book_.memory) {
  std::vector<const SimulatedVenue*> seen;
  for (std::size_t i = 0; i < scenario_.venues.size(); ++i) {
    venues_.push_back(std::make_unique<SimulatedVenue>(scenario_.venues[i], scenario_.instruments, time_,
                                                       faults_, Random(seed, 3 + i), *this, trace_));
    seen.push_back(venues_.back().get());
  }
  checkers_.set_venues(std::move(seen));
  book_.memory.before_apply = [this](const model::JournalEntry& entry, TimePoint) {
    if (trace_.on()) trace_entry(entry);
    checkers_.before_entry(entry);
  };
}

World::~World() = default;

void World::run() {
  restart_at_ = scenario_.start;
  while (next_arrival_ < scenario_.arrivals.size() || next_act_ < scenario_.acts.size()) {
    if (!step_once()) break;
  }
  begin_quiet();
  run_until_quiet();
  stop_executor("the end");
  checkers_.at_end(at_end_);
  if (looked_ && at_end_.undecidable == 0)
    throw Violation{"I9", "all settles only when somebody asks for a look"};
}

void World::begin_quiet() {
  trace_.say("---- quiet: no faults, no halt ----");
  quiet_ = true;
  quiet_since_ = time_.true_now();
  faults_.end();
  crash_in_ = 0;
  book_.resume();
  for (auto& venue : venues_) venue->drain();
}

void World::run_until_quiet() {
  while (!is_settled()) {
    if (!step_once()) {
      if (looked_ || executor_ == nullptr) return;  // the checkers say what is not settled
      looked_ = true;
      executor_->look_now();
      pending_came_ = true;
      drive();
    }
  }
}

bool World::is_settled() const {
  if (executor_ == nullptr || !to_give_.empty() || pending_came_ || executor_->calls_under_way() > 0)
    return false;
  for (const auto& venue : venues_) {
    if (venue->next_event()) return false;
  }
  for (const auto& row : book_.memory.signals()) {
    if (row.state == model::SignalState::pending || row.state == model::SignalState::claimed) return false;
  }
  return std::all_of(book_.memory.requests().begin(), book_.memory.requests().end(),
                     [](const auto& row) { return row.ended; });
}

std::optional<TimePoint> World::next_time() const {
  std::optional<TimePoint> next;
  const auto consider = [&](const std::optional<TimePoint>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (next_arrival_ < scenario_.arrivals.size()) consider(scenario_.arrivals[next_arrival_].at);
  if (next_act_ < scenario_.acts.size()) consider(scenario_.acts[next_act_].at);
  for (const auto& venue : venues_) consider(venue->next_event());
  consider(restart_at_);
  consider(again_at_);
  if (executor_ != nullptr && !again_at_) {
    if (const auto due = executor_->next_due()) consider(WorldTime::true_of(*due));
    if (pending_came_ || !to_give_.empty()) consider(time_.true_now());
  }
  return next;
}

bool World::step_once() {
  const auto next = next_time();
  if (!next || (quiet_ && *next > quiet_since_ + kLongestQuiet)) return false;
  if (quiet_ && !looked_ && *next > quiet_since_ + kLookAfter) return false;
  time_.advance_to(*next);
  check_bounds();
  arrive();
  act();
  for (auto& venue : venues_) venue->run_due();
  if (restart_at_ && *restart_at_ <= time_.true_now()) start_executor();
  if (again_at_ && *again_at_ <= time_.true_now()) again_at_.reset();
  drive();
  return true;
}

void World::check_bounds() {
  ++turns_;
  if (quiet_) ++turns_in_quiet_;
  turns_at_once_ = time_.true_now() == last_turn_ ? turns_at_once_ + 1 : 0;
  last_turn_ = time_.true_now();
  if (turns_at_once_ > kMostTurnsAtOnce) throw Violation{"I9", "livelock: turns without end at one moment"};
  if (turns_ > kMostTurns) throw Violation{"I9", "livelock: " + std::to_string(turns_) + " turns"};
}

namespace {

// " 0.2 -> -0.5 in 10:01": what a followed strategy says of its position.
std::string describe_position(const model::Signal& signal) {
  if (!signal.position) return "";
  const auto text_of = [](const std::optional<model::PositionSide>& side, const std::optional<Decimal>& size) {
    return side ? " " + std::string(to_text(*side)) + " " + size.value_or(Decimal()).to_string()
                : std::string();
  };
  std::string text = text_of(signal.position->prev_side, signal.position->prev_size) + " ->" +
                     text_of(signal.position->side, signal.position->size);
  if (signal.bar_time) text += " in the bar of " + format_time(*signal.bar_time);
  return text;
}

}  // namespace

void World::arrive() {
  while (next_arrival_ < scenario_.arrivals.size() &&
         scenario_.arrivals[next_arrival_].at <= time_.true_now()) {
    const Arrival& arrival = scenario_.arrivals[next_arrival_++];
    const model::Signal& signal = arrival.signal;
    trace_.say(arrival.given ? "given " : "pending ", signal.id.substr(0, 6), " ", signal.strategy, " ",
               to_text(signal.action), " ", signal.quantity ? signal.quantity->to_string() : "", " ",
               model::instrument_name(signal.symbol, signal.market), " ", to_text(signal.order_type),
               describe_position(signal));
    if (arrival.given) {
      to_give_.push_back(signal);
    } else {
      book_.add_pending(signal);
      pending_came_ = true;
    }
  }
}

void World::act() {
  while (next_act_ < scenario_.acts.size() && scenario_.acts[next_act_].at <= time_.true_now()) {
    act_on(scenario_.acts[next_act_++]);
  }
}

void World::act_on(const Act& act) {
  switch (act.deed) {
    case Deed::halt:
      trace_.say("---- halt");
      return book_.halt("simulated", time_.now());
    case Deed::resume:
      trace_.say("---- resume");
      return book_.resume();
    case Deed::flatten:
      trace_.say("---- flatten ", act.request.strategy, " ", act.request.venue, " ", act.request.symbol);
      book_.ask(act.request, time_.now());
      pending_came_ = true;
      return;
    case Deed::look_now:
      if (executor_ != nullptr) executor_->look_now();
      return;
    case Deed::clock_jump:
      faults_.count(Fault::clock_jump);
      trace_.say("---- the wall clock jumps by ", std::to_string(act.length.count() / 1'000'000), " ms");
      return time_.jump(act.length);
    case Deed::venue_down:
      return venues_[act.venue]->go_down(act.length);
    case Deed::stop:
      if (executor_ != nullptr) stop_executor("stopped in between");
      restart_at_ = time_.true_now() + random_.span(Nanoseconds(0), seconds(30));
      return;
  }
}

Totals World::totals() const {
  Totals totals = at_end_;
  totals.worlds = 1;
  totals.turns = turns_;
  totals.virtual_seconds = (time_.true_now() - time_.start()).count() / 1'000'000'000;
  totals.looked_at = looked_ ? 1 : 0;
  totals.faults = faults_.counts();
  for (const auto& venue : venues_) {
    totals.sends += venue->sends();
    totals.resends += venue->resends();
    totals.cancels += venue->cancels();
  }
  return totals;
}

}  // namespace tvh::simulation
