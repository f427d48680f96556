#include "venue_sim/binance/json.hpp"

namespace tvh::venue_sim::binance {

std::string padded(const Decimal& value, int places) {
  std::string text = value.to_string();
  if (places <= value.scale()) return text;
  if (value.scale() == 0) text += '.';
  return text + std::string(std::size_t(places - value.scale()), '0');
}

Answer answer_of(const Json& body) { return {200, body.dump(), {}}; }

Answer answer_of(const ApiError& error) {
  Answer answer{error.status, Json{{"code", error.code}, {"msg", error.message}}.dump(), {}};
  if (error.retry_after_seconds > 0) {
    answer.headers.emplace_back("Retry-After", std::to_string(error.retry_after_seconds));
  }
  return answer;
}

}  // namespace tvh::venue_sim::binance
