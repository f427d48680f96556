#include "wire/signal_schema.hpp"

#include "model/names.hpp"

namespace tvh::wire {
namespace {

// "a, b" as ["a","b"].
std::string listed(std::string_view texts) {
  std::string list = "[\"";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] == ',') {
      list += "\",\"";
      ++i;
    } else {
      list += texts[i];
    }
  }
  return list + "\"]";
}

template <class Enum>
std::string one_of() {
  return "{ \"enum\": " + listed(model::all_texts<Enum>()) + " }";
}

}  // namespace

std::string signal_schema() {
  const std::string decimal = R"({ "$ref": "#/$defs/decimal" })";
  const std::string positive = R"({ "$ref": "#/$defs/positive" })";
  const std::string time = R"({ "$ref": "#/$defs/time" })";
  const std::string side = one_of<model::PositionSide>();
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:tvhook:signal:1",
  "title": "tvhook signal record",
  "description": "One canonical signal, tvhook-records(5). Decimals are strings, times are UTC.",
  "type": "object",
  "required": ["kind", "v", "id", "received_at", "strategy", "market", "action", "size_unit", "order_type"],
  "properties": {
    "kind": { "const": "signal" },
    "v": { "const": 1 },
    "id": { "type": "string", "pattern": "^[a-z2-7]{26}$" },
    "received_at": )" +
         time + R"(,
    "strategy": { "type": "string", "minLength": 1, "maxLength": 128 },
    "exchange": { "type": "string", "maxLength": 32 },
    "symbol": { "type": "string", "pattern": "^[A-Z0-9]{3,20}$" },
    "market": )" +
         one_of<model::Market>() + R"(,
    "action": )" +
         one_of<model::Action>() + R"(,
    "quantity": )" +
         positive + R"(,
    "size_unit": )" +
         one_of<model::SizeUnit>() + R"(,
    "order_type": )" +
         one_of<model::OrderType>() + R"(,
    "price": )" +
         positive + R"(,
    "bar_time": )" +
         time + R"(,
    "timeframe": { "type": "string", "maxLength": 16 },
    "limit_price": )" +
         positive + R"(,
    "stop_price": )" +
         positive + R"(,
    "stop_loss": )" +
         positive + R"(,
    "take_profit": )" +
         positive + R"(,
    "trailing": true,
    "reduce_only": { "type": "boolean" },
    "leverage": )" +
         positive + R"(,
    "time_in_force": )" +
         one_of<model::TimeInForce>() + R"(,
    "legs": true,
    "order_id": { "type": "string", "maxLength": 128 },
    "comment": { "type": "string", "maxLength": 1024 },
    "fired_at": )" +
         time + R"(,
    "max_age": { "type": "string", "pattern": "^[0-9]+(ms|s)$" },
    "position": {
      "type": "object",
      "required": ["side"],
      "properties": {
        "side": )" +
         side + R"(,
        "size": )" +
         decimal + R"(,
        "prev_side": )" +
         side + R"(,
        "prev_size": )" +
         decimal + R"(
      }
    },
    "signal_id": { "type": "string", "maxLength": 128 },
    "bare_id": { "type": "string", "maxLength": 128 },
    "extra": { "type": "object" }
  },
  "$defs": {
    "decimal": { "type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$" },
    "positive": { "type": "string", "pattern": "^(0[.][0-9]*[1-9]|[1-9][0-9]*([.][0-9]*[1-9])?)$" },
    "time": {
      "type": "string",
      "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$"
    }
  }
}
)";
}

}  // namespace tvh::wire
