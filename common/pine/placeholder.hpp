// The complete list of placeholders TradingView fills in. Sources: help page 43000531021 and the alerts page of
// the Pine documentation (facts/tradingview.md, section 2). Substitution is plain text replacement, without
// escaping.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pine/slot.hpp"

namespace tvh::pine {

struct Placeholder {
  std::string_view name;  // without braces: "close"
  ValueKind kind = ValueKind::unknown;
  bool strategy_only = false;  // filled only in a strategy's order-fill alerts; left as written elsewhere
  std::string_view meaning;    // one line for a person
};

// All that have a fixed name, plot_0 to plot_19 among them; {{plot("Title")}} is not one of them.
std::span<const Placeholder> placeholders();

// Exactly that name, or nullptr. Case and spaces count, as they do for TradingView.
const Placeholder* find_placeholder(std::string_view name);

// plot("Title") as TradingView reads it: what it stands for, whatever the title.
const Placeholder& titled_plot();

// The known name somebody most likely meant, for a name of at most 64 bytes; nothing when none is near.
std::optional<std::string_view> nearest_placeholder(std::string_view name);

}  // namespace tvh::pine
