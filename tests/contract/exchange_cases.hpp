// What the cases of the exchanges' suite share.
#pragma once

#include <memory>

#include "contract/exchange_stand.hpp"
#include "support/catch.hpp"

namespace tvh::test {

inline std::unique_ptr<ExchangeStand> exchange_stand(const std::vector<std::string>& arguments = {}) {
  return std::make_unique<ExchangeStand>(GENERATE("binance_spot", "binance_usdm"), arguments);
}

// A buy that rests, 2 % below the market.
inline model::OrderRequest resting(ExchangeStand& stand, const std::string& id) {
  auto order = make_order({id, stand.home(), model::Side::buy, "0.01", ""});
  order.type = model::OrderType::limit;
  order.limit_price = dec("49000");
  return order;
}

inline model::OrderReport accepted(const model::SubmitOutcome& outcome) {
  if (const auto* refused = std::get_if<model::Refused>(&outcome))
    UNSCOPED_INFO(refused->code << ": " << refused->message);
  if (const auto* unknown = std::get_if<model::Unknown>(&outcome)) UNSCOPED_INFO(unknown->why);
  if (const auto* not_taken = std::get_if<model::NotTaken>(&outcome)) UNSCOPED_INFO(not_taken->message);
  REQUIRE(std::holds_alternative<model::Accepted>(outcome));
  return std::get<model::Accepted>(outcome).report;
}

inline model::OrderReport found(const model::QueryOutcome& outcome) {
  if (const auto* unknown = std::get_if<model::Unknown>(&outcome)) UNSCOPED_INFO(unknown->why);
  REQUIRE(std::holds_alternative<model::OrderReport>(outcome));
  return std::get<model::OrderReport>(outcome);
}

template <class Wanted, class Outcome>
Wanted as(const Outcome& outcome) {
  REQUIRE(std::holds_alternative<Wanted>(outcome));
  return std::get<Wanted>(outcome);
}

inline void check_says_no_secret(const std::string& text) {
  CHECK_FALSE(text.empty());
  for (const char* secret : {kCanaryKey, kCanarySecret, "CANARY", "signature"})
    CHECK(text.find(secret) == std::string::npos);
}

}  // namespace tvh::test
