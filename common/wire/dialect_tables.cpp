// The tables of JSON dialects, one after the other, and nothing else. Marks are keys that no other dialect here
// has in that company. Words stand in lower case; keys as the service writes them.
#include "wire/dialect_tables.hpp"

#include <array>

namespace tvh::wire {
namespace {

using model::SizeUnit;
using F = Field;
using A = Amount;

// 3Commas signal bot. help.3commas.io, article 9374557. All numbers are texts; max_lag counts seconds from
// `timestamp`, which is the moment of firing. A bot is a strategy.
constexpr std::array k3CommasMarks{Mark{"bot_uuid"}, Mark{"tv_instrument|strategy_info|order.amount"}};
constexpr std::array k3CommasKeys{
    KeyRule{"action", F::action},
    KeyRule{"bot_uuid", F::strategy},
    KeyRule{"max_lag", F::max_age},
    KeyRule{"order.amount", F::quantity},
    KeyRule{"order.currency_type", F::size_unit},
    KeyRule{"strategy_info.market_position", F::position_side},
    KeyRule{"strategy_info.market_position_size", F::position_quantity},
    KeyRule{"strategy_info.prev_market_position", F::previous_side},
    KeyRule{"strategy_info.prev_market_position_size", F::previous_quantity},
    KeyRule{"timestamp", F::fired_at},
    KeyRule{"trigger_price", F::price},
    KeyRule{"tv_exchange", F::exchange},
    KeyRule{"tv_instrument", F::symbol},
};
constexpr std::array k3CommasUnits{UnitRule{"base"}, UnitRule{"quote", SizeUnit::quote}};

// thibaultyou's tradingview-alerts-processor. docs/2_Alerts.md: size in dollars, or "5%" of the balance; a
// close of "50%" is half the position. `stub` names the account; its symbols are FTX's, quoted in USD.
constexpr std::array kProcessorMarks{Mark{"stub"}, Mark{"direction"}};
constexpr std::array kProcessorKeys{
    KeyRule{"direction", F::action}, KeyRule{"max", F::not_supported}, KeyRule{"size", F::quantity},
    KeyRule{"stub", F::strategy},    KeyRule{"symbol", F::symbol},
};
constexpr std::array kDirectionWords{
    WordRule{F::action, "long", "buy"},
    WordRule{F::action, "short", "sell"},
    WordRule{F::action, "close", "close_all"},
};
constexpr std::array kDollars{UnitRule{"", SizeUnit::quote, A::dollars}};

// Amabit. amabit.io/docs/en/signals/payload-format: position_size is the signed position to have after the
// signal; the order that leads there is computed from the real one.
constexpr std::array kAmabitMarks{Mark{"action"}, Mark{"symbol"}, Mark{"position_size"}, Mark{"order_type"},
                                  Mark{"contracts|quantity"}};
constexpr std::array kAmabitKeys{
    KeyRule{"action", F::action},
    KeyRule{"comment", F::comment},
    KeyRule{"limit_price", F::limit_price},
    KeyRule{"order_id", F::order_id},
    KeyRule{"order_type", F::order_type},
    KeyRule{"position_size", F::target},
    KeyRule{"price", F::price},
    KeyRule{"reduce_only", F::reduce_only},
    KeyRule{"symbol", F::symbol},
    KeyRule{"time", F::time},
};

// CryptoGnome's Tradingview-Webhook-Bot. README. Truths are the texts "True" and "False".
constexpr std::array kCryptoGnomeMarks{Mark{"key"}, Mark{"side", "buy|sell"},
                                       Mark{"order_mode|close_position|cancel_orders"}};
constexpr std::array kCryptoGnomeKeys{
    KeyRule{"cancel_orders", F::cancel_orders},
    KeyRule{"close_position", F::close_position},
    KeyRule{"exchange", F::exchange},
    KeyRule{"key", F::secret},
    KeyRule{"price", F::order_price},
    KeyRule{"qty", F::quantity},
    KeyRule{"side", F::action},
    KeyRule{"stop_loss_percent", F::stop_loss_percent},
    KeyRule{"symbol", F::symbol},
    KeyRule{"take_profit_percent", F::take_profit_percent},
    KeyRule{"type", F::order_type},
};

// JackrabbitRelay. Extras/CodeProofs/payloadData. USD, Quote or Base, a number or "N%" (of the balance); the
// exchange is a chain of relays. An account is a strategy.
constexpr std::array kJackrabbitMarks{Mark{"Identity"}, Mark{"Action"}, Mark{"Asset"}};
constexpr std::array kJackrabbitKeys{
    KeyRule{"Account", F::strategy},
    KeyRule{"Action", F::action},
    KeyRule{"Asset", F::symbol},
    KeyRule{"Base", F::quantity, "base"},
    KeyRule{"Exchange", F::exchange},
    KeyRule{"Identity", F::secret},
    KeyRule{"Market", F::market},
    KeyRule{"Price", F::price},
    KeyRule{"Quote", F::quantity, "quote"},
    KeyRule{"Time", F::time},
    KeyRule{"USD", F::quantity, "usd"},
};
constexpr std::array kJackrabbitWords{
    WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "close", "close_all"},
    WordRule{F::market, "spot", "spot"},
};
constexpr std::array kJackrabbitUnits{UnitRule{"base"}, UnitRule{"quote", SizeUnit::quote},
                                      UnitRule{"usd", SizeUnit::quote, A::dollars}};

// junta's tradingview-alert-connector; fields as its schema names them. `reverse` doubles a size to turn a
// position round, which is never done by rule here.
constexpr std::array kJuntaMarks{Mark{"order", "buy|sell"}, Mark{"size|sizeUsd|sizeByLeverage"},
                                 Mark{"reverse|position"}};
constexpr std::array kJuntaKeys{
    KeyRule{"exchange", F::exchange},
    KeyRule{"market", F::symbol},
    KeyRule{"order", F::action},
    KeyRule{"passphrase", F::secret},
    KeyRule{"position", F::position_side},
    KeyRule{"price", F::price},
    KeyRule{"reverse", F::not_supported},
    KeyRule{"size", F::quantity, "base"},
    KeyRule{"sizeByLeverage", F::quantity, "leverage"},
    KeyRule{"sizeUsd", F::quantity, "usd"},
};
constexpr std::array kJuntaUnits{UnitRule{"base"}, UnitRule{"usd", SizeUnit::quote, A::dollars},
                                 UnitRule{"leverage", SizeUnit::quote, A::not_supported}};

// OKX signal bot and its clones (BloFin, …). okx.com/help/signal-bot-alert-message-specifications. Section A is
// for strategies, section B for hand-written intents. "margin" times an unknown leverage is no size.
constexpr std::array kOkxAMarks{Mark{"signalToken"}, Mark{"marketPosition|prevMarketPosition"}};
constexpr std::array kOkxBMarks{Mark{"signalToken"},
                                Mark{"action", "enter_long|exit_long|enter_short|exit_short"}};
constexpr std::array kOkxKeys{
    KeyRule{"action", F::action},
    KeyRule{"amount", F::quantity},
    KeyRule{"id", F::order_id},
    KeyRule{"instrument", F::symbol},
    KeyRule{"investmentType", F::size_unit},
    KeyRule{"marketPosition", F::position_side},
    KeyRule{"marketPositionSize", F::position_quantity},
    KeyRule{"maxLag", F::max_age},
    KeyRule{"orderPriceOffset", F::not_supported},
    KeyRule{"orderType", F::order_type},
    KeyRule{"prevMarketPosition", F::previous_side},
    KeyRule{"prevMarketPositionSize", F::previous_quantity},
    KeyRule{"signalToken", F::secret},
    KeyRule{"timestamp", F::fired_at},
};
constexpr std::array kOkxBWords{
    WordRule{F::action, "enter_long", "buy"},
    WordRule{F::action, "exit_long", "close_long"},
    WordRule{F::action, "enter_short", "sell"},
    WordRule{F::action, "exit_short", "close_short"},
    WordRule{F::order_type, "market", "market"},
    WordRule{F::order_type, "limit", ""},  // its price is an offset from a price the alert does not carry
};
constexpr std::array kOkxUnits{UnitRule{"base"},
                               UnitRule{"margin", SizeUnit::quote, A::not_supported},
                               UnitRule{"contract", SizeUnit::contracts},
                               UnitRule{"percentage_balance", SizeUnit::percent_balance},
                               UnitRule{"percentage_investment", SizeUnit::percent_equity},
                               UnitRule{"percentage_position", SizeUnit::percent_position}};

// OpenAlgo. Its "smart order" has the target in position_size; without that the quantity is the order.
constexpr std::array kOpenAlgoMarks{Mark{"apikey"}, Mark{"strategy"}, Mark{"pricetype|product"}};
constexpr std::array kOpenAlgoKeys{
    KeyRule{"action", F::action},        KeyRule{"apikey", F::secret},     KeyRule{"exchange", F::exchange},
    KeyRule{"position_size", F::target}, KeyRule{"price", F::order_price}, KeyRule{"pricetype", F::order_type},
    KeyRule{"quantity", F::quantity},    KeyRule{"strategy", F::strategy}, KeyRule{"symbol", F::symbol},
};

// PickMyTrade; fields as its pages name them. 0 is "not set".
constexpr std::array kPickMyTradeMarks{Mark{"token"}, Mark{"data", "buy|sell|close"}};
constexpr std::array kPickMyTradeKeys{
    KeyRule{"breakeven", F::legs},
    KeyRule{"data", F::action},
    KeyRule{"dollar_sl", F::legs},
    KeyRule{"dollar_tp", F::legs},
    KeyRule{"multiple_accounts", F::not_supported},
    KeyRule{"percentage_sl", F::stop_loss_percent},
    KeyRule{"percentage_tp", F::take_profit_percent},
    KeyRule{"price", F::price},
    KeyRule{"quantity", F::quantity, "contracts"},
    KeyRule{"risk_percentage", F::quantity, "risk"},
    KeyRule{"sl", F::stop_loss},
    KeyRule{"symbol", F::symbol},
    KeyRule{"token", F::secret},
    KeyRule{"tp", F::take_profit},
    KeyRule{"trail", F::trailing},
};
constexpr std::array kCloseWords{
    WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "close", "close_all"},
};
constexpr std::array kPickMyTradeUnits{UnitRule{"contracts", SizeUnit::contracts},
                                       UnitRule{"risk", SizeUnit::risk_percent}};

