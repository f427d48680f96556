// Who sent it, and when: key, signature, timestamp. Own code throughout: the product's signing is what the
// simulator is there to test. Source: venue sheet 1.2.
#pragma once

#include <string>

#include "venue_sim/binance/parameters.hpp"
#include "venue_sim/venue.hpp"

namespace tvh::venue_sim::binance {

// Lower-case hex of HMAC-SHA256.
std::string hmac_hex(const std::string& secret, const std::string& payload);

// What was signed: query and body as received, put together without a separator, without the signature itself.
std::string signed_payload(const std::string& query, const std::string& body);

// Throws ApiError: -2014 (no key), -2015 (not ours).
void check_key(const Request& request, const std::string& api_key);
// Throws ApiError: -1102 (missing), -1022 (wrong, or bytes that should have been percent-encoded).
void check_signature(const Request& request, const Parameters& parameters, const std::string& secret);
// Throws ApiError -1021 unless the request is in time at both ends: when it came in and when it is matched.
void check_timestamp(const Parameters& parameters, const Moment& moment);

}  // namespace tvh::venue_sim::binance
