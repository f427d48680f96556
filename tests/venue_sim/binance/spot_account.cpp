#include "venue_sim/binance/spot.hpp"

namespace tvh::venue_sim::binance {
namespace {

Json symbol_json(const Instrument& instrument) {
  const std::string zero = spot_number(Decimal());
  Json filters = Json::array();
  filters.push_back({{"filterType", "PRICE_FILTER"},
                     {"minPrice", spot_number(instrument.tick)},
                     {"maxPrice", spot_number(instrument.maximum_price)},
                     {"tickSize", spot_number(instrument.tick)}});
  filters.push_back({{"filterType", "LOT_SIZE"},
                     {"minQty", spot_number(instrument.minimum_quantity)},
                     {"maxQty", spot_number(instrument.maximum_quantity)},
                     {"stepSize", spot_number(instrument.step)}});
  filters.push_back({{"filterType", "ICEBERG_PARTS"}, {"limit", 10}});
  filters.push_back({{"filterType", "MARKET_LOT_SIZE"},
                     {"minQty", zero},
                     {"maxQty", spot_number(instrument.market_maximum)},
                     {"stepSize", zero}});
  filters.push_back({{"filterType", "PERCENT_PRICE_BY_SIDE"},
                     {"bidMultiplierUp", instrument.band_up.to_string()},
                     {"bidMultiplierDown", instrument.band_down.to_string()},
                     {"askMultiplierUp", instrument.band_up.to_string()},
                     {"askMultiplierDown", instrument.band_down.to_string()},
                     {"avgPriceMins", 5}});
  filters.push_back({{"filterType", "NOTIONAL"},
                     {"minNotional", spot_number(instrument.minimum_notional)},
                     {"applyMinToMarket", true},
                     {"maxNotional", "9000000.00000000"},
                     {"applyMaxToMarket", false},
                     {"avgPriceMins", 5}});
  filters.push_back({{"filterType", "MAX_NUM_ORDERS"}, {"maxNumOrders", instrument.maximum_orders}});
  filters.push_back(
      {{"filterType", "MAX_NUM_ALGO_ORDERS"}, {"maxNumAlgoOrders", instrument.maximum_conditional_orders}});
  return {
      {"symbol", instrument.symbol},
      {"status", "TRADING"},
      {"baseAsset", instrument.base},
      {"baseAssetPrecision", 8},
      {"quoteAsset", instrument.quote},
      {"quotePrecision", 8},
      {"quoteAssetPrecision", 8},
      {"baseCommissionPrecision", 8},
      {"quoteCommissionPrecision", 8},
      {"orderTypes",
       {"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"}},
      {"icebergAllowed", false},
      {"ocoAllowed", true},
      {"otoAllowed", false},
      {"quoteOrderQtyMarketAllowed", true},
      {"allowTrailingStop", false},
      {"cancelReplaceAllowed", false},
      {"isSpotTradingAllowed", true},
      {"isMarginTradingAllowed", false},
      {"filters", filters},
      {"permissions", Json::array()},
      {"permissionSets", {{"SPOT"}}},
      {"defaultSelfTradePreventionMode", "NONE"},
      {"allowedSelfTradePreventionModes", {"NONE"}}};
}

}  // namespace

Json Spot::exchange_info(const Call& call) const {
  Json symbols = Json::array();
  if (call.parameters.has("symbol")) {
    symbols.push_back(symbol_json(need_instrument(call.parameters)));
  } else if (const auto list = call.parameters.find("symbols")) {
    const auto names = nlohmann::json::parse(*list, nullptr, false);
    if (!names.is_array()) throw ApiError{-1100, "Illegal characters found in parameter 'symbols'."};
    for (const auto& name : names) {
      const Instrument* const instrument =
          name.is_string() ? exchange_->instrument(name.get<std::string>()) : nullptr;
      if (instrument == nullptr) throw ApiError{-1121, "Invalid symbol."};
      symbols.push_back(symbol_json(*instrument));
    }
  } else {
    for (const auto& [name, instrument] : exchange_->instruments()) symbols.push_back(symbol_json(instrument));
  }
  return {{"timezone", "UTC"},
          {"serverTime", call.moment.now},
          {"rateLimits", rate_limits()},
          {"exchangeFilters", Json::array()},
          {"symbols", symbols}};
}

Json Spot::account(const Call& call) const {
  call.parameters.only({"omitZeroBalances"});
  const bool omit = call.parameters.flag("omitZeroBalances");
  const auto& account = dynamic_cast<const SpotAccount&>(exchange_->account());
  Json balances = Json::array();
  for (const auto& [asset, balance] : account.balances()) {
    if (omit && balance.free.is_zero() && balance.locked.is_zero()) continue;
    balances.push_back(
        {{"asset", asset}, {"free", spot_number(balance.free)}, {"locked", spot_number(balance.locked)}});
  }
  return {{"makerCommission", 10},
          {"takerCommission", 10},
          {"buyerCommission", 0},
          {"sellerCommission", 0},
          {"commissionRates",
           {{"maker", spot_number(account.fees().maker)},
            {"taker", spot_number(account.fees().taker)},
            {"buyer", spot_number(Decimal())},
            {"seller", spot_number(Decimal())}}},
          {"canTrade", true},
          {"canWithdraw", options_.may_withdraw},
          {"canDeposit", true},
          {"brokered", false},
          {"requireSelfTradePrevention", false},
          {"preventSor", false},
          {"updateTime", call.moment.now},
          {"accountType", "SPOT"},
          {"balances", balances},
          {"permissions", {"SPOT"}},
          {"uid", 354937868}};
}

Json Spot::trades_of(const Call& call) const {
  const Instrument& instrument = need_instrument(call.parameters);
  const auto order_id = call.parameters.find_whole("orderId");
  const std::int64_t from = call.parameters.find_whole("fromId").value_or(0);
  const std::int64_t limit = call.parameters.find_whole("limit").value_or(500);
  Json reply = Json::array();
  for (const Fill* each : order_id ? exchange_->fills_of(*order_id) : exchange_->all_fills()) {
    const Fill& fill = *each;
    if (fill.symbol != instrument.symbol || fill.id < from) continue;
    if (exchange_->order(fill.order_id)->visible_at > call.moment.now) continue;
    if (std::int64_t(reply.size()) >= limit) break;
    reply.push_back({{"symbol", fill.symbol},
                     {"id", fill.id},
                     {"orderId", fill.order_id},
                     {"orderListId", exchange_->order(fill.order_id)->list_id},
                     {"price", spot_number(fill.price)},
                     {"qty", spot_number(fill.quantity)},
                     {"quoteQty", spot_number(multiply(fill.price, fill.quantity, Rounding::half_even))},
                     {"commission", spot_number(fill.commission)},
                     {"commissionAsset", fill.commission_asset},
                     {"time", fill.time},
                     {"isBuyer", fill.side == Side::buy},
                     {"isMaker", fill.maker},
                     {"isBestMatch", true}});
  }
  return reply;
}

}  // namespace tvh::venue_sim::binance