// POABOT; fields as its schema names them. The facts do not say what amount_by_percent is a percentage of.
constexpr std::array kPoabotMarks{Mark{"password"},
                                  Mark{"side", "buy|sell|entry/buy|entry/sell|close/buy|close/sell"}};
constexpr std::array kPoabotKeys{
    KeyRule{"amount", F::quantity, "base"},
    KeyRule{"amount_by_percent", F::quantity, "amount_by_percent"},
    KeyRule{"base", F::base_asset},
    KeyRule{"cost", F::quantity, "quote"},
    KeyRule{"exchange", F::exchange},
    KeyRule{"leverage", F::leverage},
    KeyRule{"order_name", F::order_id},
    KeyRule{"password", F::secret},
    KeyRule{"percent", F::quantity, "percent"},
    KeyRule{"price", F::order_price},
    KeyRule{"profit_price", F::take_profit},
    KeyRule{"quote", F::quote_asset},
    KeyRule{"side", F::action},
    KeyRule{"stop_price", F::stop_loss},
    KeyRule{"symbol", F::symbol},
    KeyRule{"type", F::order_type},
};
constexpr std::array kPoabotWords{
    WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "entry/buy", "buy"},
    WordRule{F::action, "entry/sell", "sell"},
    WordRule{F::action, "close/buy", "close_short"},
    WordRule{F::action, "close/sell", "close_long"},
};
constexpr std::array kPoabotUnits{UnitRule{"base"}, UnitRule{"quote", SizeUnit::quote},
                                  UnitRule{"percent", SizeUnit::percent_balance},
                                  UnitRule{"amount_by_percent", SizeUnit::percent_balance, A::not_supported}};

