// World: the life of its executor: started, driven, killed, started again.
#include "simulation/world.hpp"

namespace tvh::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

void World::plan_crash() { crash_in_ = faults_.strikes(Fault::crash) ? int(random_.between(1, 80)) : 0; }

void World::instant() {
  if (crash_in_ == 0 || faults_.over() || --crash_in_ > 0) return;
  throw Crash{};
}

void World::start_executor() {
  restart_at_.reset();
  plan_crash();
  execution::ExecutorSettings settings;
  settings.rules.rules_for = [this](const std::string& strategy) {
    const auto known = scenario_.strategies.find(strategy);
    return known == scenario_.strategies.end() ? engine::StrategyRules{} : known->second;
  };
  settings.rules.risk = scenario_.risk;
  settings.rules.breakers = scenario_.breakers;
  settings.rules.edit_policy = scenario_.edit_policy;
  settings.rules.exit_patience = scenario_.exit_patience;
  for (const auto& venue : venues_) settings.venues.push_back(venue.get());
  settings.at_step = [this](std::string_view) { instant(); };
  trace_.say("executor starts");
  executor_ = std::make_unique<execution::Executor>(book_, time_, std::move(settings), *this);
  pending_came_ = true;
  if (scenario_.regives && !quiet_) to_give_.insert(to_give_.begin(), given_.begin(), given_.end());
  given_.clear();
  try {
    accept(executor_->start(), "start");
  } catch (const Crash&) {
    stop_executor("dies as it starts");
  }
}

void World::stop_executor(const std::string& why) {
  trace_.say("executor gone: ", why);
  for (auto& venue : venues_) venue->disconnect();
  executor_.reset();
  book_.crash();
  again_at_.reset();
  if (why != "the end") restart_at_ = time_.true_now() + random_.span(milliseconds(0), seconds(20));
}

// temporary: the same again, soon. Any other error: the process ends, and is started again.
void World::accept(const Result<void>& result, const std::string& what) {
  if (result) return;
  const Error& error = result.error();
  if (error.code == Errc::temporary) {
    again_at_ = time_.true_now() + milliseconds(100);
    if (what == "start") stop_executor("the journal is busy");
    return;
  }
  if (error.code == Errc::storage) return stop_executor(error.message);
  throw Violation{"error", what + ": " + error.message};
}

void World::give_waiting() {
  while (executor_ != nullptr && !to_give_.empty() && executor_->has_room()) {
    const auto given = executor_->give(to_give_.front());
    if (!given) {
      accept(given.error(), "give");
      return;
    }
    given_.push_back(to_give_.front());
    to_give_.pop_front();
  }
}

void World::drive() {
  if (executor_ == nullptr || again_at_) return;
  try {
    give_waiting();
    if (executor_ == nullptr || again_at_) return;
    if (pending_came_) {
      const auto taken = executor_->take_pending();
      if (!taken) return accept(taken.error(), "take_pending");
      const auto asked = executor_->take_requests();
      if (!asked) return accept(asked.error(), "take_requests");
      pending_came_ = false;
    }
    accept(scenario_.turns_until_idle ? executor_->run_until_idle() : executor_->turn(), "turn");
  } catch (const Crash&) {
    return stop_executor("killed");
  }
  if (executor_ != nullptr && !again_at_) checkers_.after_turn(executor_->state());
}

void World::before_submit(const SimulatedVenue& venue, const model::OrderRequest& order) {
  trace_.say("executor sends ", order.client_order_id.substr(3, 6), " to ", venue.name(), ": ",
             to_text(order.side), " ", order.quantity.to_string(), " ", order.instrument, " ",
             to_text(order.type), order.reduce_only ? " reduce_only" : "");
  instant();
  checkers_.before_submit(venue, order);
}

void World::after_submit(const SimulatedVenue&, const model::OrderRequest&) { instant(); }

void World::on_fill(const SimulatedVenue& venue, const VenueOrder& order, const model::Fill& fill) {
  checkers_.on_fill(venue, order, fill);
}

void World::on_order(const model::OrderRecord& record) {
  trace_.say("order record ", record.intent.request.client_order_id.substr(3, 6), " ",
             to_text(record.intent.state), " ", record.intent.reason);
}
void World::on_refusal(const model::RefusalRecord& record) {
  trace_.say("refusal ", record.signal_id.substr(0, 6), " ", record.reason, ": ", record.message);
  if (record.reason.empty() || record.message.empty()) {
    throw Violation{"I6", "the refusal of signal " + record.signal_id + " says not why"};
  }
}
void World::on_warning(const std::string& text) { trace_.say("warning: ", text); }

void World::trace_entry(const model::JournalEntry& entry) const {
  if (const auto* claim = std::get_if<model::ClaimSignal>(&entry)) {
    trace_.say("  book: claims ", claim->signal.id.substr(0, 6));
  } else if (const auto* keep = std::get_if<model::KeepSignal>(&entry)) {
    trace_.say("  book: keeps ", keep->signal.id.substr(0, 6));
  } else if (const auto* end = std::get_if<model::EndSignal>(&entry)) {
    trace_.say("  book: ends ", end->signal_id.substr(0, 6), " ", to_text(end->state), " ", end->reason);
  } else if (const auto* insert = std::get_if<model::InsertIntent>(&entry)) {
    const auto& request = insert->intent.request;
    trace_.say("  book: intends ", request.client_order_id.substr(3, 6), " of ",
               insert->intent.signal_id.substr(0, 6), " ", insert->intent.leg, ": ", to_text(request.side), " ",
               request.quantity.to_string(), " ", request.instrument);
  } else if (const auto* move = std::get_if<model::MoveOrder>(&entry)) {
    trace_.say("  book: moves ", move->client_order_id.substr(3, 6), " ", to_text(move->event), " ",
               move->detail);
  } else if (const auto* fill = std::get_if<model::AppendFill>(&entry)) {
    trace_.say("  book: fill ", fill->fill.trade_id, " of ", fill->fill.client_order_id.substr(3, 6), " ",
               fill->fill.quantity.to_string());
  } else if (const auto* control = std::get_if<model::WriteControl>(&entry)) {
    trace_.say("  book: control ", control->key, " = ", control->value);
  } else if (const auto* started = std::get_if<model::StartRequest>(&entry)) {
    trace_.say("  book: starts request ", std::to_string(started->seq));
  } else if (const auto* ended = std::get_if<model::EndRequest>(&entry)) {
    trace_.say("  book: ends request ", std::to_string(ended->seq), ": ", ended->result);
  }
}

}  // namespace tvh::simulation
