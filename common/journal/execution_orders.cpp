// Execution: intents, events, fills and positions.
#include <algorithm>

#include "journal/execution.hpp"

namespace tvh::journal {

using model::Fill;
using model::Intent;
using model::OrderEventKind;
using model::OrderState;
using model::Position;

namespace {

constexpr const char* kIntentColumns =
    "SELECT client_order_id, signal_id, strategy, venue, instrument, market, leg, side, order_type, quantity, "
    "limit_price, "
    "stop_price, reference_price, reduce_only, state, filled_quantity, reason, message, planned_at, "
    "submitting_at, "
    "coalesce(filled_at, cancelled_at, expired_at, refused_at, dropped_at, absent_at), venue_order_id, "
    "clipped_from, time_in_force, base_asset, quote_asset, valued_price FROM intents ";

Intent read_intent(Statement& row) {
  Intent intent;
  model::OrderRequest& request = intent.request;
  request.client_order_id = row.read_text();
  intent.signal_id = row.read_text();
  intent.strategy = row.read_text();
  intent.venue = row.read_text();
  request.instrument = row.read_text();
  request.market = row.read_name<model::Market>();
  intent.leg = row.read_text();
  request.side = row.read_name<model::Side>();
  request.type = row.read_name<model::OrderType>();
  request.quantity = row.read_decimal();
  request.limit_price = row.read_optional_decimal();
  request.stop_price = row.read_optional_decimal();
  request.reference_price = row.read_optional_decimal();
  request.reduce_only = row.read_integer() != 0;
  intent.state = row.read_name<OrderState>();
  intent.filled_quantity = row.read_decimal();
  intent.reason = row.read_text();
  intent.message = row.read_text();
  intent.planned_at = row.read_time();
  intent.submitted_at = row.read_optional_time();
  intent.settled_at = row.read_optional_time();
  intent.venue_order_id = row.read_text();
  intent.clipped_from = row.read_optional_decimal();
  if (row.next_is_null()) {
    row.skip();
  } else {
    request.time_in_force = row.read_name<model::TimeInForce>();
  }
  intent.base_asset = row.read_text();
  intent.quote_asset = row.read_text();
  intent.valued_price = row.read_optional_decimal();
  return intent;
}

Result<std::vector<Intent>> read_all_intents(Journal::Use statement) {
  std::vector<Intent> intents;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return intents;
    intents.push_back(read_intent(*statement));
  }
}

// One literal a state: columns cannot be parameters, and statements are known by their literal's address.
const char* update_for(OrderState state) {
  switch (state) {
    case OrderState::planned:
      return nullptr;
    case OrderState::submitting:
      return "UPDATE intents SET state = ?, submitting_at = ? WHERE client_order_id = ?";
    case OrderState::accepted:
      return "UPDATE intents SET state = ?, accepted_at = ? WHERE client_order_id = ?";
    case OrderState::partially_filled:
      return "UPDATE intents SET state = ?, partially_filled_at = ? WHERE client_order_id = ?";
    case OrderState::filled:
      return "UPDATE intents SET state = ?, filled_at = ? WHERE client_order_id = ?";
    case OrderState::cancelled:
      return "UPDATE intents SET state = ?, cancelled_at = ? WHERE client_order_id = ?";
    case OrderState::expired:
      return "UPDATE intents SET state = ?, expired_at = ? WHERE client_order_id = ?";
    case OrderState::refused:
      return "UPDATE intents SET state = ?, refused_at = ? WHERE client_order_id = ?";
    case OrderState::unknown:
      return "UPDATE intents SET state = ?, unknown_at = ? WHERE client_order_id = ?";
    case OrderState::dropped:
      return "UPDATE intents SET state = ?, dropped_at = ? WHERE client_order_id = ?";
    case OrderState::absent:
      return "UPDATE intents SET state = ?, absent_at = ? WHERE client_order_id = ?";
  }
  return nullptr;
}

Position read_position_row(Statement& row) {
  Position position;
  position.venue = row.read_text();
  position.instrument = row.read_text();
  position.strategy = row.read_text();
  position.quantity = row.read_decimal();
  position.average_price = row.read_decimal();
  position.realised_profit = row.read_decimal();
  position.entries = int(row.read_integer());
  position.last_entry = row.read_text();
  return position;
}

}  // namespace

