#include "pine/samples.hpp"

#include <array>

#include "pine/characters.hpp"

namespace tvh::pine {
namespace {

SampleSet entry_set() {
  return {"entry",
          "a buy that opens a position",
          "buy",
          "0.2",
          "0.2",
          "long",
          "0.2",
          "flat",
          "0",
          "Long",
          "Long",
          R"({"action":"buy","symbol":"BTCUSDT","quantity":"0.2"})",
          "65010.433333333334",
          "64000.25",
          "67000.75"};
}

SampleSet exit_set() {
  SampleSet set = entry_set();
  set.name = "exit";
  set.meaning = "a sell that closes the position";
  set.action = "sell";
  set.position_size = "0";
  set.market_position = "flat";
  set.market_position_size = "0";
  set.previous_position = "long";
  set.previous_position_size = "0.2";
  set.order_id = "Close entry(s) order Long";
  set.comment = set.order_id;
  set.alert_message = R"({"action":"close_long","symbol":"BTCUSDT"})";
  return set;
}

SampleSet reversal_set() {
  SampleSet set = exit_set();
  set.name = "reversal";
  set.meaning = "a sell that closes a long position and opens a short one";
  set.contracts = "0.4";
  set.position_size = "-0.2";
  set.market_position = "short";
  set.market_position_size = "0.2";
  set.order_id = "Short";
  set.comment = set.order_id;
  set.alert_message = R"({"action":"sell","symbol":"BTCUSDT","quantity":"0.4"})";
  set.stop_plot = "66000.25";
  set.target_plot = "63000.75";
  return set;
}

SampleSet na_plot_set() {
  SampleSet set = entry_set();
  set.name = "na-plot";
  set.meaning = "a buy on a bar where the plots have no value";
  set.plot = set.stop_plot = set.target_plot = "NaN";
  return set;
}

// Of OHLCV fixed-point is documented; of sizes and plots nothing.
SampleSet exponent_set() {
  SampleSet set = entry_set();
  set.name = "exponent";
  set.meaning = "a buy whose sizes and plots are written with an exponent";
  set.contracts = set.position_size = set.market_position_size = "1e-7";
  set.plot = set.stop_plot = set.target_plot = "2.7451e-7";
  return set;
}

SampleSet quotes_set() {
  SampleSet set = entry_set();
  set.name = "quotes";
  set.meaning = "a buy whose id and comment hold a quote, an apostrophe and a line break";
  set.order_id = "6\" breakout";
  set.comment = "tp \"1\",\nit's";
  set.alert_message = "go \"long\"";
  return set;
}

bool speaks_of(const std::string& title, std::string_view word) {
  return title.find(word) != std::string::npos;
}

std::string value_of_plot(const SampleSet& set, std::string_view placeholder) {
  const std::string title = lower(placeholder.substr(std::string_view("plot(").size()));
  if (speaks_of(title, "sl") || speaks_of(title, "stop")) return set.stop_plot;
  if (speaks_of(title, "tp") || speaks_of(title, "profit") || speaks_of(title, "target"))
    return set.target_plot;
  return set.plot;
}

}  // namespace

std::string SampleSet::value_of(std::string_view placeholder) const {
  struct Row {
    std::string_view name;
    std::string_view value;
  };
  const std::array rows{
      Row{"ticker", sample::kTicker},
      Row{"exchange", sample::kExchange},
      Row{"open", sample::kOpen},
      Row{"high", sample::kHigh},
      Row{"low", sample::kLow},
      Row{"close", sample::kClose},
      Row{"volume", sample::kVolume},
      Row{"time", sample::kBarTime},
      Row{"timenow", sample::kFireTime},
      Row{"interval", sample::kInterval},
      Row{"syminfo.currency", "USDT"},
      Row{"syminfo.basecurrency", "BTC"},
      Row{"strategy.position_size", position_size},
      Row{"strategy.order.action", action},
      Row{"strategy.order.contracts", contracts},
      Row{"strategy.order.price", sample::kClose},
      Row{"strategy.order.id", order_id},
      Row{"strategy.order.comment", comment},
      Row{"strategy.order.alert_message", alert_message},
      Row{"strategy.market_position", market_position},
      Row{"strategy.market_position_size", market_position_size},
      Row{"strategy.prev_market_position", previous_position},
      Row{"strategy.prev_market_position_size", previous_position_size},
  };
  for (const auto& row : rows) {
    if (row.name == placeholder) return std::string(row.value);
  }
  if (placeholder.starts_with("plot(")) return value_of_plot(*this, placeholder);
  if (placeholder.starts_with("plot_")) return plot;
  return "";
}

std::span<const SampleSet> sample_sets() {
  static const std::array kSets{entry_set(),   exit_set(),     reversal_set(),
                                na_plot_set(), exponent_set(), quotes_set()};
  return kSets;
}

}  // namespace tvh::pine
