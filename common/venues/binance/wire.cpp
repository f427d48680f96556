#include "venues/binance/wire.hpp"

#include "base/hash.hpp"
#include "venues/binance/json.hpp"

namespace tvh::venues::binance {

using client::Method;
using client::Request;
using client::Response;
using model::OrderState;
using venue::Problem;

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace

std::string format_parameters(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    append_encoded(text, name);
    text += '=';
    append_encoded(text, value);
  }
  return text;
}

Request write_request(const venue::Ask& ask, const venue::Stamp& stamp, const Keys& keys) {
  auto parameters = ask.parameters;
  Request request;
  request.method = ask.method;
  request.url = ask.path;
  std::string text;
  if (ask.is_signed) {
    parameters.emplace_back("recvWindow", std::to_string(stamp.window.count()));
    parameters.emplace_back("timestamp", std::to_string(stamp.timestamp.count()));
    text = format_parameters(parameters);
    text += "&signature=" + to_hex(hmac_sha256(keys.api_secret.reveal(), text));
    request.headers.emplace_back("X-MBX-APIKEY", keys.api_key.reveal());
  } else {
    text = format_parameters(parameters);
  }
  if (ask.method == Method::post || ask.method == Method::put) {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(text);
  } else if (!text.empty()) {
    request.url += "?" + text;
  }
  return request;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_number_integer()) return std::to_string(found->get<std::int64_t>());
  return {};
}

std::optional<Decimal> decimal_of(const Json& object, const char* key) {
  const std::string text = text_of(object, key);
  if (text.empty()) return std::nullopt;
  auto decimal = Decimal::parse(text);
  return decimal ? std::optional(std::move(*decimal)) : std::nullopt;
}

std::optional<std::int64_t> integer_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<bool> flag_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

TimePoint time_of(const Json& object, const char* key) {
  return TimePoint(std::chrono::milliseconds(integer_of(object, key).value_or(0)));
}

venue::Reading<Json> read_body(Product product, const Response& response) {
  if (response.status >= 300 || response.status < 200) return read_problem(product, response);
  Json body = Json::parse(response.body, nullptr, false);
  if (body.is_discarded()) return unreadable("it is no JSON");
  return body;
}

venue::Usage read_usage(const Response& response) {
  const std::string* weight = response.header("x-mbx-used-weight-1m");
  if (weight == nullptr || weight->empty() || weight->size() > 9 ||
      weight->find_first_not_of("0123456789") != std::string::npos)
    return {};
  return {std::stoi(*weight)};
}

venue::Reading<std::chrono::milliseconds> read_server_time(const Response& response) {
  auto body = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&body)) return std::move(*problem);
  const auto time = integer_of(std::get<Json>(body), "serverTime");
  if (!time) return unreadable("no serverTime");
  return std::chrono::milliseconds(*time);
}

venue::Reading<Decimal> read_price(const Response& response) {
  auto body = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&body)) return std::move(*problem);
  const auto price = decimal_of(std::get<Json>(body), "price");
  if (!price || !price->is_positive()) return unreadable("no price");
  return *price;
}

std::optional<OrderState> parse_order_status(std::string_view status) {
  if (status == "NEW" || status == "PENDING_NEW") return OrderState::accepted;
  if (status == "PARTIALLY_FILLED") return OrderState::partially_filled;
  if (status == "FILLED") return OrderState::filled;
  if (status == "CANCELED") return OrderState::cancelled;
  if (status == "REJECTED") return OrderState::refused;
  if (status == "EXPIRED" || status == "EXPIRED_IN_MATCH") return OrderState::expired;
  return std::nullopt;
}

}  // namespace tvh::venues::binance
