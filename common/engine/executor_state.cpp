#include "engine/executor_state.hpp"

#include <algorithm>

namespace tvh::engine {

using model::OrderState;

std::string price_key(const std::string& venue, const std::string& instrument) {
  return "price:" + venue + ":" + instrument;
}

model::Exposure exposure_of(const ExecutorState& state, TimePoint now) {
  model::Exposure exposure;
  for (const auto& [key, position] : state.positions) {
    if (!position.quantity.is_zero()) exposure.positions.push_back(position);
  }
  for (const auto& [id, order] : state.orders) exposure.open_intents.push_back(order.intent);
  if (state.day == std::chrono::floor<std::chrono::days>(now)) {
    for (const auto& [key, loss] : state.losses) exposure.losses_today.push_back({key.first, key.second, loss});
  }
  for (const auto& sent : state.sent) {
    if (now - sent.at < std::chrono::minutes(1)) exposure.sent.push_back(sent);
  }
  // What is decided and waits for its turn leaves soon: it counts as sent now.
  for (const auto& [id, order] : state.orders) {
    if (order.intent.state != OrderState::planned) continue;
    exposure.sent.push_back({order.intent.venue, order.intent.strategy, now});
  }
  return exposure;
}

OthersHold held_by_others(const ExecutorState& state, const LaneKey& lane) {
  OthersHold others;
  for (const auto& [other, position] : state.positions) {
    if (other.venue != lane.venue || other.instrument != lane.instrument || other.strategy == lane.strategy)
      continue;
    others.least += position.quantity;
    others.most += position.quantity;
  }
  for (const auto& [id, order] : state.orders) {
    const model::Intent& intent = order.intent;
    if (intent.venue != lane.venue || intent.request.instrument != lane.instrument ||
        intent.strategy == lane.strategy)
      continue;
    const Decimal rest = intent.request.quantity - intent.filled_quantity;
    if (intent.request.side == model::Side::buy) {
      others.most += rest;
    } else {
      others.least -= rest;
    }
  }
  return others;
}

Decimal bound_by_orders(const ExecutorState& state, const LaneKey& lane, const Decimal& held,
                        const std::string& but_for) {
  Decimal bound;
  for (const auto& [id, order] : state.orders) {
    const model::Intent& intent = order.intent;
    const bool same_lane = intent.venue == lane.venue && intent.strategy == lane.strategy &&
                           intent.request.instrument == lane.instrument;
    if (order.vanished >= kVanished) continue;
    const bool reduces = intent.request.side == model::Side::buy ? held.is_negative() : held.is_positive();
    if (same_lane && reduces && id != but_for) bound += intent.request.quantity - intent.filled_quantity;
  }
  return minimum(bound, held.absolute());
}

namespace {

bool is_at_venue(OrderState state) {
  return state != OrderState::planned && state != OrderState::submitting && state != OrderState::unknown;
}

bool all_at_venue(const ExecutorState& state, const Task& task) {
  return task.stage == Task::Stage::ordered &&
         std::all_of(task.open_orders.begin(), task.open_orders.end(),
                     [&](const std::string& id) { return is_at_venue(state.orders.at(id).intent.state); });
}

bool is_unsent(const OpenOrder& order) {
  return order.intent.state == OrderState::planned || order.refused_for_now;
}

}  // namespace

bool is_known(const OpenOrder& order) {
  return is_at_venue(order.intent.state) && order.short_reports == 0 && !order.unseen;
}

int count_unknown(const ExecutorState& state) {
  int unknown = 0;
  for (const auto& [id, order] : state.orders) {
    unknown += int(!is_unsent(order) && !is_known(order));
  }
  return unknown;
}

int count_unsent(const ExecutorState& state) {
  return int(std::count_if(state.orders.begin(), state.orders.end(),
                           [](const auto& entry) { return is_unsent(entry.second); }));
}

bool goes_on_by_itself(const ExecutorState& state, SteadyPoint now) {
  const auto is_soon = [&](const std::optional<SteadyPoint>& due) { return due && *due - now <= kSoon; };
  const auto moves = [&](const OpenOrder& order) {
    if (order.call == OpenOrder::Call::submit || order.call == OpenOrder::Call::cancel) return true;
    if (order.call == OpenOrder::Call::query || !is_soon(order.due)) return false;
    // One that only our own rate has kept from its first look is as good as under way.
    const bool unasked = order.wanted && order.looks == 0 && order.absences == 0 && order.short_reports == 0;
    const bool cancelled_again = order.cancel_wanted && is_at_venue(order.intent.state) && order.looks <= 1;
    // Its absence is about to be proven.
    const bool missing = order.intent.state == OrderState::unknown && (order.missed || order.absences == 1);
    return is_unsent(order) || (!is_known(order) && unasked) || cancelled_again || missing;
  };
  return std::any_of(state.orders.begin(), state.orders.end(),
                     [&](const auto& entry) { return moves(entry.second); }) ||
         std::any_of(state.tasks.begin(), state.tasks.end(), [&](const auto& entry) {
           return entry.second.stage == Task::Stage::looking_up || is_soon(entry.second.due);
         });
}

Line::Entry entry_of(const Task& task) {
  return {task.signal.id, task.instrument(), task.flattens || task.signal.action == model::Action::cancel};
}

bool lane_is_free(const ExecutorState& state, const Task& task) {
  const auto line = state.lines.find({task.rules.venue, task.signal.strategy});
  if (line == state.lines.end()) return true;
  // A cancel needs no fills to decide by: what is at the venue is enough.
  const Line::Entry own = entry_of(task);
  return line->second.all_before(own.signal_id, own.instrument, [&](const std::string& id) {
    return own.cancels && all_at_venue(state, state.tasks.at(id));
  });
}

}  // namespace tvh::engine
