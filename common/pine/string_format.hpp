// str.format(): the rules of MessageFormat (facts, section 3.2). Internal to the room.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "pine/finding.hpp"
#include "pine/text.hpp"

namespace tvh::pine {

struct FormatStyle {
  std::string type;     // "", "number", "date", "time"
  std::string pattern;  // "#.##", "integer", "percent", …; "" for none
};

std::string format_number(const Decimal& value, const FormatStyle& style);

// `write` gives the text of an argument, `is_grouped` whether the default format would group its digits. An
// apostrophe quotes, two are one; what is wrong goes to `findings`, at the place in the source. At most
// Template::kMostBytes + 1.
Text format_message(const Text& pattern, std::size_t argument_count,
                    const std::function<Text(std::size_t, const FormatStyle&)>& write,
                    const std::function<bool(std::size_t, const FormatStyle&)>& is_grouped, Findings& findings);

}  // namespace tvh::pine
