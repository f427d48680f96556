// Why a signal leads to no order: the rule's name and what a person needs to know.
#pragma once

#include <string>

namespace tvh::engine {

struct Refusal {
  std::string rule;     // "brackets_unsupported", "below_minimum_quantity", …; listed in tvhook-exec(1)
  std::string message;  // the limit, the value met, the nearest legal value, what to do

  bool operator==(const Refusal&) const = default;
};

}  // namespace tvh::engine