// SignalBee. signalbee.trade/docs/webhook-templates. Signals older than five minutes are refused there too. The
// facts do not say of what "percentage" is one; its pages sell shares of the balance.
constexpr std::array kSignalBeeMarks{Mark{"webhook_secret"}, Mark{"side", "buy|sell|close"}};
constexpr std::array kSignalBeeKeys{
    KeyRule{"price", F::limit_price},
    KeyRule{"quantity", F::quantity},
    KeyRule{"quantity_type", F::size_unit},
    KeyRule{"reduce_only", F::reduce_only},
    KeyRule{"side", F::action},
    KeyRule{"signal_price", F::price},
    KeyRule{"source_timestamp", F::fired_at},
    KeyRule{"stop_price", F::stop_price},
    KeyRule{"symbol", F::symbol},
    KeyRule{"type", F::order_type},
    KeyRule{"webhook_secret", F::secret},
};
constexpr std::array kSignalBeeUnits{UnitRule{"fixed"}, UnitRule{"percentage", SizeUnit::percent_balance}};

// Tickerly. tickerly.net/?p=270: five keys, of which `pointer` is the credential. The position before is not
// enough to know the one after, so prev_position decides nothing.
constexpr std::array kTickerlyMarks{Mark{"pointer"}, Mark{"action"}};
constexpr std::array kTickerlyKeys{
    KeyRule{"action", F::action},
    KeyRule{"pointer", F::secret},
    KeyRule{"prev_position", F::about_the_record},
    KeyRule{"quantity", F::quantity},
    KeyRule{"ticker", F::symbol},
};