Result<void> Execution::insert_intent(const Intent& intent) {
  TVH_INVARIANT(intent.state == OrderState::planned, "an intent begins planned");
  const model::OrderRequest& request = intent.request;
  TVH_TRY(
      auto statement,
      journal_.statement(
          "INSERT INTO intents (client_order_id, signal_id, strategy, venue, instrument, market, leg, side, "
          "order_type, quantity, limit_price, stop_price, reference_price, clipped_from, reduce_only, "
          "time_in_force, base_asset, quote_asset, valued_price, state, planned_at) VALUES (?, ?, ?, ?, ?, ?, "
          "?, ?, "
          "?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, 'planned', ?)"));
  statement->bind(request.client_order_id)
      .bind(intent.signal_id)
      .bind(intent.strategy)
      .bind(intent.venue)
      .bind(request.instrument)
      .bind(to_text(request.market))
      .bind(intent.leg)
      .bind(to_text(request.side))
      .bind(to_text(request.type))
      .bind(request.quantity)
      .bind(request.limit_price)
      .bind(request.stop_price)
      .bind(request.reference_price)
      .bind(intent.clipped_from)
      .bind(std::int64_t(request.reduce_only))
      .bind(request.time_in_force ? to_text(*request.time_in_force) : std::string_view())
      .bind(intent.base_asset)
      .bind(intent.quote_asset)
      .bind(intent.valued_price)
      .bind(intent.planned_at);
  return statement->run();
}

Result<OrderState> Execution::apply_event(const std::string& client_order_id, OrderEventKind event,
                                          TimePoint at, const std::string& detail) {
  OrderState before{};
  {
    TVH_TRY(auto statement, journal_.statement("SELECT state FROM intents WHERE client_order_id = ?"));
    statement->bind(client_order_id);
    TVH_TRY(const bool row, statement->step());
    if (!row) return fail(Errc::bug, "order " + client_order_id + " has no intent");
    TVH_TRY(before, statement->checked(statement->read_name<OrderState>()));
  }
  const auto after = model::apply(before, event);
  if (!after) {
    return fail(Errc::bug, "order " + client_order_id + " is " + std::string(to_text(before)) + " and cannot " +
                               std::string(to_text(event)));
  }
  TVH_TRY(auto update, journal_.statement(update_for(*after)));
  update->bind(to_text(*after)).bind(at).bind(client_order_id);
  TVH_CHECK(update->run());
  TVH_TRY(auto append,
          journal_.statement(
              "INSERT INTO order_events (client_order_id, at, event, state, detail) VALUES (?, ?, ?, "
              "?, ?)"));
  append->bind(client_order_id).bind(at).bind(to_text(event)).bind(to_text(*after)).bind(detail);
  TVH_CHECK(append->run());
  return *after;
}

Result<void> Execution::set_venue_order_id(const std::string& client_order_id,
                                           const std::string& venue_order_id) {
  TVH_TRY(auto statement,
          journal_.statement("UPDATE intents SET venue_order_id = ? WHERE client_order_id = ?"));
  statement->bind(venue_order_id).bind(client_order_id);
  return statement->run();
}

Result<void> Execution::set_reason(const std::string& client_order_id, const std::string& reason,
                                   const std::string& message) {
  TVH_TRY(auto statement,
          journal_.statement("UPDATE intents SET reason = ?, message = ? WHERE client_order_id = ?"));
  statement->bind(reason).bind(message).bind(client_order_id);
  return statement->run();
}

Result<std::vector<Intent>> Execution::read_intents(const std::string& signal_id) {
  static const std::string sql = std::string(kIntentColumns) + "WHERE signal_id = ? ORDER BY leg";
  TVH_TRY(auto statement, journal_.statement(sql.c_str()));
  statement->bind(signal_id);
  return read_all_intents(std::move(statement));
}

Result<std::vector<Intent>> Execution::read_open_intents() {
  static const std::string sql =
      std::string(kIntentColumns) +
      // An index with a condition serves only who asks in its very words; without it this is an error.
      "INDEXED BY intents_open WHERE state = 'planned' OR state = 'submitting' OR state = 'accepted' OR state "
      "= 'partially_filled' OR "
      "state = 'unknown' ORDER BY planned_at";
  TVH_TRY(auto statement, journal_.statement(sql.c_str()));
  return read_all_intents(std::move(statement));
}

Result<std::optional<Intent>> Execution::read_intent(const std::string& client_order_id) {
  static const std::string sql = std::string(kIntentColumns) + "WHERE client_order_id = ?";
  TVH_TRY(auto statement, journal_.statement(sql.c_str()));
  statement->bind(client_order_id);
  TVH_TRY(auto intents, read_all_intents(std::move(statement)));
  return intents.empty() ? std::optional<Intent>() : std::optional(std::move(intents.front()));
}

