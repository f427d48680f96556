// Numbers and replies as Binance writes them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/decimal.hpp"
#include "venue_sim/binance/api_error.hpp"
#include "venue_sim/venue.hpp"

namespace tvh::venue_sim::binance {

using Json = nlohmann::ordered_json;  // fields in the order of the published samples

// "0.01" with 8 places: "0.01000000". Never cuts digits.
std::string padded(const Decimal& value, int places);
inline std::string spot_number(const Decimal& value) { return padded(value, 8); }
// How many places a step has: 0.001 -> 3.
inline int places_of(const Decimal& step) { return step.scale(); }

Answer answer_of(const Json& body);
Answer answer_of(const ApiError& error);

}  // namespace tvh::venue_sim::binance
