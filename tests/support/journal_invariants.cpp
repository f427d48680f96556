#include "support/journal_invariants.hpp"

#include <map>
#include <stdexcept>

#include "model/order_state.hpp"
#include "model/position.hpp"
#include "support/samples.hpp"

namespace tvh::test {
namespace {

using journal::Journal;
using journal::Statement;
using model::OrderEventKind;
using model::OrderState;

template <class Read>
void for_each_row(Journal& journal, const std::string& sql, const Read& read) {
  auto statement = journal.connection().prepare(sql);
  if (!statement) throw std::runtime_error(statement.error().message);
  while (true) {
    auto row = statement->step();
    if (!row) throw std::runtime_error(row.error().message);
    if (!*row) return;
    read(*statement);
  }
}

OrderState replay(const std::vector<std::pair<OrderEventKind, OrderState>>& events, std::string& problem) {
  OrderState state = OrderState::planned;
  for (const auto& [event, after] : events) {
    const auto next = model::apply(state, event);
    if (!next || *next != after) {
      problem = std::string(to_text(state)) + " -" + std::string(to_text(event)) + "-> " +
                std::string(to_text(after));
    }
    state = after;
  }
  return state;
}

void check_positions(Journal& journal, std::vector<std::string>& broken) {
  std::map<std::string, model::Position> folded;
  for_each_row(
      journal,
      "SELECT venue, instrument, strategy, side, quantity, price, fee, fee_asset, trade_id FROM fills ORDER BY "
      "at, client_order_id, trade_id",
      [&](Statement& row) {
        model::Fill fill;
        fill.venue = row.read_text();
        fill.instrument = row.read_text();
        const std::string strategy = row.read_text();
        fill.side = *model::parse_text<model::Side>(row.read_text());
        fill.quantity = row.read_decimal();
        fill.price = row.read_decimal();
        fill.fee = row.read_decimal();
        fill.fee_asset = row.read_text();
        auto& position = folded[fill.venue + " " + fill.instrument + " " + strategy];
        position = model::apply_fill(position, fill, make_instrument(fill.instrument));
      });
  for_each_row(journal,
               "SELECT venue, instrument, strategy, quantity, average_price, realised_profit FROM positions",
               [&](Statement& row) {
                 std::string key = row.read_text();
                 key += ' ';
                 key += row.read_text();
                 key += ' ';
                 key += row.read_text();
                 const model::Position expected = folded[key];
                 folded.erase(key);
                 const Decimal quantity = row.read_decimal();
                 const Decimal average = row.read_decimal();
                 const Decimal profit = row.read_decimal();
                 if (quantity != expected.quantity || average != expected.average_price ||
                     profit != expected.realised_profit) {
                   broken.push_back("position " + key + " is " + quantity.to_string() + " @ " +
                                    average.to_string() + ", its fills make " + expected.quantity.to_string() +
                                    " @ " + expected.average_price.to_string());
                 }
               });
  for (const auto& [key, position] : folded) broken.push_back("fills without a position: " + key);
}

void check_orders(Journal& journal, std::vector<std::string>& broken) {
  std::map<std::string, std::vector<std::pair<OrderEventKind, OrderState>>> events;
  for_each_row(journal, "SELECT client_order_id, event, state FROM order_events ORDER BY seq",
               [&](Statement& row) {
                 auto& list = events[row.read_text()];
                 const std::string event = row.read_text();
                 const auto state = *model::parse_text<OrderState>(row.read_text());
                 for (int kind = 0; kind <= int(OrderEventKind::prove_absent); ++kind) {
                   if (to_text(OrderEventKind(kind)) == event) list.emplace_back(OrderEventKind(kind), state);
                 }
               });
  std::map<std::string, Decimal> filled;
  for_each_row(journal, "SELECT client_order_id, quantity FROM fills", [&](Statement& row) {
    const std::string id = row.read_text();
    filled[id] += row.read_decimal();
  });
  for_each_row(journal, "SELECT client_order_id, state, quantity, filled_quantity FROM intents",
               [&](Statement& row) {
                 const std::string id = row.read_text();
                 const auto state = *model::parse_text<OrderState>(row.read_text());
                 const Decimal quantity = row.read_decimal();
                 const Decimal filled_quantity = row.read_decimal();
                 std::string problem;
                 const OrderState projected = replay(events[id], problem);
                 if (!problem.empty()) broken.push_back("order " + id + " moved " + problem);
                 if (projected != state)
                   broken.push_back("order " + id + " is " + std::string(to_text(state)) + ", its events say " +
                                    std::string(to_text(projected)));
                 if (filled[id] != filled_quantity)
                   broken.push_back("order " + id + " filled " + filled_quantity.to_string() +
                                    ", its fills make " + filled[id].to_string());
                 if (filled_quantity > quantity)
                   broken.push_back("order " + id + " filled more than it asked for");
                 if (state == OrderState::filled && filled_quantity != quantity)
                   broken.push_back("order " + id + " is filled, but not all of it");
               });
}

void check_none(Journal& journal, const char* what, const std::string& sql, std::vector<std::string>& broken) {
  for (const auto& id : read_column(journal, sql)) broken.push_back(std::string(what) + ": " + id);
}

}  // namespace

std::vector<std::string> read_column(Journal& journal, const std::string& sql) {
  std::vector<std::string> values;
  for_each_row(journal, sql, [&](Statement& row) { values.push_back(row.read_text()); });
  return values;
}

std::vector<std::string> broken_invariants(Journal& journal) {
  std::vector<std::string> broken;
  check_positions(journal, broken);
  check_orders(journal, broken);
  constexpr const char* kOpen = "('planned', 'submitting', 'accepted', 'partially_filled', 'unknown')";
  check_none(
      journal, "ended with an open order",
      std::string("SELECT s.id FROM signals s JOIN intents i ON i.signal_id = s.id WHERE s.state IN ('done', "
                  "'refused', 'expired') AND i.state IN ") +
          kOpen,
      broken);
  check_none(
      journal, "claimed with nothing open",
      std::string(
          "SELECT id FROM signals s WHERE state = 'claimed' AND NOT EXISTS (SELECT 1 FROM intents i WHERE "
          "i.signal_id = s.id AND i.state IN ") +
          kOpen + ")",
      broken);
  check_none(journal, "refused without a reason",
             "SELECT id FROM signals WHERE state = 'refused' AND reason = ''", broken);
  check_none(journal, "ended without a time",
             "SELECT id FROM signals WHERE state IN ('done', 'refused', 'expired') AND ended_at IS NULL",
             broken);
  check_none(journal, "an intent without a signal",
             "SELECT client_order_id FROM intents WHERE signal_id NOT IN (SELECT id FROM signals)", broken);
  check_none(
      journal, "a fill without an intent",
      "SELECT client_order_id FROM fills WHERE client_order_id NOT IN (SELECT client_order_id FROM intents)",
      broken);
  check_none(journal, "an order at the paper venue without an intent",
             "SELECT client_order_id FROM paper_orders WHERE client_order_id NOT IN (SELECT client_order_id "
             "FROM intents)",
             broken);
  return broken;
}

}  // namespace tvh::test
