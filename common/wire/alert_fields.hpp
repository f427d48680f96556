// The names alerts use, and the fields they mean: one table for the tutorial family and canonical bodies, one
// for records. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tvh::wire {

enum class Field : std::uint8_t {
  about_the_record,  // kind, v: say what the object is, not what to trade
  received_at,
  secret,
  action,
  symbol,
  exchange,
  market,
  strategy,
  quantity,  // quantity, qty, qtd
  contracts,
  volume,
  position_size,
  size_unit,
  order_type,
  price,
  limit_price,
  stop_price,
  stop_loss,
  take_profit,
  trailing,
  reduce_only,
  leverage,
  time_in_force,
  legs,
  order_id,
  comment,
  time,
  bar_time,
  fired_at,
  timeframe,
  max_age,
  position,  // an object, or long, short, flat
  position_side,
  position_quantity,
  previous_side,
  previous_quantity,
  author_id,  // signal_id, alert_id
  bare_id,
  extra,
  // Of other services' dialects only.
  target,             // the signed position to have afterwards: makes the action a target
  order_price,        // the limit price of a limit order, else the reference price
  stop_loss_percent,  // of the reference price
  take_profit_percent,
  stop_loss_distance,  // in quote per base, from the reference price
  take_profit_distance,
  base_asset,  // the two parts of a symbol
  quote_asset,
  close_position,  // true: whatever the side says, close
  cancel_orders,   // true: a cancel comes before the order
  not_supported,   // only its absence, false, 0 and empty are taken
  count_of_fields,
};

// The tutorials' and the canonical names; what every dialect but records takes beside its own is among them.
std::optional<Field> plain_field(std::string_view key);
// The names of canonical signal records.
std::optional<Field> record_field(std::string_view key);

// The plain alert key that `key` is almost (another spelling, a letter or two off), or "".
std::string_view similar_key(std::string_view key);
// Whether `wanted` is `known` in another spelling or nearly so.
bool is_nearly(std::string_view wanted, std::string_view known);

// Whether TradingView knows a placeholder of that name, without its braces.
bool is_known_placeholder(std::string_view name);
// Why the placeholder in `text` was not filled in, and what to do.
std::string placeholder_reason(std::string_view text);

}  // namespace tvh::wire