// Traderlands, as its own page builds the message.
constexpr std::array kTraderlandsMarks{Mark{"strategyId"}, Mark{"strategy", "{}"}, Mark{"side"}};
constexpr std::array kTraderlandsKeys{
    KeyRule{"exchange", F::exchange},
    KeyRule{"price", F::price},
    KeyRule{"side", F::action},
    KeyRule{"strategy.marketPosition", F::position_side},
    KeyRule{"strategy.order.comment", F::comment},
    KeyRule{"strategy.order.id", F::order_id},
    KeyRule{"strategy.prevMarketPosition", F::previous_side},
    KeyRule{"strategyId", F::strategy},
    KeyRule{"ticker", F::symbol},
    KeyRule{"timestamp", F::fired_at},
    KeyRule{"token", F::secret},
};

// TradersPost. github TradersPost/docs, learn/signal-sources/tradingview.md and core-concepts/webhooks.md.
// `sentiment` is the position wanted after the order; percentages and amounts of brackets count from
// signalPrice. An "add" goes with a position whose side the alert does not say.
constexpr std::array kTradersPostMarks{
    Mark{"ticker"}, Mark{"action"},
    Mark{"sentiment|signalPrice|quantityType|orderType|limitPrice|stopPrice|trailAmount|trailPercent|"
         "takeProfit.percent|takeProfit.limitPrice|takeProfit.amount|stopLoss.type|stopLoss.percent|"
         "stopLoss.stopPrice"}};

