#include "pine/built_in_names.hpp"

#include <algorithm>
#include <array>

#include "pine/samples.hpp"

namespace tvh::pine {
namespace {

using T = ValueType;
using K = ValueKind;

constexpr std::array kNames{
    BuiltInName{"open", T::number, K::number, sample::kOpen},
    BuiltInName{"high", T::number, K::number, sample::kHigh},
    BuiltInName{"low", T::number, K::number, sample::kLow},
    BuiltInName{"close", T::number, K::number, sample::kClose},
    BuiltInName{"hl2", T::number, K::number, sample::kClose},
    BuiltInName{"hlc3", T::number, K::number, sample::kClose},
    BuiltInName{"ohlc4", T::number, K::number, sample::kClose},
    BuiltInName{"hlcc4", T::number, K::number, sample::kClose},
    BuiltInName{"volume", T::number, K::number, sample::kVolume},
    BuiltInName{"bar_index", T::number, K::number, "1234"},
    BuiltInName{"last_bar_index", T::number, K::number, "1234"},
    BuiltInName{"n", T::number, K::number, "1234"},
    BuiltInName{"time", T::number, K::bar_time, sample::kBarTimeMilliseconds},
    BuiltInName{"time_close", T::number, K::bar_time, "1795170600000"},
    BuiltInName{"time_tradingday", T::number, K::bar_time, "1795132800000"},
    BuiltInName{"timenow", T::number, K::fire_time, sample::kFireTimeMilliseconds},
    BuiltInName{"year", T::number, K::number, "2026"},
    BuiltInName{"month", T::number, K::number, "11"},
    BuiltInName{"dayofmonth", T::number, K::number, "20"},
    BuiltInName{"dayofweek", T::number, K::number, "6"},
    BuiltInName{"hour", T::number, K::number, "10"},
    BuiltInName{"minute", T::number, K::number, "15"},
    BuiltInName{"second", T::number, K::number, "0"},
    BuiltInName{"ticker", T::text, K::word, sample::kTicker},
    BuiltInName{"tickerid", T::text, K::word, "BINANCE:BTCUSDT"},
    BuiltInName{"period", T::text, K::word, sample::kInterval},
    BuiltInName{"timeframe.period", T::text, K::word, sample::kInterval},
    BuiltInName{"timeframe.main_period", T::text, K::word, sample::kInterval},
    BuiltInName{"timeframe.multiplier", T::number, K::number, sample::kInterval},
    BuiltInName{"syminfo.ticker", T::text, K::word, sample::kTicker},
    BuiltInName{"syminfo.tickerid", T::text, K::word, "BINANCE:BTCUSDT"},
    BuiltInName{"syminfo.main_tickerid", T::text, K::word, "BINANCE:BTCUSDT"},
    BuiltInName{"syminfo.prefix", T::text, K::word, sample::kExchange},
    BuiltInName{"syminfo.root", T::text, K::word, sample::kTicker},
    BuiltInName{"syminfo.currency", T::text, K::word, "USDT"},
    BuiltInName{"syminfo.basecurrency", T::text, K::word, "BTC"},
    BuiltInName{"syminfo.type", T::text, K::word, "crypto"},
    BuiltInName{"syminfo.description", T::text, K::free_text, "Bitcoin / TetherUS"},
    BuiltInName{"syminfo.timezone", T::text, K::word, "Etc/UTC"},
    BuiltInName{"syminfo.session", T::text, K::word, "24x7"},
    BuiltInName{"syminfo.mintick", T::number, K::number, "0.01"},
    BuiltInName{"syminfo.pointvalue", T::number, K::number, "1"},
    BuiltInName{"syminfo.minmove", T::number, K::number, "1"},
    BuiltInName{"syminfo.pricescale", T::number, K::number, "100"},
    BuiltInName{"strategy.equity", T::number, K::number, "10000"},
    BuiltInName{"strategy.initial_capital", T::number, K::number, "10000"},
    BuiltInName{"strategy.netprofit", T::number, K::number, "250"},
    BuiltInName{"strategy.openprofit", T::number, K::number, "12.5"},
    BuiltInName{"strategy.position_size", T::number, K::number, "0.2"},
    BuiltInName{"strategy.position_avg_price", T::number, K::number_or_na, sample::kClose},
    BuiltInName{"strategy.position_entry_name", T::text, K::free_text, "Long"},
    BuiltInName{"strategy.opentrades", T::number, K::number, "1"},
    BuiltInName{"strategy.closedtrades", T::number, K::number, "7"},
    BuiltInName{"strategy.wintrades", T::number, K::number, "4"},
    BuiltInName{"strategy.losstrades", T::number, K::number, "3"},
    BuiltInName{"ta.tr", T::number, K::number_or_na, "100"},
    BuiltInName{"tr", T::number, K::number_or_na, "100"},
    BuiltInName{"ta.vwap", T::number, K::number_or_na, sample::kClose},
    BuiltInName{"vwap", T::number, K::number_or_na, sample::kClose},
    BuiltInName{"ta.obv", T::number, K::number_or_na, "1500"},
    BuiltInName{"math.pi", T::number, K::number, "3.14159265"},
    BuiltInName{"math.e", T::number, K::number, "2.71828183"},
};

constexpr std::array<std::string_view, 21> kConstantSpaces{
    "alert.", "strategy.", "format.", "color.",    "shape.", "location.", "size.",
    "plot.",  "hline.",    "label.",  "line.",     "box.",   "table.",    "position.",
    "xloc.",  "yloc.",     "extend.", "currency.", "text.",  "display.",  "barmerge."};

// What these namespaces' functions return is drawn, not said.
constexpr std::array<std::string_view, 12> kDrawing{"color.",    "label.",    "line.",    "box.",
                                                    "table.",    "linefill.", "chart.",   "log.",
                                                    "polyline.", "plot.",     "runtime.", "strategy."};

constexpr std::array<std::string_view, 20> kPlainDrawing{
    "plot",  "plotshape", "plotchar", "plotarrow", "plotcandle", "plotbar",       "hline",
    "fill",  "bgcolor",   "barcolor", "strategy",  "indicator",  "study",         "library",
    "color", "line",      "label",    "table",     "box",        "alertcondition"};

constexpr std::array<std::string_view, 7> kRanges{"atr", "stdev", "tr", "dev", "mom", "change", "range"};
constexpr std::array<std::string_view, 8> kPercents{"rsi", "stoch",       "mfi", "cci",
                                                    "cmo", "percentrank", "roc", "tsi"};
constexpr std::array<std::string_view, 9> kConditions{"crossover",        "crossunder", "cross",
                                                      "rising",           "falling",    "na",
                                                      "timeframe_change", "contains",   "startswith"};
constexpr std::array<std::string_view, 43> kLikeArgument{"sma",
                                                         "ema",
                                                         "rma",
                                                         "wma",
                                                         "vwma",
                                                         "swma",
                                                         "hma",
                                                         "alma",
                                                         "linreg",
                                                         "highest",
                                                         "lowest",
                                                         "vwap",
                                                         "sum",
                                                         "cum",
                                                         "max",
                                                         "min",
                                                         "abs",
                                                         "round",
                                                         "floor",
                                                         "ceil",
                                                         "avg",
                                                         "sqrt",
                                                         "pow",
                                                         "log",
                                                         "exp",
                                                         "log10",
                                                         "sign",
                                                         "valuewhen",
                                                         "barssince",
                                                         "pivothigh",
                                                         "pivotlow",
                                                         "median",
                                                         "mode",
                                                         "variance",
                                                         "correlation",
                                                         "supertrend",
                                                         "sar",
                                                         "bb",
                                                         "macd",
                                                         "dmi",
                                                         "kc",
                                                         "fixnan",
                                                         "round_to_mintick"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t N>
bool begins_with_one_of(const std::array<std::string_view, N>& spaces, std::string_view name) {
  return std::any_of(spaces.begin(), spaces.end(),
                     [name](std::string_view space) { return name.starts_with(space); });
}

}  // namespace

const BuiltInName* find_built_in_name(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [name](const BuiltInName& known) { return known.name == name; });
  if (found != kNames.end()) return &*found;
  static constexpr BuiltInName kBarState{"barstate.", T::boolean, K::unknown, ""};
  static constexpr BuiltInName kTradeFigure{"strategy.", T::number, K::number, "100"};
  const bool is_state =
      name.starts_with("barstate.") || name.starts_with("session.is") || name.starts_with("timeframe.is");
  if (is_state) return &kBarState;
  if (name.starts_with("strategy.gross") || name.starts_with("strategy.max_")) return &kTradeFigure;
  return nullptr;
}

bool is_constant_name(std::string_view name) { return begins_with_one_of(kConstantSpaces, name); }

Returns returns_of(std::string_view function) {
  if (begins_with_one_of(kDrawing, function) || holds(kPlainDrawing, function)) return Returns::nothing_of_use;
  const bool is_mathematical = function.starts_with("ta.") || function.starts_with("math.");
  std::string_view word = function;
  if (is_mathematical) word.remove_prefix(function.find('.') + 1);
  if (word.find('.') != std::string_view::npos) return Returns::nothing_known;
  if (holds(kRanges, word)) return Returns::number_of_range;
  if (holds(kPercents, word)) return Returns::number_of_percent;
  if (holds(kConditions, word)) return Returns::condition;
  if (is_mathematical || holds(kLikeArgument, word)) return Returns::number_like_argument;
  return Returns::nothing_known;
}

}  // namespace tvh::pine
