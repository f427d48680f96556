// What the shape of a message says about it: quotes around its slots, fields it should have. Internal to the
// room.
#pragma once

#include <span>
#include <string_view>

#include "pine/finding.hpp"
#include "pine/slot.hpp"

namespace tvh::pine {

void check_message(std::string_view text, std::span<const Slot> slots, Findings& findings);

enum class Presence { absent, present };

// Whether a message, JSON or text, carries a secret under one of its usual names, or what tells it from the one
// before (an id, or the bar's time).
Presence find_secret(std::string_view text, std::span<const Slot> slots);
Presence find_identity(std::string_view text, std::span<const Slot> slots);

}  // namespace tvh::pine
