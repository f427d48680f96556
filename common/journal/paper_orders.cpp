// The orders of the paper account: rows of paper_orders, one fill in the row.
#include "journal/paper_store.hpp"

namespace tvh::journal {

using model::Fill;
using model::OrderState;
using model::PaperOrder;

namespace {

const std::string kSelectOrders =
    "SELECT client_order_id, venue_order_id, instrument, market, side, order_type, quantity, limit_price, "
    "stop_price, reference_price, time_in_force, reduce_only, triggered, filled_quantity, price, fee, "
    "fee_asset, filled_at, state, reason, at FROM paper_orders ";
const std::string kSelectOne = kSelectOrders + "WHERE venue = ? AND client_order_id = ?";
// By the index of what rests, or not at all: the planner would as soon look through everything that has ended.
const std::string kSelectResting =
    kSelectOrders +
    "INDEXED BY paper_orders_resting WHERE venue = ? AND state = 'accepted' ORDER BY at, client_order_id";
const std::string kSelectRestingOfOne =
    kSelectOrders +
    "INDEXED BY paper_orders_resting WHERE venue = ? AND state = 'accepted' AND instrument = ? "
    "ORDER BY at, client_order_id";

// The columns of the fill, in the order of the tables: price, fee, fee_asset, filled_at.
void bind_fill(Statement& statement, const PaperOrder& order) {
  TVH_INVARIANT(order.report.fills.size() <= 1, "the paper venue fills an order in one piece");
  if (order.report.fills.empty()) {
    statement.bind_null().bind_null().bind_null().bind_null();
    return;
  }
  const Fill& fill = order.report.fills.front();
  statement.bind(fill.price).bind(fill.fee).bind(fill.fee_asset).bind(fill.at);
}

Result<std::vector<PaperOrder>> read_all(Statement& statement, const auto& read_row) {
  std::vector<PaperOrder> orders;
  while (true) {
    TVH_TRY(const bool row, statement.step());
    if (!row) return orders;
    orders.push_back(read_row(statement));
  }
}

}  // namespace

PaperOrder SqlitePaperStore::read_row(Statement& row) const {
  PaperOrder order;
  auto& request = order.request;
  auto& report = order.report;
  request.client_order_id = row.read_text();
  report.venue_order_id = row.read_text();
  request.instrument = row.read_text();
  request.market = row.read_name<model::Market>();
  request.side = row.read_name<model::Side>();
  request.type = row.read_name<model::OrderType>();
  request.quantity = row.read_decimal();
  request.limit_price = row.read_optional_decimal();
  request.stop_price = row.read_optional_decimal();
  request.reference_price = row.read_optional_decimal();
  if (row.next_is_null()) {
    row.skip();
  } else {
    request.time_in_force = row.read_name<model::TimeInForce>();
  }
  request.reduce_only = row.read_integer() != 0;
  order.triggered = row.read_integer() != 0;
  report.filled_quantity = row.read_decimal();
  if (row.next_is_null()) {
    for (int column = 0; column < 4; ++column) row.skip();
  } else {
    Fill fill;
    fill.client_order_id = request.client_order_id;
    fill.venue = venue_;
    fill.instrument = request.instrument;
    fill.venue_order_id = report.venue_order_id;
    fill.trade_id = "1";
    fill.side = request.side;
    fill.quantity = report.filled_quantity;
    fill.price = row.read_decimal();
    fill.fee = row.read_decimal();
    fill.fee_asset = row.read_text();
    fill.at = row.read_time();
    report.fills.push_back(std::move(fill));
  }
  report.state = row.read_name<OrderState>();
  order.reason = row.read_text();
  order.at = row.read_time();
  return order;
}

Result<std::optional<PaperOrder>> SqlitePaperStore::read_order(const std::string& client_order_id) {
  TVH_TRY(auto statement, journal_.statement(kSelectOne.c_str()));
  statement->bind(venue_).bind(client_order_id);
  TVH_TRY(const bool row, statement->step());
  return row ? statement->checked(std::optional(read_row(*statement))) : std::optional<PaperOrder>();
}

Result<std::vector<PaperOrder>> SqlitePaperStore::read_resting_orders() {
  TVH_TRY(auto statement, journal_.statement(kSelectResting.c_str()));
  statement->bind(venue_);
  return read_all(*statement, [this](Statement& row) { return read_row(row); });
}

Result<std::vector<PaperOrder>> SqlitePaperStore::read_resting_orders(const std::string& instrument) {
  TVH_TRY(auto statement, journal_.statement(kSelectRestingOfOne.c_str()));
  statement->bind(venue_).bind(instrument);
  return read_all(*statement, [this](Statement& row) { return read_row(row); });
}

Result<void> SqlitePaperStore::insert_order(const PaperOrder& order) {
  const auto& request = order.request;
  TVH_TRY(auto statement,
          journal_.statement(
              "INSERT INTO paper_orders (venue, client_order_id, venue_order_id, instrument, market, side, "
              "order_type, quantity, limit_price, stop_price, reference_price, time_in_force, reduce_only, "
              "triggered, filled_quantity, price, fee, fee_asset, filled_at, state, reason, at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  statement->bind(venue_)
      .bind(request.client_order_id)
      .bind(order.report.venue_order_id)
      .bind(request.instrument)
      .bind(model::to_text(request.market))
      .bind(model::to_text(request.side))
      .bind(model::to_text(request.type))
      .bind(request.quantity)
      .bind(request.limit_price)
      .bind(request.stop_price)
      .bind(request.reference_price);
  if (request.time_in_force) {
    statement->bind(model::to_text(*request.time_in_force));
  } else {
    statement->bind_null();
  }
  statement->bind(std::int64_t{request.reduce_only})
      .bind(std::int64_t{order.triggered})
      .bind(order.report.filled_quantity);
  bind_fill(*statement, order);
  statement->bind(model::to_text(order.report.state)).bind(order.reason).bind(order.at);
  return statement->run();
}

Result<void> SqlitePaperStore::update_order(const PaperOrder& order) {
  TVH_TRY(auto statement,
          journal_.statement(
              "UPDATE paper_orders SET triggered = ?, filled_quantity = ?, price = ?, fee = ?, fee_asset = ?, "
              "filled_at = ?, state = ?, reason = ? WHERE venue = ? AND client_order_id = ? AND state = "
              "'accepted'"));
  statement->bind(std::int64_t{order.triggered}).bind(order.report.filled_quantity);
  bind_fill(*statement, order);
  statement->bind(model::to_text(order.report.state))
      .bind(order.reason)
      .bind(venue_)
      .bind(order.request.client_order_id);
  TVH_CHECK(statement->run());
  if (journal_.connection().changes() != 1)
    return fail(Errc::bug, "order " + order.request.client_order_id + " does not rest");
  return {};
}

}  // namespace tvh::journal
