// What both Binance products share on the wire: signed requests, their table of errors, their order states.
// Source: facts sheets sections 1.2, 1.4, 1.7, 2.2, 2.7 (binance-spot-api-docs, USDS-margined futures general
// info).
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "venue/exchange.hpp"

namespace tvh::venues::binance {

struct Keys {
  Secret api_key;
  Secret api_secret;
};

// Parameters as `a=1&b=2`, percent-encoded: what is signed is what is sent.
std::string format_parameters(const std::vector<std::pair<std::string, std::string>>& parameters);

// Adds recvWindow, timestamp and signature where the question is to be signed; parameters of a POST go into the
// body, the others' into the query.
client::Request write_request(const venue::Ask& ask, const venue::Stamp& stamp, const Keys& keys);

enum class Product { spot, usdm };

// By HTTP status, code and text. Never more than the table says: what it does not know is refused, except for
// server errors and answers that cannot be read, which are ambiguous.
venue::Problem read_problem(Product product, const client::Response& response);

venue::Usage read_usage(const client::Response& response);
venue::Reading<std::chrono::milliseconds> read_server_time(const client::Response& response);
venue::Reading<Decimal> read_price(const client::Response& response);

// NEW, PARTIALLY_FILLED…; nothing for a word that is not in the documentation.
std::optional<model::OrderState> parse_order_status(std::string_view status);

}  // namespace tvh::venues::binance
