#include "engine/step.hpp"

#include <algorithm>

#include "engine/stepper.hpp"

namespace tvh::engine {

using model::OrderState;

namespace {

OpenOrder open_order(const model::OrderOnFile& file, const Moment& moment) {
  OpenOrder order;
  order.intent = file.intent;
  // A journal of the first version does not name the assets.
  if (order.intent.base_asset.empty()) {
    const std::string& name = file.intent.request.instrument;
    const auto pair = model::split_symbol(model::symbol_of(name));
    if (pair) {
      order.intent.base_asset = pair->base;
      order.intent.quote_asset = pair->quote;
    }
  }
  for (const model::Fill& fill : file.fills) {
    order.trades.insert(fill.trade_id);
    order.paid += multiply(fill.quantity, fill.price, Rounding::half_even);
    order.fee = order.fee.value_or(Decimal()) + fill.fee;
    order.fee_asset = fill.fee_asset;
  }
  order.sends = file.sends;
  order.turned_away_before = file.turned_away;
  order.first_sent = file.first_sent;
  // When it left by the steady clock is not known any more: the fence is waited for once more.
  if (file.sends > 0) order.first_sent_here = order.last_sent = moment.steady;
  order.due = moment.steady;
  order.unseen = true;
  return order;
}

void take_claimed(ExecutorState& state, const ExecutorRules& rules, const model::Signal& signal) {
  Task task;
  task.signal = signal;
  task.rules = rules.rules_for(signal.strategy);
  task.claimed = true;
  state.tasks.emplace(signal.id, std::move(task));
}

// Whether another order took its place: then its own refusal is not how the signal ended.
bool was_decided_again(const model::ExecutionOnFile& file, const model::Intent& intent) {
  const std::string again = model::client_order_id(intent.signal_id, intent.venue, leg_again(intent.leg), 0);
  return std::any_of(file.orders.begin(), file.orders.end(), [&](const model::OrderOnFile& other) {
    return other.intent.request.client_order_id == again;
  });
}

void take_order(ExecutorState& state, const model::ExecutionOnFile& all, const model::OrderOnFile& file,
                const Moment& moment) {
  const auto found = state.tasks.find(file.intent.signal_id);
  if (found == state.tasks.end()) return;
  Task& task = found->second;
  task.stage = Task::Stage::ordered;
  task.rules.venue = file.intent.venue;
  const OrderState now = file.intent.state;
  if (!is_terminal(now)) {
    task.open_orders.insert(file.intent.request.client_order_id);
    state.orders.emplace(file.intent.request.client_order_id, open_order(file, moment));
    return;
  }
  task.any_existed |= now != OrderState::refused && now != OrderState::absent && now != OrderState::dropped;
  if (file.intent.reason.empty() || was_decided_again(all, file.intent)) return;
  task.reason = file.intent.reason;
  task.message = file.intent.message;
}

void take_pause(ExecutorState& state, const std::string& venue, const std::string& value,
                const Moment& moment) {
  const auto pause = parse_pause(value);
  if (!pause) return;
  const Nanoseconds left = left_of(*pause, moment.now);
  if (left <= Nanoseconds(0)) return;
  state.pauses[venue] = *pause;
  state.order_requests[venue].pause(moment.steady + left);
  state.query_requests[venue].pause(moment.steady + left);
}

void take_control(ExecutorState& state, const model::Control& control, const ExecutorRules& rules,
                  const Moment& moment) {
  static constexpr std::string_view kBreaker = "breaker:";
  static const std::string kPause = pause_key("");
  static constexpr std::string_view kPrice = "price:";
  if (control.key.starts_with(kBreaker)) {
    auto breaker = parse_breaker(control.value);
    if (!breaker) return;
    if (breaker->probe && !state.orders.contains(*breaker->probe)) breaker->probe.reset();
    state.breakers[control.key.substr(kBreaker.size())] = *breaker;
  } else if (control.key.starts_with(kPause)) {
    // What is only planned is sent nowhere.
    if (rules.purpose == Purpose::trade)
      take_pause(state, control.key.substr(kPause.size()), control.value, moment);
  } else if (control.key.starts_with(kPrice)) {
    const auto colon = control.key.rfind(':');  // instruments have none
    const auto price = Decimal::parse(control.value);
    if (colon < kPrice.size() || !price) return;
    state.prices[{control.key.substr(kPrice.size(), colon - kPrice.size()), control.key.substr(colon + 1)}] =
        *price;
  }
}

// What the last life sent, cancelled and asked counts against the venue's rate, and is not on file by itself:
// where it may have been within one window, one window is let pass. Open orders may have been asked for at any
// time since they were sent; of those that have ended the end is on file, and no call came after it.
void pause_for_last_life(ExecutorState& state, const model::ExecutionOnFile& file, const ExecutorRules& rules,
                         const Moment& moment) {
  // By so much the wall clock may have been set forward in between.
  static constexpr std::chrono::minutes kClockStep{1};
  const auto pause = [&](std::map<std::string, RequestWindow>& windows, const std::string& venue,
                         const std::optional<model::Rate>& rate, Nanoseconds since) {
    if (rate && since < rate->window + kClockStep) windows[venue].pause(moment.steady + rate->window);
  };
  const auto pause_both = [&](const std::string& name, Nanoseconds since) {
    const auto venue = rules.venues.find(name);
    if (venue == rules.venues.end()) return;
    pause(state.order_requests, name, venue->second.order_rate, since);
    pause(state.query_requests, name, venue->second.query_rate, since);
  };
  for (const auto& moved : file.moved) pause_both(moved.venue, moment.now - moved.at);
  for (const auto& [id, order] : state.orders) {
    if (order.sends > 0) pause_both(order.intent.venue, Nanoseconds(0));
  }
}

}  // namespace

ExecutorState start_state(const model::ExecutionOnFile& file, const ExecutorRules& rules,
                          const Moment& moment) {
  ExecutorState state;
  state.day = std::chrono::floor<std::chrono::days>(moment.now);
  for (const auto& position : file.positions) {
    state.positions[{position.venue, position.strategy, position.instrument}] = position;
  }
  for (const auto& chain : file.chains)
    state.chains[{chain.venue, chain.strategy, chain.instrument}] = chain.chain;
  for (const auto& day : file.losses_today) state.losses[{day.venue, day.strategy}] = day.loss;
  state.sent = file.sent;
  for (const auto& signal : file.claimed) take_claimed(state, rules, signal);
  for (const auto& request : file.running) {
    for (const std::string& id : request.signals) {
      const auto task = state.tasks.find(id);
      if (task == state.tasks.end()) continue;
      task->second.flattens = true;
      task->second.request = request.seq;
      state.requests[request.seq].insert(id);
    }
  }
  for (const auto& order : file.orders) take_order(state, file, order, moment);
  for (const auto& signal : file.claimed) {
    const Task& task = state.tasks.at(signal.id);
    const bool known = std::all_of(task.open_orders.begin(), task.open_orders.end(),
                                   [&](const std::string& id) { return is_known(state.orders.at(id)); });
    if (task.stage == Task::Stage::ordered && known) continue;
    state.lines[{task.rules.venue, signal.strategy}].add_last(entry_of(task));
  }
  for (const auto& control : file.controls) take_control(state, control, rules, moment);
  pause_for_last_life(state, file, rules, moment);
  return state;
}

void step(ExecutorState& state, const ExecutorRules& rules, const Event& event, const Moment& moment,
          Step& out) {
  Stepper stepper(state, rules, moment, out);
  stepper.begin();
  std::visit(stepper, event);
}

std::optional<SteadyPoint> next_due(const ExecutorState& state) {
  std::optional<SteadyPoint> due;
  const auto consider = [&](const std::optional<SteadyPoint>& one) {
    if (one && (!due || *one < *due)) due = one;
  };
  for (const auto& [id, order] : state.orders) {
    if (order.call == OpenOrder::Call::none) consider(order.due);
  }
  for (const auto& [id, task] : state.tasks) consider(task.due);
  return due;
}

}  // namespace tvh::engine
