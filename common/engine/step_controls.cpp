// Stepper: what the moment itself brings. A halt, a new day, requests, time.
#include <algorithm>
#include <span>

#include "base/hash.hpp"
#include "engine/stepper.hpp"

namespace tvh::engine {

using model::OrderState;

void Stepper::begin() {
  const TimePoint today = std::chrono::floor<std::chrono::days>(moment_.now);
  if (today > state_.day) {
    state_.losses.clear();
    state_.day = today;
  }
  if (moment_.halt == state_.halt_seen) return;
  state_.halt_seen = moment_.halt;
  if (moment_.halt) refuse_all_waiting(*moment_.halt);
}

// After this no order is left that is decided and could still leave; and the halting side is told so.
void Stepper::refuse_all_waiting(const model::Halt& halt) {
  std::vector<std::string> unsent;
  for (const auto& [id, order] : state_.orders) {
    const auto task = state_.tasks.find(order.intent.signal_id);
    const bool flattens = task != state_.tasks.end() && task->second.flattens;
    if (!flattens && (order.intent.state == OrderState::planned || order.refused_for_now)) unsent.push_back(id);
  }
  const Refusal refusal{"halted", "trading was halted before the order could be sent: " + halt.reason};
  for (const std::string& id : unsent) {
    if (const auto order = state_.orders.find(id); order != state_.orders.end())
      end_unsent(order->second, refusal);
  }
  std::vector<std::string> waiting;
  for (const auto& [id, task] : state_.tasks) {
    const bool begun = task.stage == Task::Stage::ordered || task.stage == Task::Stage::cancelling;
    if (!begun && !task.flattens) waiting.push_back(id);
  }
  for (const std::string& id : waiting) {
    const auto task = state_.tasks.find(id);
    if (task == state_.tasks.end()) continue;
    const auto early = decide_early(task->second, rules_, halt);
    if (const auto* why = early ? std::get_if<Refusal>(&*early) : nullptr; why != nullptr) {
      refuse_task(task->second, *why);
    }
  }
  out_.entries.push_back(model::WriteControl{"halt_seen", std::to_string(nanoseconds_since_epoch(halt.since))});
}

namespace {

std::string flatten_id(std::int64_t request, const LaneKey& lane) {
  PartsHash hash;
  hash.add("flatten");
  hash.add(std::to_string(request));
  hash.add(lane.venue);
  hash.add(lane.strategy);
  hash.add(lane.instrument);
  const Digest digest = hash.digest();
  return to_base32(std::span(digest).first(16));
}

// Strategies that hold or have something open within the request's scope; with a symbol, each instrument of it.
std::set<LaneKey> lanes_of(const ExecutorState& state, const model::Request& request) {
  std::set<LaneKey> lanes;
  const auto add = [&](const std::string& venue, const std::string& strategy, const std::string& instrument) {
    const bool wanted = (request.venue.empty() || request.venue == venue) &&
                        (request.strategy.empty() || request.strategy == strategy) &&
                        (request.symbol.empty() || request.symbol == model::symbol_of(instrument));
    if (wanted) lanes.insert({venue, strategy, request.symbol.empty() ? "" : instrument});
  };
  for (const auto& [lane, position] : state.positions) {
    if (!position.quantity.is_zero()) add(lane.venue, lane.strategy, lane.instrument);
  }
  for (const auto& [id, order] : state.orders) {
    add(order.intent.venue, order.intent.strategy, order.intent.request.instrument);
  }
  return lanes;
}

bool is_within(const model::Request& request, const std::string& venue, const std::string& strategy,
               const std::string& symbol) {
  return (request.venue.empty() || request.venue == venue) &&
         (request.strategy.empty() || request.strategy == strategy) &&
         (request.symbol.empty() || symbol.empty() || request.symbol == symbol);
}

Refusal flattened() {
  return {"flattened", "it waited when tvhook-exec --flatten closed what its strategy held"};
}

}  // namespace

// Nobody took them yet; the next executor would, and open again what was closed.
void Stepper::end_pending(const model::Request& request, const std::vector<model::Signal>& pending) {
  for (const model::Signal& signal : pending) {
    Task task;
    task.signal = signal;
    task.rules = rules_.rules_for(signal.strategy);
    if (state_.tasks.contains(signal.id) ||
        !is_within(request, task.rules.venue, signal.strategy, signal.symbol))
      continue;
    refuse_task(state_.tasks.emplace(signal.id, std::move(task)).first->second, flattened());
  }
}

// What is about to be flattened is not added to any more: what has not left yet never does, and what came
// before and waits is refused.
void Stepper::make_way(const model::Request& request) {
  std::vector<std::string> waiting;
  for (const auto& [id, task] : state_.tasks) {
    const bool begun = task.stage == Task::Stage::ordered || task.stage == Task::Stage::cancelling;
    if (!begun && !task.flattens &&
        is_within(request, task.rules.venue, task.signal.strategy, task.signal.symbol)) {
      waiting.push_back(id);
    }
  }
  for (const std::string& id : waiting) {
    const auto task = state_.tasks.find(id);
    if (task == state_.tasks.end()) continue;
    refuse_task(task->second, flattened());
  }
  std::vector<std::string> orders;
  for (auto& [id, order] : state_.orders) {
    const model::Intent& intent = order.intent;
    if (!is_within(request, intent.venue, intent.strategy, model::symbol_of(intent.request.instrument)))
      continue;
    const auto task = state_.tasks.find(intent.signal_id);
    if (task != state_.tasks.end() && task->second.flattens) continue;
    order.cancel_wanted = true;
    orders.push_back(id);
  }
  for (const std::string& id : orders) {
    const auto order = state_.orders.find(id);
    if (order == state_.orders.end()) continue;
    const bool unsent = order->second.intent.state == OrderState::planned || order->second.refused_for_now;
    if (unsent) end_unsent(order->second, {"flattened", "tvhook-exec --flatten came before it was sent"});
  }
}

void Stepper::operator()(const VenuePaused& event) { pause(event.venue, event.until - moment_.steady); }

// Kept, so that a next life does not begin by breaking it.
void Stepper::pause(const std::string& venue, Nanoseconds length) {
  if (length <= Nanoseconds(0)) return;
  length = std::min(length, Nanoseconds(kLongestPause));
  state_.order_requests[venue].pause(moment_.steady + length);
  state_.query_requests[venue].pause(moment_.steady + length);
  const auto known = state_.pauses.find(venue);
  const auto longer = longer_pause(known == state_.pauses.end() ? std::nullopt : std::optional(known->second),
                                   moment_.now, length);
  if (!longer) return;
  state_.pauses[venue] = *longer;
  out_.entries.push_back(model::WriteControl{pause_key(venue), format_pause(*longer)});
}

void Stepper::operator()(const RequestArrived& event) {
  const model::Request& request = event.request;
  if (request.kind != "flatten") {
    out_.entries.push_back(model::EndRequest{request.seq, "this version does not know " + request.kind});
    return;
  }
  end_pending(request, event.pending);
  if (event.more) return;
  std::set<std::string>& waits_for = state_.requests[request.seq];
  if (request.running) {
    // An earlier life began it. What of its signals is not in work any more has ended.
    for (const std::string& id : request.signals) {
      const auto task = state_.tasks.find(id);
      if (task == state_.tasks.end()) continue;
      task->second.flattens = true;
      task->second.request = request.seq;
      waits_for.insert(id);
    }
  } else {
    make_way(request);
    std::vector<Task> tasks;
    model::StartRequest start{request.seq, {}};
    for (const LaneKey& lane : lanes_of(state_, request)) {
      Task task;
      task.rules = rules_.rules_for(lane.strategy);
      task.rules.venue = lane.venue;  // where it is held, wherever the strategy trades now
      task.flattens = true;
      task.request = request.seq;
      model::Signal& signal = task.signal;
      signal.id = flatten_id(request.seq, lane);
      signal.received_at = moment_.now;
      signal.strategy = lane.strategy;
      signal.action = model::Action::close_all;
      signal.comment = "tvhook-exec --flatten";
      signal.symbol = model::symbol_of(lane.instrument);
      signal.market = model::market_of(lane.instrument);
      out_.entries.push_back(model::KeepSignal{signal});
      start.signals.push_back(signal.id);
      waits_for.insert(signal.id);
      tasks.push_back(std::move(task));
    }
    out_.entries.push_back(start);
    for (Task& task : tasks) {
      claim(task);
      add_task(std::move(task), Place::next);
    }
  }
  if (const auto left = state_.requests.find(request.seq);
      left != state_.requests.end() && left->second.empty()) {
    out_.entries.push_back(model::EndRequest{request.seq, "done"});
    state_.requests.erase(left);
  }
}

void Stepper::operator()(const TimePassed&) {
  // Those that have waited longest come first: where a venue's rate lets few through, each has its turn.
  std::vector<std::pair<SteadyPoint, std::string>> orders;
  for (const auto& [id, order] : state_.orders) {
    if (!order.due || *order.due > moment_.steady || order.call != OpenOrder::Call::none) continue;
    orders.emplace_back(order.wanted.value_or(*order.due), id);
  }
  std::sort(orders.begin(), orders.end());
  for (const auto& [since, id] : orders) act(id);
  std::vector<std::string> tasks;
  for (const auto& [id, task] : state_.tasks) {
    if (task.due && *task.due <= moment_.steady) tasks.push_back(id);
  }
  for (const std::string& id : tasks) {
    const auto task = state_.tasks.find(id);
    if (task == state_.tasks.end() || !task->second.due) continue;
    task->second.due.reset();
    if (task->second.stage == Task::Stage::looking_up) {
      look_up(task->second);
    } else {
      advance_line({task->second.rules.venue, task->second.signal.strategy});
    }
  }
}

void Stepper::operator()(const LookNow&) {
  std::vector<std::string> orders;
  for (const auto& [id, order] : state_.orders) orders.push_back(id);
  for (const std::string& id : orders) act(id);
  std::vector<Key> lines;
  for (const auto& [key, line] : state_.lines) lines.push_back(key);
  for (const Key& key : lines) advance_line(key);
}

}  // namespace tvh::engine
