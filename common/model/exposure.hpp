// What stands open, as far as limits are concerned: read in the transaction that commits an intent.
#pragma once

#include <string>
#include <vector>

#include "model/order.hpp"
#include "model/position.hpp"

namespace tvh::model {

// Money lost (> 0) or made (< 0) by one strategy at one venue since 00:00 UTC: realised, fees included, in
// quote.
struct DayLoss {
  std::string venue;
  std::string strategy;
  Decimal loss;
};

struct SentOrder {
  std::string venue;
  std::string strategy;
  TimePoint at{};
};

struct Exposure {
  std::vector<Position> positions;   // of every venue and strategy, those that are not flat
  std::vector<Intent> open_intents;  // in flight, resting or unknown: counted as if they filled whole
  std::vector<DayLoss> losses_today;
  std::vector<SentOrder> sent;  // in the last minute
};

}  // namespace tvh::model
