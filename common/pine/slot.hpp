// A stretch of a message that the author did not write out: a placeholder, or the value of a Pine expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tvh::pine {

enum class ValueKind : std::uint8_t {
  number,        // always a number: prices, sizes
  number_or_na,  // a number, or NaN: plots, indicators
  word,          // text without quotes or line breaks: symbols, sides, timeframes
  free_text,     // whatever a person wrote: order ids, comments
  message,       // a whole alert_message
  bar_time,      // the start of the bar: the same for every alert of the bar
  fire_time,     // when the alert fired: another one in every alert
  unfilled,      // a placeholder that TradingView leaves as it is written
  unknown,       // cannot be evaluated
};

struct Slot {
  std::size_t begin = 0;
  std::size_t end = 0;
  ValueKind kind = ValueKind::unknown;
  std::string name;             // "close", "strategy.order.id", `plot("RSI")`, "syminfo.ticker"
  bool is_placeholder = false;  // else the value of a Pine expression, a sample already
};

inline bool is_number(ValueKind kind) { return kind == ValueKind::number || kind == ValueKind::number_or_na; }
inline bool is_text(ValueKind kind) {
  return kind == ValueKind::word || kind == ValueKind::free_text || kind == ValueKind::bar_time ||
         kind == ValueKind::fire_time;
}

}  // namespace tvh::pine
