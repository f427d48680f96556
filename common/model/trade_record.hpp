// What a trade looks like to whoever reads along: one order as it stands, one signal that came to nothing.
// Their JSON form is wire's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/order.hpp"

namespace tvh::model {

// One order as it stands now, or, from --plan, as it would be sent.
struct OrderRecord {
  Intent intent;
  std::string symbol;
  std::optional<Decimal> average_price;  // of the fills
  std::optional<Decimal> fee;
  std::string fee_asset;
  std::optional<Decimal> clipped_from;  // the signal's quantity, when the order is for less
  std::optional<Nanoseconds> took;      // from the signal's receipt to the outcome
  bool plan = false;
  std::vector<std::string> rules;  // of a plan: what shaped the order and what it passed, in words
};

// A signal that ended without an order, and why.
struct RefusalRecord {
  std::string signal_id;
  std::string strategy;
  std::string symbol;
  std::string action;
  std::string venue;
  std::string reason;   // the rule's name: "no_price", "brackets_unsupported", "halted", …
  std::string message;  // for a person: the limit, the value met, the nearest legal value, what to do
  TimePoint at{};
  bool plan = false;
};

}  // namespace tvh::model
