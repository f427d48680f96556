#include "support/book_text.hpp"

#include <algorithm>
#include <vector>

namespace tvh::test {
namespace {

std::string text(const std::optional<Decimal>& value) { return value ? value->to_string() : "-"; }
std::string text(TimePoint at) { return std::to_string(nanoseconds_since_epoch(at)); }
std::string text(const std::optional<TimePoint>& at) { return at ? text(*at) : "-"; }

std::string joined(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  return all;
}

std::string text(const model::Position& position) {
  return "position " + position.venue + " " + position.instrument + " " + position.strategy + " " +
         position.quantity.to_string() + " @ " + position.average_price.to_string() + " realised " +
         position.realised_profit.to_string() + " entries " + std::to_string(position.entries) + " " +
         position.last_entry;
}

}  // namespace

std::string text_of(const model::Signal& signal) {
  return "signal " + signal.id + " " + signal.strategy + " " + signal.symbol + " " +
         std::string(to_text(signal.market)) + " " + std::string(to_text(signal.action)) + " " +
         text(signal.quantity) + " " + text(signal.price) + " " + text(signal.received_at);
}

std::string text_of(const model::OrderOnFile& order) {
  const model::Intent& intent = order.intent;
  const model::OrderRequest& request = intent.request;
  std::string all =
      "order " + request.client_order_id + " of " + intent.signal_id + " " + intent.strategy + " " +
      intent.venue + " " + intent.leg + " " + request.instrument + " " + std::string(to_text(request.market)) +
      " " + std::string(to_text(request.side)) + " " + std::string(to_text(request.type)) + " " +
      request.quantity.to_string() + " limit " + text(request.limit_price) + " stop " +
      text(request.stop_price) + " reference " + text(request.reference_price) + " " +
      (request.time_in_force ? std::string(to_text(*request.time_in_force)) : "-") +
      (request.reduce_only ? " reduce_only " : " ") + intent.base_asset + "/" + intent.quote_asset + " named " +
      intent.venue_order_id + " clipped from " + text(intent.clipped_from) + " is " +
      std::string(to_text(intent.state)) + " filled " + intent.filled_quantity.to_string() + " '" +
      intent.reason + "' '" + intent.message + "' planned " + text(intent.planned_at) + " submitted " +
      text(intent.submitted_at) + " settled " + text(intent.settled_at) + " sends " +
      std::to_string(order.sends) + " turned away " + std::to_string(order.turned_away) + " first " + text(order.first_sent) + " last " + text(order.last_sent);
  std::vector<std::string> fills;
  for (const auto& fill : order.fills) {
    fills.push_back("  fill " + fill.venue_order_id + " " + fill.trade_id + " " +
                    std::string(to_text(fill.side)) + " " + fill.quantity.to_string() + " @ " +
                    fill.price.to_string() + " fee " + fill.fee.to_string() + " " + fill.fee_asset + " at " +
                    text(fill.at));
  }
  return all + "\n" + joined(std::move(fills));
}

std::string text_of(const model::ExecutionOnFile& file) {
  std::string all;
  for (const auto& signal : file.claimed) all += text_of(signal) + "\n";
  std::vector<std::string> lines;
  for (const auto& order : file.orders) lines.push_back(text_of(order));
  for (const auto& position : file.positions) lines.push_back(text(position));
  for (const auto& [strategy, venue, instrument, chain] : file.chains) {
    std::string line = "chain " + strategy + " " + venue + " " + instrument + " " + text(chain.bar) + " from " +
                       chain.start.to_string();
    for (const auto& step : chain.steps) {
      line += " " + step.signal_id + ":" + step.from.to_string() + ">" + step.to.to_string();
    }
    lines.push_back(std::move(line));
  }
  for (const auto& day : file.losses_today) {
    lines.push_back("loss " + day.venue + " " + day.strategy + " " + day.loss.to_string());
  }
  for (const auto& sent : file.sent) {
    lines.push_back("sent " + sent.venue + " " + sent.strategy + " " + text(sent.at));
  }
  for (const auto& moved : file.moved) lines.push_back("moved " + moved.venue + " " + text(moved.at));
  for (const auto& control : file.controls) lines.push_back("control " + control.key + " = " + control.value);
  for (const auto& request : file.running) {
    std::string line = "running " + std::to_string(request.seq) + " " + request.kind;
    for (const auto& id : request.signals) line += " " + id;
    lines.push_back(std::move(line));
  }
  return all + joined(std::move(lines));
}

}  // namespace tvh::test
