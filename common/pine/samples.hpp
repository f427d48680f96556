// Sample values for placeholders: one alert of each sort that one and the same template has to serve.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tvh::pine {

// Everything that differs between the sets; what all have alike (ticker, prices, times) stands in samples.cpp.
struct SampleSet {
  std::string name;     // "entry", "exit", "reversal", "na-plot", "exponent", "quotes"
  std::string meaning;  // one line: what this alert would be
  std::string action;
  std::string contracts;
  std::string position_size;  // signed
  std::string market_position;
  std::string market_position_size;
  std::string previous_position;
  std::string previous_position_size;
  std::string order_id;
  std::string comment;
  std::string alert_message;
  std::string plot;         // any output series
  std::string stop_plot;    // {{plot("…")}} whose title speaks of a stop
  std::string target_plot;  // … of a target

  // What TradingView would put for a placeholder (its name without braces); "" for one it does not know.
  std::string value_of(std::string_view placeholder) const;
};

// The six sets, "entry" first. A caller may copy one and change it (alert_message, above all).
std::span<const SampleSet> sample_sets();

// What all sets, and the evaluation of Pine, have alike.
namespace sample {
inline constexpr std::string_view kTicker = "BTCUSDT";
inline constexpr std::string_view kExchange = "BINANCE";
inline constexpr std::string_view kOpen = "64950.5";
inline constexpr std::string_view kHigh = "65100";
inline constexpr std::string_view kLow = "64900.25";
inline constexpr std::string_view kClose = "65000.5";
inline constexpr std::string_view kVolume = "150.177";
inline constexpr std::string_view kBarTime = "2026-11-20T10:15:00Z";
inline constexpr std::string_view kFireTime = "2026-11-20T10:15:03Z";
inline constexpr std::string_view kBarTimeMilliseconds = "1795169700000";
inline constexpr std::string_view kFireTimeMilliseconds = "1795169703000";
inline constexpr std::string_view kInterval = "15";
}  // namespace sample

}  // namespace tvh::pine
