// Numbers as Pine writes them (facts, section 3.2). Internal to the room.
#pragma once

#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace tvh::pine {

// "#.########", "0.00", "#,###.###", "0.0%": the patterns of str.tostring() and str.format().
std::string number_text(const Decimal& value, std::string_view pattern);

// str.tostring()'s second argument, "" for none: a pattern, or a name: "format.mintick", "format.percent", ….
std::string tostring_text(const Decimal& value, std::string_view format);
// Whether what that format writes is a JSON number.
bool writes_json_number(std::string_view format);

}  // namespace tvh::pine
