// Where the tables stand. Internal to the room; everybody else asks dialects().
#pragma once

#include "wire/dialect.hpp"

namespace tvh::wire {

std::span<const Dialect> json_dialects();  // canonical and plain first
std::span<const Dialect> text_dialects();

}  // namespace tvh::wire
