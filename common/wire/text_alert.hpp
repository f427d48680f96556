// Alerts that are no JSON: a text dialect's line or lines as an object (of several commands a list), whose
// members keep their places in the text, so that everything after sees one kind of alert. Internal to the room.
#pragma once

#include <string_view>
#include <variant>

#include "wire/dialect.hpp"

namespace tvh::wire {

// The finding is an error: duplicate_key, too_many_fields, syntax (with what is wrong with which piece), ….
std::variant<JsonValue, Finding> parse_text_alert(std::string_view text, const Dialect& dialect);

}  // namespace tvh::wire
