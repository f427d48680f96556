// Finds the {{…}} of a text and says what each is. Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include "pine/finding.hpp"
#include "pine/message_template.hpp"
#include "pine/slot.hpp"

namespace tvh::pine {

// All {{…}} outside of `values`, in order; what is wrong with them goes to `findings`.
std::vector<Slot> read_placeholders(std::string_view text, Use use, const std::vector<Slot>& values,
                                    Findings& findings);

// Whether there is anything in double braces that TradingView, or its author, would call a placeholder.
bool has_placeholder(std::string_view text);

}  // namespace tvh::pine
