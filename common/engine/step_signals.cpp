// Stepper: signals, from their arrival to committed orders, and their end.
#include <algorithm>
#include <set>

#include "engine/age.hpp"
#include "engine/plan.hpp"
#include "engine/retry.hpp"
#include "engine/stepper.hpp"
#include "engine/target.hpp"

namespace tvh::engine {

using model::Action;
using model::OrderState;
using model::Signal;
using model::SignalState;

namespace {

const std::string kUnprotected =
    "orders that would have closed it were cancelled for this exit, and what is still held is without them";

// Somebody who changes the quantity of a strategy that is followed by its position changes nothing: the order
// comes from the position. One that opens more than the changed record says is not what was meant; one that
// only closes is wanted all the same.
std::optional<Refusal> check_edited(const Signal& signal, const StrategyRules& rules) {
  const auto& to = signal.position;
  if (!asks_for_position(signal, rules) || !to || !to->size || !to->prev_side || !signal.quantity) return {};
  const Decimal from = signed_position(*to->prev_side, to->prev_size.value_or(Decimal()));
  const Decimal target = signed_position(to->side, *to->size);
  const bool same_side = from.is_negative() == target.is_negative();
  const bool only_closes = target.is_zero() || (same_side && target.absolute() <= from.absolute());
  const Decimal change = (target - from).absolute();
  if (only_closes || *signal.quantity >= change) return {};
  return Refusal{"edited", "the text was changed on its way and says quantity " + signal.quantity->to_string() +
                               ", but " + signal.strategy + " is followed by its position, which moves by " +
                               change.to_string() +
                               ": change .position.size and .position.prev_size too, or del(.quantity)"};
}

}  // namespace

void Stepper::operator()(const SignalArrived& event) {
  const Signal& signal = event.signal;
  const auto& on_file = event.on_file.state;
  if (state_.tasks.contains(signal.id) || (on_file && *on_file != SignalState::pending)) return;
  Task task;
  task.signal = signal;
  task.rules = rules_.rules_for(signal.strategy);
  task.edited = event.given && on_file && event.on_file.differs;
  const Nanoseconds ahead = happened_at(signal) - moment_.now;
  if (ahead > kSkewTold) {
    out_.commands.push_back(
        Warn{"signal " + signal.id + " is dated " +
             std::to_string(std::chrono::floor<std::chrono::seconds>(ahead).count()) +
             " s in the future: a clock is off, here or where it came from; ages are judged as they are told"});
  }
  if (task.edited && rules_.edit_policy == EditPolicy::refuse_edited) {
    Task& added = state_.tasks.emplace(signal.id, std::move(task)).first->second;
    added.edited = false;  // the journal's text stays
    refuse_task(added, {"edited",
                        "the text on stdin differs from the journal's; with --follow - only the journal's is "
                        "executed"});
    return;
  }
  if (const auto refusal = task.edited ? check_edited(signal, task.rules) : std::nullopt) {
    return refuse_task(state_.tasks.emplace(signal.id, std::move(task)).first->second, *refusal);
  }
  // Whatever happens next, a restart finds it.
  if (event.given && (!on_file || task.edited)) out_.entries.push_back(model::KeepSignal{signal});
  if (signal.price && !signal.symbol.empty()) {
    const std::string instrument = task.instrument();
    const bool rests = std::any_of(state_.orders.begin(), state_.orders.end(), [&](const auto& entry) {
      const model::Intent& intent = entry.second.intent;
      return intent.venue == task.rules.venue && intent.request.instrument == instrument;
    });
    // What this price fills has filled before the signal is decided.
    if (rests && moves_by_alerts(task.rules.venue)) {
      out_.commands.push_back(ObservePrice{task.rules.venue, instrument, *signal.price});
      task.due = moment_.steady;
    }
  }
  add_task(std::move(task), Place::last);
}

bool Stepper::moves_by_alerts(const std::string& venue) const {
  const auto known = rules_.venues.find(venue);
  return known != rules_.venues.end() && known->second.fills_at_reference;
}

void Stepper::add_task(Task task, Place place) {
  const Key key{task.rules.venue, task.signal.strategy};
  const std::string id = task.signal.id;
  Line& line = state_.lines[key];
  if (place == Place::last) {
    line.add_last(entry_of(task));
  } else {
    line.add_before_first(entry_of(task), [&](const std::string& one) {
      return state_.tasks.at(one).stage == Task::Stage::waiting;
    });
  }
  state_.tasks.emplace(id, std::move(task));
  advance_line(key);
}

// Starts whatever stands free. A task that ends at once may free the next one.
void Stepper::advance_line(const Key& key) {
  bool moved = true;
  while (moved) {
    moved = false;
    const auto line = state_.lines.find(key);
    if (line == state_.lines.end()) return;
    for (const std::string& id : line->second.first_ones()) {
      const auto task = state_.tasks.find(id);
      if (task == state_.tasks.end() || task->second.stage != Task::Stage::waiting) continue;
      if (task->second.due) continue;  // its price is being observed
      if (!lane_is_free(state_, task->second)) continue;
      start_task(task->second);
      moved = true;
    }
  }
}

void Stepper::start_task(Task& task) {
  if (const auto early = decide_early(task, rules_, moment_.halt)) {
    if (const auto* refusal = std::get_if<Refusal>(&*early)) return refuse_task(task, *refusal);
    claim(task);
    return end_task(task, SignalState::done, std::get<NothingToSend>(*early).reason, "");
  }
  if (task.signal.action == Action::cancel || task.flattens)
    return cancel_first(task, resting_of(task, Resting::all));
  look_up(task);
}

// What has to go before the task's orders are sent: of a market order that closes, what would close the same
// position a second time; of a position said anew, all that rests from an earlier word and would lead past it.
// Decided as if it were gone already: an exit that is refused takes no protection with it.
std::optional<Stepper::RestingOrders> Stepper::in_the_way(const Task& task, Decision& decision) {
  const bool said_anew = asks_for_position(task.signal, task.rules);
  if (!said_anew && task.signal.order_type != model::OrderType::market) return std::nullopt;
  RestingOrders resting = resting_of(task, said_anew ? Resting::all : Resting::closing);
  if (resting.ids.empty()) return std::nullopt;
  decltype(state_.orders) aside;
  for (const std::string& id : resting.ids) aside.insert(state_.orders.extract(id));
  Decision without = decide(task, state_, rules_, moment_.now);
  state_.orders.merge(aside);
  const bool refused = std::holds_alternative<Refusal>(without.plan);
  if (said_anew && !refused) return resting;
  // Of two refusals, the one that stays when nothing rests says why.
  if (said_anew || (refused && std::holds_alternative<Refusal>(decision.plan))) {
    decision = std::move(without);
    return std::nullopt;
  }
  const auto* const orders = std::get_if<std::vector<PlannedOrder>>(&without.plan);
  if (orders == nullptr) return std::nullopt;
  // One of several instruments may stay open; so does what protects it.
  const std::set<std::string> instruments = closing_what_is_bound(task, *orders);
  std::erase_if(resting.ids, [&](const std::string& id) {
    return !instruments.contains(state_.orders.at(id).intent.request.instrument);
  });
  return resting.ids.empty() ? std::nullopt : std::optional(std::move(resting));
}

// Instruments in which the orders close more than those that rest have left over.
std::set<std::string> Stepper::closing_what_is_bound(const Task& task,
                                                     const std::vector<PlannedOrder>& orders) const {
  std::map<std::string, Decimal> closed;
  std::set<std::string> instruments;
  for (const PlannedOrder& planned : orders) {
    const model::OrderRequest& order = planned.request;
    const LaneKey lane{task.rules.venue, task.signal.strategy, order.instrument};
    const auto held = state_.positions.find(lane);
    if (held == state_.positions.end()) continue;
    const Decimal& position = held->second.quantity;
    const Decimal closing = order.quantity - opening_quantity(position, order.side, order.quantity);
    const Decimal bound = bound_by_orders(state_, lane, position, "");
    Decimal& sum = closed[order.instrument];
    sum += closing;
    if (bound.is_positive() && closing.is_positive() && sum > position.absolute() - bound)
      instruments.insert(order.instrument);
  }
  return instruments;
}

bool Stepper::closes(const model::Intent& order) const {
  const auto held = state_.positions.find({order.venue, order.strategy, order.request.instrument});
  if (held == state_.positions.end()) return false;
  return order.request.side == model::Side::buy ? held->second.quantity.is_negative()
                                                : held->second.quantity.is_positive();
}

// Of the task's own strategy, venue and instrument.
Stepper::RestingOrders Stepper::resting_of(const Task& task, Resting which) const {
  const std::string instrument = task.instrument();
  RestingOrders resting;
  for (const auto& [id, order] : state_.orders) {
    const model::Intent& intent = order.intent;
    const bool ours = intent.venue == task.rules.venue && intent.strategy == task.signal.strategy &&
                      (instrument.empty() || intent.request.instrument == instrument);
    if (!ours || (which == Resting::closing && !closes(intent))) continue;
    if (is_passed_over(task, rules_, intent.request.instrument)) {
      resting.passed_over.insert(intent.request.instrument);
    } else {
      resting.ids.push_back(id);
    }
  }
  return resting;
}

// What rests goes first; a cancel is done with that.
void Stepper::cancel_first(Task& task, const RestingOrders& resting) {
  claim(task);
  task.cleared = true;
  const auto& [ids, passed_over] = resting;
  for (const std::string& one : passed_over) {
    tell_refusal(task, one, {"filtered", "orders in " + one + " stay: --symbol passes over it"});
  }
  task.stage = Task::Stage::cancelling;
  task.open_orders.insert(ids.begin(), ids.end());
  const std::string signal_id = task.signal.id;
  for (const std::string& id : ids) {
    const auto order = state_.orders.find(id);
    if (order == state_.orders.end()) continue;
    order->second.cancel_wanted = true;
    order->second.cancels = 0;
    if (order->second.call == OpenOrder::Call::none) act(id);
  }
  if (ids.empty()) go_on(signal_id);
}

void Stepper::look_up(Task& task) {
  task.stage = Task::Stage::looking_up;
  task.due.reset();
  task.facts.clear();
  const auto wanted = look_ups_for(task, state_, rules_);
  for (const auto& one : wanted) {
    task.facts.emplace(one.instrument, std::nullopt);
    out_.commands.push_back(Find{task.signal.id, task.rules.venue, one});
  }
  if (wanted.empty()) conclude(task);
}

void Stepper::operator()(const FactsArrived& event) {
  const auto found = state_.tasks.find(event.signal_id);
  if (found == state_.tasks.end() || found->second.stage != Task::Stage::looking_up) return;
  Task& task = found->second;
  const auto slot = task.facts.find(event.instrument);
  if (slot == task.facts.end()) return;
  slot->second = event.facts;
  const auto& all = task.facts;
  if (std::any_of(all.begin(), all.end(), [](const auto& one) { return !one.second; })) return;
  const bool may_open = !only_closes(task, state_);
  const bool silent = std::any_of(all.begin(), all.end(), [&](const auto& one) {
    const auto* const facts = std::get_if<model::MarketFacts>(&*one.second);
    return std::holds_alternative<model::Unreachable>(*one.second) ||
           (may_open && facts != nullptr && !facts->no_price.empty());
  });
  if (silent && !task.looks_since) task.looks_since = moment_.steady;
  if (silent && (++task.look_ups < look_up_rule().most || may_look_on(task))) {
    task.due = moment_.steady + backoff(look_up_rule(), task.signal.id, task.look_ups - 1);
    return;
  }
  conclude(task);
}

bool Stepper::may_look_on(const Task& task) const {
  return only_closes(task, state_) && moment_.steady - *task.looks_since < rules_.exit_patience;
}

// What limits count by is kept with what was decided by it: a restart must not value what is held by anything
// older, nor by what was paid for it.
void Stepper::learn_prices(const Task& task) {
  for (const auto& [instrument, outcome] : task.facts) {
    const auto* const facts = std::get_if<model::MarketFacts>(&*outcome);
    if (facts == nullptr || !facts->price) continue;
    auto& known = state_.prices[{task.rules.venue, instrument}];
    if (known == *facts->price) continue;
    known = *facts->price;
    out_.entries.push_back(
        model::WriteControl{price_key(task.rules.venue, instrument), facts->price->to_string()});
  }
}

void Stepper::conclude(Task& task) {
  task.due.reset();
  if (!lane_is_free(state_, task)) {  // something was put before it while it looked
    task.stage = Task::Stage::waiting;
    task.facts.clear();
    return;
  }
  learn_prices(task);
  Decision decision = decide(task, state_, rules_, moment_.now);
  if (moment_.halt && !task.flattens) {
    // It came while the facts were on their way.
    decision = Decision{*decide_early(task, rules_, moment_.halt), {}, {}, {}};
  } else if (const auto resting = task.cleared ? std::nullopt : in_the_way(task, decision)) {
    task.facts.clear();
    return cancel_first(task, *resting);
  }
  for (const auto& chain : decision.chains) {
    state_.chains[{chain.venue, chain.strategy, chain.instrument}] = chain.chain;
    out_.entries.push_back(model::WriteChain{chain.strategy, chain.venue, chain.instrument, chain.chain});
  }
  if (const auto* refusal = std::get_if<Refusal>(&decision.plan)) {
    return refuse_task(task, *refusal);
  }
  claim(task);
  if (const auto* nothing = std::get_if<NothingToSend>(&decision.plan)) {
    if (nothing->refusal) return refuse_task(task, *nothing->refusal);
    return end_task(task, SignalState::done, nothing->reason, "");
  }
  commit_orders(task, decision, std::move(std::get<std::vector<PlannedOrder>>(decision.plan)));
}

void Stepper::commit_orders(Task& task, const Decision& decision, std::vector<PlannedOrder> orders) {
  task.stage = Task::Stage::ordered;
  task.facts.clear();
  std::vector<std::string> ids;
  for (PlannedOrder& planned : orders) {
    const model::Instrument& instrument = decision.traded.at(planned.request.instrument);
    OpenOrder order;
    model::Intent& intent = order.intent;
    intent.request = std::move(planned.request);
    if (rules_.purpose == Purpose::plan) order.rules = std::move(planned.rules);
    intent.signal_id = task.signal.id;
    intent.strategy = task.signal.strategy;
    intent.venue = task.rules.venue;
    intent.leg = planned.leg;
    intent.base_asset = instrument.base_asset;
    intent.quote_asset = instrument.quote_asset;
    intent.clipped_from = planned.clipped_from;
    intent.planned_at = moment_.now;
    if (const auto price = state_.prices.find({intent.venue, intent.request.instrument});
        price != state_.prices.end()) {
      intent.valued_price = price->second;
    }
    out_.entries.push_back(model::InsertIntent{intent});
    note_probe(order);
    ids.push_back(intent.request.client_order_id);
    task.open_orders.insert(ids.back());
    state_.orders.emplace(ids.back(), std::move(order));
  }
  if (task.signal.leverage && task.signal.market == model::Market::perp && rules_.purpose == Purpose::trade &&
      state_.leverage_told.insert(task.signal.strategy).second) {
    out_.commands.push_back(
        Warn{"strategy " + task.signal.strategy + " asks for leverage " + task.signal.leverage->to_string() +
             ", which is not set here: what the account has set at venue " + task.rules.venue + " holds"});
  }
  std::string message;
  for (const LeftOut& one : decision.left_out) message += (message.empty() ? "" : "; ") + one.refusal.message;
  if (!message.empty()) {
    task.reason = decision.left_out.front().refusal.rule;
    task.message = message;
    out_.entries.push_back(model::NoteSignal{task.signal.id, task.reason, message});
  }
  for (const LeftOut& one : decision.left_out) tell_refusal(task, one.instrument, one.refusal);
  for (const std::string& id : ids) {
    if (const auto order = state_.orders.find(id); order != state_.orders.end()) try_send(order->second);
  }
}

void Stepper::claim(Task& task) {
  if (task.claimed) return;
  task.claimed = true;
  out_.entries.push_back(model::ClaimSignal{task.signal, task.edited});
}

void Stepper::refuse_task(Task& task, const Refusal& refusal) {
  claim(task);
  const std::string message = refusal.message + (leaves_unprotected(task) ? "; " + kUnprotected : "");
  tell_refusal(task, task.signal.symbol, {refusal.rule, message});
  end_task(task, SignalState::refused, refusal.rule, message);
}

// The task is gone afterwards.
void Stepper::end_task(Task& task, SignalState end, const std::string& reason, const std::string& message) {
  out_.entries.push_back(model::EndSignal{task.signal.id, end, reason, message});
  const std::int64_t request = task.request;
  const std::string id = task.signal.id;
  const Key line{task.rules.venue, task.signal.strategy};
  leave_line(task);
  state_.tasks.erase(id);
  if (const auto asked = state_.requests.find(request); request != 0 && asked != state_.requests.end()) {
    asked->second.erase(id);
    if (asked->second.empty()) {
      out_.entries.push_back(model::EndRequest{request, "done"});
      state_.requests.erase(asked);
    }
  }
  advance_line(line);
}

void Stepper::leave_line(const Task& task) {
  const auto line = state_.lines.find({task.rules.venue, task.signal.strategy});
  if (line == state_.lines.end()) return;
  line->second.remove(task.signal.id);
  if (line->second.empty()) state_.lines.erase(line);
}

// An exit that fails, or closes a part, after what rested was cancelled for it: what is left has no stop.
bool Stepper::leaves_unprotected(const Task& task) const {
  return std::any_of(task.bared.begin(), task.bared.end(), [&](const auto& bared) {
    const auto& [instrument, was_long] = bared;
    const auto held = state_.positions.find({task.rules.venue, task.signal.strategy, instrument});
    if (held == state_.positions.end()) return false;
    return was_long ? held->second.quantity.is_positive() : held->second.quantity.is_negative();
  });
}

void Stepper::tell_refusal(const Task& task, const std::string& symbol, const Refusal& refusal) {
  model::RefusalRecord record;
  record.signal_id = task.signal.id;
  record.strategy = task.signal.strategy;
  record.symbol = symbol;
  record.action = to_text(task.signal.action);
  record.venue = task.rules.venue;
  record.reason = refusal.rule;
  record.message = refusal.message;
  record.at = moment_.now;
  record.plan = rules_.purpose == Purpose::plan;
  out_.commands.push_back(TellRefusal{std::move(record)});
}

// One of its orders moved: the lane is free once every outcome is known, the signal ends once every order has.
void Stepper::go_on(const std::string& signal_id) {
  const auto found = state_.tasks.find(signal_id);
  if (found == state_.tasks.end()) return;
  Task& task = found->second;
  if (task.stage == Task::Stage::cancelling) {
    if (!task.open_orders.empty()) return;
    if (task.reason == "cancel_failed" && !task.flattens) return refuse_task(task, {task.reason, task.message});
    if (task.signal.action != Action::cancel) {
      task.any_existed = false;
      return look_up(task);
    }
    return end_task(task, SignalState::done, task.any_existed ? "" : "nothing_to_cancel", "");
  }
  if (task.stage != Task::Stage::ordered) return;
  if (task.open_orders.empty()) {
    const bool unprotected = leaves_unprotected(task);
    if (unprotected) task.message += (task.message.empty() ? "" : "; ") + kUnprotected;
    if (task.any_existed) {
      if (unprotected) out_.commands.push_back(Warn{"signal " + signal_id + ": " + kUnprotected});
      return end_task(task, SignalState::done, task.reason, task.message);
    }
    tell_refusal(task, task.signal.symbol, {task.reason, task.message});
    return end_task(task, SignalState::refused, task.reason, task.message);
  }
  const bool known = std::all_of(task.open_orders.begin(), task.open_orders.end(),
                                 [&](const std::string& id) { return is_known(state_.orders.at(id)); });
  if (!known) return;
  leave_line(task);
  advance_line({task.rules.venue, task.signal.strategy});
}

}  // namespace tvh::engine
