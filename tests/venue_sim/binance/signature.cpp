#include "venue_sim/binance/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "venue_sim/binance/api_error.hpp"

namespace tvh::venue_sim::binance {
namespace {

void append_without_signature(std::string& payload, std::string_view text) {
  bool first = true;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.substr(0, 10) == "signature=") continue;
    if (!first) payload += '&';
    payload += pair;
    first = false;
  }
}

// What a query string may carry bare; the rest must be percent-encoded before it is signed.
bool is_bare(char c) {
  static const std::string_view kMarks = "-_.~!*'();:@&=+$,/?%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

// Timestamps come in milliseconds or microseconds; the window in milliseconds with up to three decimals.
// Everything is compared in microseconds.
std::int64_t microseconds_of(const Parameters& parameters) {
  const std::string name = "timestamp";
  parameters.need(name);
  const std::int64_t number = *parameters.find_whole(name);
  if (number <= 0)
    throw ApiError{-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed."};
  return number > 100'000'000'000'000 ? number : number * 1000;
}

std::int64_t window_microseconds(const Parameters& parameters) {
  const auto window = parameters.find_number("recvWindow");
  if (!window) return 5'000'000;
  if (*window > Decimal(60000)) throw ApiError{-1131, "recvWindow must be less than 60000."};
  if (window->scale() > 3) throw ApiError{-1111, "Parameter 'recvWindow' has too much precision."};
  const std::string text = multiply(*window, Decimal(1000), Rounding::toward_zero, 0).to_string();
  return std::stoll(text);
}

}  // namespace

std::string hmac_hex(const std::string& secret, const std::string& payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  ::HMAC(::EVP_sha256(), secret.data(), int(secret.size()),
         reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(), &length);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

std::string signed_payload(const std::string& query, const std::string& body) {
  std::string payload;
  append_without_signature(payload, query);
  append_without_signature(payload, body);
  return payload;
}

void check_key(const Request& request, const std::string& api_key) {
  const auto header = request.headers.find("x-mbx-apikey");
  if (header == request.headers.end() || header->second.empty()) {
    throw ApiError{-2014, "API-key format invalid.", 401};
  }
  if (header->second != api_key) {
    throw ApiError{-2015, "Invalid API-key, IP, or permissions for action.", 401};
  }
}

void check_signature(const Request& request, const Parameters& parameters, const std::string& secret) {
  std::string given = parameters.need("signature");
  std::transform(given.begin(), given.end(), given.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
  const std::string payload = signed_payload(request.query, request.body);
  if (given != hmac_hex(secret, payload) || !std::all_of(payload.begin(), payload.end(), is_bare)) {
    throw ApiError{-1022, "Signature for this request is not valid."};
  }
}

void check_timestamp(const Parameters& parameters, const Moment& moment) {
  const std::int64_t sent = microseconds_of(parameters);
  const std::int64_t window = window_microseconds(parameters);
  if (sent >= (moment.received_at + 1000) * 1000) {
    throw ApiError{-1021, "Timestamp for this request was 1000ms ahead of the server's time."};
  }
  if (moment.received_at * 1000 - sent > window || moment.now * 1000 - sent > window) {
    throw ApiError{-1021, "Timestamp for this request is outside of the recvWindow."};
  }
}

}  // namespace tvh::venue_sim::binance