constexpr std::array kTradersPostKeys{
    KeyRule{"action", F::action},
    KeyRule{"exchange", F::exchange},
    KeyRule{"interval", F::timeframe},
    KeyRule{"limitPrice", F::limit_price},
    KeyRule{"orderType", F::order_type},
    KeyRule{"price", F::price},
    KeyRule{"quantity", F::quantity},
    KeyRule{"quantityType", F::size_unit},
    KeyRule{"sentiment", F::position_side},
    KeyRule{"signalPrice", F::price},
    KeyRule{"stopLoss.amount", F::stop_loss_distance},
    KeyRule{"stopLoss.limitPrice", F::legs},
    KeyRule{"stopLoss.percent", F::stop_loss_percent},
    KeyRule{"stopLoss.stopPrice", F::stop_loss},
    KeyRule{"stopLoss.trailAmount", F::trailing},
    KeyRule{"stopLoss.trailPercent", F::trailing},
    KeyRule{"stopLoss.type", F::about_the_record},
    KeyRule{"stopPrice", F::stop_price},
    KeyRule{"takeProfit.amount", F::take_profit_distance},
    KeyRule{"takeProfit.limitPrice", F::take_profit},
    KeyRule{"takeProfit.percent", F::take_profit_percent},
    KeyRule{"ticker", F::symbol},
    KeyRule{"time", F::fired_at},
    KeyRule{"trailAmount", F::trailing},
    KeyRule{"trailPercent", F::trailing},
};
constexpr std::array kTradersPostWords{
    WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "exit", "close_all"},
    WordRule{F::action, "cancel", "cancel"},
    WordRule{F::action, "add", ""},
    WordRule{F::position_side, "long", "long"},
    WordRule{F::position_side, "bullish", "long"},
    WordRule{F::position_side, "short", "short"},
    WordRule{F::position_side, "bearish", "short"},
    WordRule{F::position_side, "flat", "flat"},
    WordRule{F::order_type, "market", "market"},
    WordRule{F::order_type, "limit", "limit"},
    WordRule{F::order_type, "stop", "stop"},
    WordRule{F::order_type, "stop_limit", "stop_limit"},
    WordRule{F::order_type, "trailing_stop", "market"},  // what makes it one is in `trailing`
};
constexpr std::array kTradersPostUnits{UnitRule{"fixed_quantity"},
                                       UnitRule{"dollar_amount", SizeUnit::quote, A::dollars},
                                       UnitRule{"risk_dollar_amount", SizeUnit::quote, A::not_supported},
                                       UnitRule{"percent_of_equity", SizeUnit::percent_equity},
                                       UnitRule{"percent_of_position", SizeUnit::percent_position}};

// WunderTrading. `code` is ACTION_EXCHANGE_PAIR_NAME_TIMEFRAME_HASH and the credential; what it says is read
// from it under the names code.action, code.exchange, … . percents is a ratio: 1.0 is 100 %
// (wundertrading.com/docs/mcp/tools/place_strategy_trade). The facts do not say what a priceDeviation counts,
// so brackets are carried as they came.
constexpr std::array kWunderTradingMarks{
    Mark{"code"}, Mark{"amountPerTrade|amountPerTradeType|priceDeviation|takeProfits|orderType|reduceOnly|"
                       "placeConditionalOrdersOnExchange"}};
constexpr std::array kWunderTradingKeys{
    KeyRule{"amountPerTrade", F::quantity},
    KeyRule{"amountPerTradeType", F::size_unit},
    KeyRule{"code", F::secret},
    KeyRule{"code.action", F::action},
    KeyRule{"code.exchange", F::exchange},
    KeyRule{"code.name", F::strategy},
    KeyRule{"code.pair", F::symbol},
    KeyRule{"code.timeframe", F::about_the_record},
    KeyRule{"leverage", F::leverage},
    KeyRule{"orderType", F::order_type},
    KeyRule{"pair", F::symbol},
    KeyRule{"reduceOnly", F::reduce_only},
    KeyRule{"stopLoss", F::legs},
    KeyRule{"symbol", F::symbol},
    KeyRule{"takeProfits", F::legs},
};
constexpr std::array kWunderTradingWords{
    WordRule{F::action, "enter-long", "buy"},       WordRule{F::action, "enter-short", "sell"},
    WordRule{F::action, "exit-long", "close_long"}, WordRule{F::action, "exit-short", "close_short"},
    WordRule{F::action, "exit-all", "close_all"},
};
constexpr std::array kWunderTradingUnits{
    UnitRule{"quote", SizeUnit::quote}, UnitRule{"base"}, UnitRule{"$", SizeUnit::quote, A::dollars},
    UnitRule{"percents", SizeUnit::percent_balance, A::ratio}, UnitRule{"contracts", SizeUnit::contracts}};

constexpr std::chrono::minutes kFiveMinutes{5};

