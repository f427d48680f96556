// Pine's own names: variables with sample values, constants, and what its functions return. Internal to the
// room.
#pragma once

#include <string_view>

#include "pine/slot.hpp"
#include "pine/value.hpp"

namespace tvh::pine {

struct BuiltInName {
  std::string_view name;
  ValueType type = ValueType::number;  // number, text, boolean
  ValueKind kind = ValueKind::number;
  std::string_view sample;
};

// close, syminfo.ticker, strategy.position_size, … of all versions, or nullptr.
const BuiltInName* find_built_in_name(std::string_view name);

// alert.freq_all, strategy.long, format.mintick, color.red, …: names that stand for themselves.
bool is_constant_name(std::string_view name);

enum class Returns : std::uint8_t {
  nothing_known,
  number_like_argument,  // ta.sma(close, 10): as large as its first series
  number_of_range,       // ta.atr(14), ta.stdev(): small beside the price
  number_of_percent,     // ta.rsi(): 0 to 100
  condition,             // ta.crossover()
  nothing_of_use,        // plot(), color.new(), table.cell(), …
};
// By full name ("ta.sma") or, of old versions, without namespace ("sma").
Returns returns_of(std::string_view function);

}  // namespace tvh::pine
