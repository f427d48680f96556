// Reading Binance's JSON. Private to the folder: nlohmann stays in its .cpp files.
#pragma once

#include <nlohmann/json.hpp>

#include "venue/exchange.hpp"
#include "venues/binance/wire.hpp"

namespace tvh::venues::binance {

using Json = nlohmann::json;

// An answer that is not what is documented: it may have been anything.
inline venue::Problem unreadable(const std::string& what) {
  return {venue::Problem::Kind::ambiguous, "unreadable", "the venue's answer cannot be read: " + what};
}

// Members that are missing, or of another type, read as nothing.
std::string text_of(const Json& object, const char* key);  // also of whole numbers; "" without it
std::optional<Decimal> decimal_of(const Json& object, const char* key);
std::optional<std::int64_t> integer_of(const Json& object, const char* key);
std::optional<bool> flag_of(const Json& object, const char* key);
TimePoint time_of(const Json& object, const char* key);  // milliseconds; the epoch without it

// The parsed body of an answer below 400, or what is wrong with it.
venue::Reading<Json> read_body(Product product, const client::Response& response);

}  // namespace tvh::venues::binance
