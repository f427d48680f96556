#include <set>

#include "venue_sim/binance/usdm.hpp"

namespace tvh::venue_sim::binance {
namespace {

constexpr int kMaximumLeverage = 125;
const char* const kMaximumNotional = "100000000";

std::string eight(const Decimal& value) { return padded(value, 8); }

Json symbol_json(const Instrument& instrument) {
  const int price_places = places_of(instrument.tick);
  const int quantity_places = places_of(instrument.step);
  const auto sizes = [&](const char* filter, const Decimal& most) {
    return Json{{"filterType", filter},
                {"maxQty", most.to_string()},
                {"minQty", padded(instrument.minimum_quantity, quantity_places)},
                {"stepSize", padded(instrument.step, quantity_places)}};
  };
  Json filters = Json::array();
  filters.push_back({{"filterType", "PRICE_FILTER"},
                     {"maxPrice", instrument.maximum_price.to_string()},
                     {"minPrice", padded(instrument.tick, price_places)},
                     {"tickSize", padded(instrument.tick, price_places)}});
  filters.push_back(sizes("LOT_SIZE", instrument.maximum_quantity));
  filters.push_back(sizes("MARKET_LOT_SIZE", instrument.market_maximum));
  filters.push_back({{"filterType", "MAX_NUM_ORDERS"}, {"limit", instrument.maximum_orders}});
  filters.push_back({{"filterType", "MAX_NUM_ALGO_ORDERS"}, {"limit", instrument.maximum_conditional_orders}});
  filters.push_back({{"filterType", "MIN_NOTIONAL"}, {"notional", instrument.minimum_notional.to_string()}});
  filters.push_back({{"filterType", "PERCENT_PRICE"},
                     {"multiplierDecimal", "4"},
                     {"multiplierDown", padded(instrument.band_down, 4)},
                     {"multiplierUp", padded(instrument.band_up, 4)}});
  return {
      {"symbol", instrument.symbol},
      {"pair", instrument.symbol},
      {"contractType", "PERPETUAL"},
      {"deliveryDate", 4'133'404'800'000},
      {"onboardDate", 1'569'398'400'000},
      {"status", "TRADING"},
      {"maintMarginPercent", "2.5000"},
      {"requiredMarginPercent", "5.0000"},
      {"baseAsset", instrument.base},
      {"quoteAsset", instrument.quote},
      {"marginAsset", instrument.quote},
      {"pricePrecision", std::max(2, price_places)},
      {"quantityPrecision", quantity_places},
      {"baseAssetPrecision", 8},
      {"quotePrecision", 8},
      {"underlyingType", "COIN"},
      {"underlyingSubType", Json::array()},
      {"settlePlan", 0},
      {"triggerProtect", "0.0500"},
      {"filters", filters},
      {"orderTypes",
       {"LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"}},
      {"timeInForce", {"GTC", "IOC", "FOK", "GTX", "GTD"}},
      {"liquidationFee", "0.012500"},
      {"marketTakeBound", "0.05"}};
}

}  // namespace

Json Usdm::exchange_info(const Call& call) const {
  Json symbols = Json::array();
  for (const auto& [name, instrument] : exchange_->instruments()) symbols.push_back(symbol_json(instrument));
  return {{"timezone", "UTC"},
          {"serverTime", call.moment.now},
          {"futuresType", "U_MARGINED"},
          {"rateLimits", rate_limits()},
          {"exchangeFilters", Json::array()},
          {"assets", {{{"asset", "USDT"}, {"marginAvailable", true}, {"autoAssetExchange", "-10000"}}}},
          {"symbols", symbols}};
}

Json Usdm::balances(const Call& call) {
  const MarginAccount& account = margin();
  Json reply = Json::array();
  reply.push_back({{"accountAlias", "SimA"},
                   {"asset", account.asset()},
                   {"balance", eight(account.wallet())},
                   {"crossWalletBalance", eight(account.wallet())},
                   {"crossUnPnl", eight(account.unrealized_profit())},
                   {"availableBalance", eight(account.available())},
                   {"maxWithdrawAmount", eight(account.available())},
                   {"marginAvailable", true},
                   {"updateTime", call.moment.now}});
  return reply;
}

Json Usdm::account(const Call& call) {
  const MarginAccount& account = margin();
  const bool second = call.request.path.starts_with("/fapi/v2");
  const std::string profit = eight(account.unrealized_profit());
  const std::string wallet = eight(account.wallet());
  const std::string margin_balance = eight(account.wallet() + account.unrealized_profit());
  const std::string positions_margin = eight(account.position_margin());
  const std::string orders_margin = eight(account.order_margin());
  const std::string initial = eight(account.position_margin() + account.order_margin());
  const std::string available = eight(account.available());
  Json reply;
  if (second) {
    reply = {{"feeTier", 0},       {"canTrade", true},
             {"canDeposit", true}, {"canWithdraw", options_.may_withdraw},
             {"updateTime", 0},    {"multiAssetsMargin", false},
             {"tradeGroupId", -1}};
  }
  reply.update({{"totalInitialMargin", initial},
                {"totalMaintMargin", eight(Decimal())},
                {"totalWalletBalance", wallet},
                {"totalUnrealizedProfit", profit},
                {"totalMarginBalance", margin_balance},
                {"totalPositionInitialMargin", positions_margin},
                {"totalOpenOrderInitialMargin", orders_margin},
                {"totalCrossWalletBalance", wallet},
                {"totalCrossUnPnl", profit},
                {"availableBalance", available},
                {"maxWithdrawAmount", available}});
  reply["assets"] = Json::array({{{"asset", account.asset()},
                                  {"walletBalance", wallet},
                                  {"unrealizedProfit", profit},
                                  {"marginBalance", margin_balance},
                                  {"maintMargin", eight(Decimal())},
                                  {"initialMargin", initial},
                                  {"positionInitialMargin", positions_margin},
                                  {"openOrderInitialMargin", orders_margin},
                                  {"crossWalletBalance", wallet},
                                  {"crossUnPnl", profit},
                                  {"availableBalance", available},
                                  {"maxWithdrawAmount", available},
                                  {"marginAvailable", true},
                                  {"updateTime", call.moment.now}}});
  reply["positions"] = Json::array();
  for (const auto& [key, position] : account.positions()) {
    const Decimal notional = multiply(account.price(key.first), position.amount, Rounding::half_even);
    Json row{{"symbol", key.first},
             {"positionSide", key.second},
             {"positionAmt", padded(position.amount, places_of(exchange_->instrument(key.first)->step))},
             {"unrealizedProfit", eight(account.profit_of(key, position))},
             {"isolatedMargin", "0"},
             {"notional", notional.to_string()},
             {"isolatedWallet", "0"},
             {"initialMargin", eight(account.margin_of(key, position))},
             {"maintMargin", "0"},
             {"updateTime", position.updated_at}};
    if (second) {
      row["leverage"] = std::to_string(account.leverage(key.first));
      row["isolated"] = account.margin_type(key.first) == MarginType::isolated;
      row["entryPrice"] = position.entry_price.to_string();
    }
    reply["positions"].push_back(std::move(row));
  }
  return reply;
}

Json Usdm::account_config(const Call&) {
  return {{"feeTier", 0},
          {"canTrade", true},
          {"canDeposit", true},
          {"canWithdraw", options_.may_withdraw},
          {"dualSidePosition", margin().mode() == PositionMode::hedge},
          {"updateTime", 0},
          {"multiAssetsMargin", false},
          {"tradeGroupId", -1}};
}

// The second version answers every symbol, the third only those with a position or an open order.
Json Usdm::positions_v2(const Call& call) {
  const MarginAccount& account = margin();
  const std::string only = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  const std::vector<std::string> sides = account.mode() == PositionMode::hedge
                                             ? std::vector<std::string>{"LONG", "SHORT"}
                                             : std::vector<std::string>{"BOTH"};
  Json reply = Json::array();
  for (const auto& [symbol, instrument] : exchange_->instruments()) {
    if (!only.empty() && symbol != only) continue;
    for (const auto& side : sides) {
      const auto found = account.positions().find({symbol, side});
      const Position position = found == account.positions().end() ? Position() : found->second;
      const bool isolated = account.margin_type(symbol) == MarginType::isolated;
      reply.push_back(
          {{"symbol", symbol},
           {"positionAmt", padded(position.amount, places_of(instrument.step))},
           {"entryPrice", padded(position.entry_price, 5)},
           {"breakEvenPrice", padded(position.entry_price, 5)},
           {"markPrice", eight(account.price(symbol))},
           {"unRealizedProfit", eight(account.profit_of({symbol, side}, position))},
           {"liquidationPrice", "0"},
           {"leverage", std::to_string(account.leverage(symbol))},
           {"maxNotionalValue", kMaximumNotional},
           {"marginType", isolated ? "isolated" : "cross"},
           {"isolatedMargin", eight(Decimal())},
           {"isAutoAddMargin", "false"},
           {"positionSide", side},
           {"notional", multiply(account.price(symbol), position.amount, Rounding::half_even).to_string()},
           {"isolatedWallet", "0"},
           {"updateTime", position.updated_at}});
    }
  }
  return reply;
}

Json Usdm::positions_v3(const Call& call) {
  const MarginAccount& account = margin();
  const std::string only = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  std::set<MarginAccount::Key> keys;
  for (const auto& [key, position] : account.positions()) keys.insert(key);
  for (const Order* order : exchange_->open_orders(only)) keys.insert({order->symbol, order->position_side});
  Json reply = Json::array();
  for (const auto& key : keys) {
    if (!only.empty() && key.first != only) continue;
    const auto found = account.positions().find(key);
    const Position position = found == account.positions().end() ? Position() : found->second;
    const Instrument& instrument = *exchange_->instrument(key.first);
    const std::string initial = eight(account.margin_of(key, position));
    reply.push_back(
        {{"symbol", key.first},
         {"positionSide", key.second},
         {"positionAmt", padded(position.amount, places_of(instrument.step))},
         {"entryPrice", position.entry_price.to_string()},
         {"breakEvenPrice", position.entry_price.to_string()},
         {"markPrice", eight(account.price(key.first))},
         {"unRealizedProfit", eight(account.profit_of(key, position))},
         {"liquidationPrice", "0"},
         {"isolatedMargin", "0"},
         {"notional", eight(multiply(account.price(key.first), position.amount, Rounding::half_even))},
         {"marginAsset", account.asset()},
         {"isolatedWallet", "0"},
         {"initialMargin", initial},
         {"maintMargin", "0"},
         {"positionInitialMargin", initial},
         {"openOrderInitialMargin", "0"},
         {"adl", 1},
         {"bidNotional", "0"},
         {"askNotional", "0"},
         {"updateTime", position.updated_at}});
  }
  return reply;
}

Json Usdm::symbol_config(const Call& call) {
  const std::string only = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  Json reply = Json::array();
  for (const auto& [symbol, instrument] : exchange_->instruments()) {
    if (!only.empty() && symbol != only) continue;
    const bool isolated = margin().margin_type(symbol) == MarginType::isolated;
    reply.push_back({{"symbol", symbol},
                     {"marginType", isolated ? "ISOLATED" : "CROSSED"},
                     {"isAutoAddMargin", false},
                     {"leverage", margin().leverage(symbol)},
                     {"maxNotionalValue", kMaximumNotional}});
  }
  return reply;
}

Json Usdm::leverage_brackets(const Call& call) {
  const std::string only = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  Json reply = Json::array();
  for (const auto& [symbol, instrument] : exchange_->instruments()) {
    if (!only.empty() && symbol != only) continue;
    Json bracket{{"bracket", 1},       {"initialLeverage", kMaximumLeverage}, {"notionalCap", 100'000'000},
                 {"notionalFloor", 0}, {"maintMarginRatio", 0.004},           {"cum", 0}};
    reply.push_back({{"symbol", symbol}, {"brackets", Json::array({std::move(bracket)})}});
  }
  return reply;
}

Json Usdm::commission_rate(const Call& call) {
  return {{"symbol", need_instrument(call.parameters).symbol},
          {"makerCommissionRate", margin().fees().maker.to_string()},
          {"takerCommissionRate", margin().fees().taker.to_string()}};
}

Json Usdm::set_leverage(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  call.parameters.need("leverage");
  const std::int64_t leverage = *call.parameters.find_whole("leverage");
  if (leverage < 1 || leverage > kMaximumLeverage) {
    throw ApiError{-4028, "Leverage " + std::to_string(leverage) + " is not valid"};
  }
  margin().set_leverage(instrument.symbol, int(leverage));
  return {{"leverage", leverage}, {"maxNotionalValue", kMaximumNotional}, {"symbol", instrument.symbol}};
}

Json Usdm::set_margin_type(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  const std::string word = call.parameters.need("marginType");
  if (word != "ISOLATED" && word != "CROSSED") throw ApiError{-4055, "Invalid margin type."};
  const MarginType type = word == "ISOLATED" ? MarginType::isolated : MarginType::crossed;
  if (margin().margin_type(instrument.symbol) == type) throw ApiError{-4046, "No need to change margin type."};
  if (!exchange_->open_orders(instrument.symbol).empty()) {
    throw ApiError{-4047, "Margin type cannot be changed if there exists open orders."};
  }
  for (const auto& [key, position] : margin().positions()) {
    if (key.first == instrument.symbol) {
      throw ApiError{-4048, "Margin type cannot be changed if there exists position."};
    }
  }
  margin().set_margin_type(instrument.symbol, type);
  return {{"code", 200}, {"msg", "success"}};
}

Json Usdm::position_mode(const Call&) { return {{"dualSidePosition", margin().mode() == PositionMode::hedge}}; }

Json Usdm::set_position_mode(const Call& call) {
  call.parameters.need("dualSidePosition");
  const PositionMode mode =
      call.parameters.flag("dualSidePosition") ? PositionMode::hedge : PositionMode::one_way;
  if (mode == margin().mode()) throw ApiError{-4059, "No need to change position side."};
  if (!exchange_->open_orders().empty()) {
    throw ApiError{-4067, "Position side cannot be changed if there exists open orders."};
  }
  if (!margin().positions().empty()) {
    throw ApiError{-4068, "Position side cannot be changed if there exists position."};
  }
  margin().set_mode(mode);
  return {{"code", 200}, {"msg", "success"}};
}

}  // namespace tvh::venue_sim::binance
