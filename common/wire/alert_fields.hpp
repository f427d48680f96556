// The names alerts use, and the fields they mean: one table for the tutorial family and canonical bodies, one
// for records. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
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
  count_of_fields,
};

enum class Dialect {
  alert,   // what a person's alert sends: the tutorials' names and the canonical ones
  record,  // a canonical signal record, our own output: its names only
};

std::optional<Field> field_of(std::string_view key, Dialect dialect);

// The known alert key that `key` is almost (another spelling or one letter off), or "".
std::string_view similar_key(std::string_view key);

// Whether TradingView knows a placeholder of that name, without its braces.
bool is_known_placeholder(std::string_view name);

}  // namespace tvh::wire