Result<void> Execution::append_fill(const Fill& fill, const std::string& strategy,
                                    const model::Instrument& instrument) {
  TVH_TRY(const Position before, read_position(fill.venue, fill.instrument, strategy));
  const Position after = model::apply_fill(before, fill, instrument);
  {
    const Decimal realised = after.realised_profit - before.realised_profit;
    TVH_TRY(
        auto insert,
        journal_.statement(
            "INSERT INTO fills (venue, instrument, venue_order_id, trade_id, client_order_id, strategy, side, "
            "quantity, price, fee, fee_asset, at, realised) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON "
            "CONFLICT DO NOTHING"));
    insert->bind(fill.venue)
        .bind(fill.instrument)
        .bind(fill.venue_order_id)
        .bind(fill.trade_id)
        .bind(fill.client_order_id)
        .bind(strategy)
        .bind(to_text(fill.side))
        .bind(fill.quantity)
        .bind(fill.price)
        .bind(fill.fee)
        .bind(fill.fee_asset)
        .bind(fill.at)
        .bind(realised);
    TVH_CHECK(insert->run());
    if (journal_.connection().changes() == 0) return {};  // known already: positions have it
  }
  TVH_TRY(auto upsert,
          journal_.statement(
              "INSERT INTO positions (venue, instrument, strategy, quantity, average_price, realised_profit, "
              "updated_at, entries, last_entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (venue, "
              "instrument, strategy) DO UPDATE SET "
              "quantity = excluded.quantity, average_price = excluded.average_price, realised_profit = "
              "excluded.realised_profit, updated_at = excluded.updated_at, entries = excluded.entries, "
              "last_entry = "
              "excluded.last_entry"));
  upsert->bind(after.venue)
      .bind(after.instrument)
      .bind(after.strategy)
      .bind(after.quantity)
      .bind(after.average_price)
      .bind(after.realised_profit)
      .bind(fill.at)
      .bind(std::int64_t(after.entries))
      .bind(after.last_entry);
  TVH_CHECK(upsert->run());
  Decimal filled;
  {
    TVH_TRY(const auto fills, read_fills(fill.client_order_id));
    for (const Fill& one : fills) filled += one.quantity;
  }
  TVH_TRY(auto update, journal_.statement("UPDATE intents SET filled_quantity = ? WHERE client_order_id = ?"));
  update->bind(filled).bind(fill.client_order_id);
  return update->run();
}

Result<std::vector<Fill>> Execution::read_fills(const std::string& client_order_id) {
  TVH_TRY(
      auto statement,
      journal_.statement(
          "SELECT venue, instrument, venue_order_id, trade_id, side, quantity, price, fee, fee_asset, at FROM "
          "fills WHERE client_order_id = ? ORDER BY at, trade_id"));
  statement->bind(client_order_id);
  std::vector<Fill> fills;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return fills;
    Fill fill;
    fill.client_order_id = client_order_id;
    fill.venue = statement->read_text();
    fill.instrument = statement->read_text();
    fill.venue_order_id = statement->read_text();
    fill.trade_id = statement->read_text();
    fill.side = statement->read_name<model::Side>();
    fill.quantity = statement->read_decimal();
    fill.price = statement->read_decimal();
    fill.fee = statement->read_decimal();
    fill.fee_asset = statement->read_text();
    fill.at = statement->read_time();
    fills.push_back(std::move(fill));
  }
}

Result<Position> Execution::read_position(const std::string& venue, const std::string& instrument,
                                          const std::string& strategy) {
  TVH_TRY(auto statement, journal_.statement("SELECT venue, instrument, strategy, quantity, average_price, "
                                             "realised_profit, entries, last_entry FROM positions WHERE "
                                             "venue = ? AND instrument = ? AND strategy = ?"));
  statement->bind(venue).bind(instrument).bind(strategy);
  TVH_TRY(const bool row, statement->step());
  return row ? statement->checked(read_position_row(*statement))
             : Position{venue, instrument, strategy, {}, {}, {}};
}

Result<std::vector<Position>> Execution::read_positions() {
  TVH_TRY(auto statement, journal_.statement("SELECT venue, instrument, strategy, quantity, average_price, "
                                             "realised_profit, entries, last_entry FROM positions ORDER "
                                             "BY venue, instrument, strategy"));
  std::vector<Position> positions;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return positions;
    positions.push_back(read_position_row(*statement));
  }
}

}  // namespace tvh::journal
