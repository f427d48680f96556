// What is wrong with a text that is no JSON, in the words of the person who wrote it. Internal to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tvh::wire {

struct Breakage {
  std::string message;  // "trailing comma", "missing comma before \"price\"", …
  std::size_t offset = 0;
};

// Walks `text` (which a strict parser refused, at about `fallback_offset`) to its first mistake and names it.
// The usual ones are those of TradingView alerts: placeholders left in, smart quotes, NaN, comments, grouped
// numbers.
Breakage find_breakage(std::string_view text, std::size_t fallback_offset);

}  // namespace tvh::wire
