// A signal: an alert that passed validation, in the toolkit's own terms (DESIGN 5.1). Its JSON form is wire's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "model/names.hpp"

namespace tvh::model {

// What the strategy says its position is and was; sizes are absolute, in the signal's size unit.
struct PositionChange {
  PositionSide side = PositionSide::flat;
  std::optional<Decimal> size;
  std::optional<PositionSide> prev_side;
  std::optional<Decimal> prev_size;

  bool operator==(const PositionChange&) const = default;
};

struct Signal {
  std::string id;  // ours; [a-z2-7]{26}; a function of the alert (see wire/signal_id.hpp)
  TimePoint received_at{};
  std::string strategy = "default";
  std::string exchange;  // the alert's feed name, lower case, "" when it named none; routes nothing
  std::string symbol;    // "BTCUSDT"; "" only for close_all, cancel and heartbeat
  Market market = Market::spot;
  Action action = Action::buy;
  std::optional<Decimal> quantity;  // > 0, in size_unit
  SizeUnit size_unit = SizeUnit::base;
  OrderType order_type = OrderType::market;
  std::optional<Decimal> price;  // the alert's reference price, quote per base; not an instruction
  std::optional<Decimal> limit_price;
  std::optional<Decimal> stop_price;
  std::optional<Decimal> stop_loss;
  std::optional<Decimal> take_profit;
  std::string trailing_json;  // JSON text as it came, "" when absent: executed by nobody yet
  std::string legs_json;      // the same
  std::optional<bool> reduce_only;
  std::optional<Decimal> leverage;
  std::optional<TimeInForce> time_in_force;
  std::string order_id;
  std::string comment;
  std::optional<TimePoint> bar_time;  // start of the bar
  std::optional<TimePoint> fired_at;  // when the alert fired, where the alert says so apart from the bar
  std::string timeframe;              // TradingView's text: "15", "60", "1D"
  std::optional<Nanoseconds> max_age;
  std::optional<PositionChange> position;
  std::string signal_id;   // rule 1 of identity: an id the alert's author promises is unique per strategy
  std::string bare_id;     // rule 1, weaker: an `id` that may be an order's name
  std::string extra_json;  // unknown keys as one JSON object, "" when there were none

  bool operator==(const Signal&) const = default;
};

// The direction an action pushes a position in: +1 buys, -1 sells, 0 either or neither.
int direction_of(Action action);

// The id of the `place`-th signal before the last one of an alert that is several: a function of the last one's
// id.
std::string companion_id(std::string_view signal_id, std::size_t place);

// "BTCUSDT" for spot, "BTCUSDT.P" for a perpetual: the name positions, orders and the paper venue use, as
// TradingView writes it. One symbol's spot and perpetual are two instruments.
std::string instrument_name(const std::string& symbol, Market market);
// And back.
Market market_of(const std::string& instrument);
std::string symbol_of(const std::string& instrument);

// TradingView's interval as a duration ("15" minutes, "240", "30S", "1D", "W"); nothing for months (see
// bar_end()), ticks, ranges and what is no interval.
std::optional<Nanoseconds> timeframe_duration(const std::string& timeframe);

// The end of the bar that starts at `start` (within the years that parse_time() knows). Months are the
// calendar's: "1M" ends on the same day of the next one, or its last. A timeframe without a length (ticks,
// ranges, none) ends where it starts.
TimePoint bar_end(TimePoint start, const std::string& timeframe);

// Whether the timeframe is a length that a day is a multiple of, so that the bars of all days stand in one row.
bool bars_fit_day(const std::string& timeframe);

// The start of the bar `at` lies in, when the timeframe is a length below a day; else `at` itself. Bars are
// counted anew from 00:00 UTC of each day, as on markets that never close: a day's last bar may be a short one.
// The facts are silent on trading days that begin at another hour; there the result is a start that no bar has,
// but of bars a length apart no two have the same.
TimePoint bar_start(TimePoint at, const std::string& timeframe);

}  // namespace tvh::model
