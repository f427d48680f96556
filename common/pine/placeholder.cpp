#include "pine/placeholder.hpp"

#include <algorithm>
#include <array>

#include "pine/characters.hpp"

namespace tvh::pine {
namespace {

using K = ValueKind;

constexpr std::string_view kPlotMeaning = "value of an output series, counted from 0; NaN where it has none";

constexpr std::array kPlaceholders{
    Placeholder{"ticker", K::word, false, "symbol without exchange: BTCUSDT, BTCUSDT.P"},
    Placeholder{"exchange", K::word, false, "exchange of the feed: BINANCE, NYMEX_DL"},
    Placeholder{"open", K::number, false, "opening price of the bar"},
    Placeholder{"high", K::number, false, "highest price of the bar"},
    Placeholder{"low", K::number, false, "lowest price of the bar"},
    Placeholder{"close", K::number, false, "closing price of the bar"},
    Placeholder{"volume", K::number, false, "what the whole market traded in the bar"},
    Placeholder{"time", K::bar_time, false, "start of the bar, UTC, yyyy-MM-ddTHH:mm:ssZ"},
    Placeholder{"timenow", K::fire_time, false, "when the alert fired, UTC, to the second"},
    Placeholder{"interval", K::word, false, "timeframe of the chart; 1 for plain price alerts"},
    Placeholder{"plot_0", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_1", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_2", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_3", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_4", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_5", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_6", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_7", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_8", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_9", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_10", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_11", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_12", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_13", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_14", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_15", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_16", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_17", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_18", K::number_or_na, false, kPlotMeaning},
    Placeholder{"plot_19", K::number_or_na, false, kPlotMeaning},
    Placeholder{"syminfo.currency", K::word, false, "quote currency of the symbol"},
    Placeholder{"syminfo.basecurrency", K::word, false, "base currency of the symbol; na where it has none"},
    Placeholder{"strategy.position_size", K::number, true, "signed position after the order"},
    Placeholder{"strategy.order.action", K::word, true, "buy or sell"},
    Placeholder{"strategy.order.contracts", K::number, true, "size of this order"},
    Placeholder{"strategy.order.price", K::number, true, "fill price of the emulator"},
    Placeholder{"strategy.order.id", K::free_text, true, "first argument of strategy.entry() and its kin"},
    Placeholder{"strategy.order.comment", K::free_text, true, "comment of the order call, else its id"},
    Placeholder{"strategy.order.alert_message", K::message, true,
                "alert_message of the order call, else nothing"},
    Placeholder{"strategy.market_position", K::word, true, "long, flat or short, after the order"},
    Placeholder{"strategy.market_position_size", K::number, true, "position after the order, without sign"},
    Placeholder{"strategy.prev_market_position", K::word, true, "long, flat or short, before the order"},
    Placeholder{"strategy.prev_market_position_size", K::number, true,
                "position before the order, without sign"},
};

constexpr Placeholder kTitledPlot{"plot(\"Title\")", K::number_or_na, false,
                                  "value of the output series of that title; NaN where it has none"};

// Invented names that are seen in the wild, and what their authors wanted (facts section 4, 13 and 14).
struct Meant {
  std::string_view name;
  std::string_view instead;
};
constexpr std::array kMeant{
    Meant{"side", "strategy.order.action"},
    Meant{"action", "strategy.order.action"},
    Meant{"strategy.order_id", "strategy.order.id"},
    Meant{"strategy.order.side", "strategy.order.action"},
    Meant{"strategy.order.size", "strategy.order.contracts"},
    Meant{"strategy.order.quantity", "strategy.order.contracts"},
    Meant{"strategy.order.qty", "strategy.order.contracts"},
    Meant{"strategy.position", "strategy.market_position"},
    Meant{"strategy.position_side", "strategy.market_position"},
    Meant{"symbol", "ticker"},
    Meant{"price", "close"},
    Meant{"timeframe", "interval"},
    Meant{"now", "timenow"},
    Meant{"timestamp", "time"},
    Meant{"comment", "strategy.order.comment"},
    Meant{"order_id", "strategy.order.id"},
    Meant{"alert_message", "strategy.order.alert_message"},
    Meant{"alert.message", "strategy.order.alert_message"},
    Meant{"strategy.alert_message", "strategy.order.alert_message"},
    Meant{"contracts", "strategy.order.contracts"},
    Meant{"syminfo.ticker", "ticker"},
    Meant{"syminfo.prefix", "exchange"},
    Meant{"timeframe.period", "interval"},
};

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

}  // namespace

std::span<const Placeholder> placeholders() { return kPlaceholders; }

const Placeholder* find_placeholder(std::string_view name) {
  const auto found = std::find_if(kPlaceholders.begin(), kPlaceholders.end(),
                                  [name](const Placeholder& known) { return known.name == name; });
  return found == kPlaceholders.end() ? nullptr : &*found;
}

const Placeholder& titled_plot() { return kTitledPlot; }

std::optional<std::string_view> nearest_placeholder(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest) return std::nullopt;
  const std::string word = lower(trim(name));
  for (const auto& meant : kMeant) {
    if (meant.name == word) return meant.instead;
  }
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (const auto& known : kPlaceholders) {
    const std::size_t distance = edit_distance(word, known.name);
    // What all names of a family begin with tells nothing: strategy.order.stop_loss is near to none of them.
    const std::size_t told = std::min(last_part(word).size(), last_part(known.name).size());
    const std::size_t allowed = std::max<std::size_t>(1, told / 3);
    if (distance > allowed || (best && distance >= best_distance)) continue;
    best = known.name;
    best_distance = distance;
  }
  return best;
}

}  // namespace tvh::pine