constexpr std::array kDialects{
    Dialect{.name = "canonical", .title = "the toolkit's own names", .is_verified = true},
    Dialect{
        .name = "plain", .title = "the tutorials' family", .is_verified = true, .exchange_must_be_known = true},
    Dialect{.name = "3commas",
            .title = "3Commas signal bot",
            .is_verified = true,
            .marks = k3CommasMarks,
            .keys = k3CommasKeys,
            .units = k3CommasUnits},
    Dialect{.name = "alerts-processor",
            .title = "tradingview-alerts-processor",
            .is_verified = true,
            .marks = kProcessorMarks,
            .keys = kProcessorKeys,
            .words = kDirectionWords,
            .units = kDollars,
            .percent = SizeUnit::percent_balance,
            .closing_percent = SizeUnit::percent_position,
            .perp_quote = "USD",
            .takes_lists = true},
    Dialect{
        .name = "amabit", .title = "Amabit", .is_verified = true, .marks = kAmabitMarks, .keys = kAmabitKeys},
    Dialect{.name = "cryptognome",
            .title = "CryptoGnome's Tradingview-Webhook-Bot",
            .is_verified = true,
            .marks = kCryptoGnomeMarks,
            .keys = kCryptoGnomeKeys},
    Dialect{.name = "jackrabbit",
            .title = "JackrabbitRelay",
            .is_verified = true,
            .marks = kJackrabbitMarks,
            .keys = kJackrabbitKeys,
            .words = kJackrabbitWords,
            .units = kJackrabbitUnits,
            .percent = SizeUnit::percent_balance,
            .takes_lists = true},
    Dialect{.name = "junta",
            .title = "junta's tradingview-alert-connector",
            .marks = kJuntaMarks,
            .keys = kJuntaKeys,
            .units = kJuntaUnits},
    Dialect{.name = "okx-a",
            .title = "OKX signal bot, section A, and clones",
            .is_verified = true,
            .marks = kOkxAMarks,
            .keys = kOkxKeys,
            .units = kOkxUnits},
    Dialect{.name = "okx-b",
            .title = "OKX signal bot, section B, and clones",
            .is_verified = true,
            .marks = kOkxBMarks,
            .keys = kOkxKeys,
            .words = kOkxBWords,
            .units = kOkxUnits},
    Dialect{.name = "openalgo",
            .title = "OpenAlgo",
            .is_verified = true,
            .marks = kOpenAlgoMarks,
            .keys = kOpenAlgoKeys},
    Dialect{.name = "pickmytrade",
            .title = "PickMyTrade",
            .marks = kPickMyTradeMarks,
            .keys = kPickMyTradeKeys,
            .words = kCloseWords,
            .units = kPickMyTradeUnits,
            .zero_is_unset = true},
    Dialect{.name = "poabot",
            .title = "POABOT",
            .marks = kPoabotMarks,
            .keys = kPoabotKeys,
            .words = kPoabotWords,
            .units = kPoabotUnits},
    Dialect{.name = "signalbee",
            .title = "SignalBee",
            .is_verified = true,
            .marks = kSignalBeeMarks,
            .keys = kSignalBeeKeys,
            .words = kCloseWords,
            .units = kSignalBeeUnits,
            .max_age = kFiveMinutes},
    Dialect{.name = "tickerly",
            .title = "Tickerly",
            .is_verified = true,
            .marks = kTickerlyMarks,
            .keys = kTickerlyKeys},
    Dialect{.name = "traderlands",
            .title = "Traderlands",
            .is_verified = true,
            .marks = kTraderlandsMarks,
            .keys = kTraderlandsKeys},
    Dialect{.name = "traderspost",
            .title = "TradersPost",
            .is_verified = true,
            .marks = kTradersPostMarks,
            .keys = kTradersPostKeys,
            .words = kTradersPostWords,
            .units = kTradersPostUnits,
            .position_needs_order = true},
    Dialect{.name = "wundertrading",
            .title = "WunderTrading",
            .is_verified = true,
            .marks = kWunderTradingMarks,
            .keys = kWunderTradingKeys,
            .words = kWunderTradingWords,
            .units = kWunderTradingUnits},
};

}  // namespace

std::span<const Dialect> json_dialects() { return kDialects; }

}  // namespace tvh::wire
