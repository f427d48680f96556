#include "model/names.hpp"

#include <array>
#include <string>
#include <utility>

#include "model/order_state.hpp"

namespace tvh::model {
namespace {

template <class Enum>
using Entry = std::pair<Enum, std::string_view>;

template <class Enum>
struct Names;

template <>
struct Names<Market> {
  static constexpr std::array kTable{Entry<Market>{Market::spot, "spot"}, Entry<Market>{Market::perp, "perp"}};
};
template <>
struct Names<Action> {
  using E = Entry<Action>;
  static constexpr std::array kTable{E{Action::buy, "buy"},
                                     E{Action::sell, "sell"},
                                     E{Action::close_long, "close_long"},
                                     E{Action::close_short, "close_short"},
                                     E{Action::close_all, "close_all"},
                                     E{Action::cancel, "cancel"},
                                     E{Action::target, "target"},
                                     E{Action::heartbeat, "heartbeat"}};
};
template <>
struct Names<SizeUnit> {
  using E = Entry<SizeUnit>;
  static constexpr std::array kTable{E{SizeUnit::base, "base"},
                                     E{SizeUnit::quote, "quote"},
                                     E{SizeUnit::contracts, "contracts"},
                                     E{SizeUnit::percent_equity, "percent_equity"},
                                     E{SizeUnit::percent_balance, "percent_balance"},
                                     E{SizeUnit::percent_position, "percent_position"},
                                     E{SizeUnit::risk_percent, "risk_percent"}};
};
template <>
struct Names<OrderType> {
  using E = Entry<OrderType>;
  static constexpr std::array kTable{E{OrderType::market, "market"}, E{OrderType::limit, "limit"},
                                     E{OrderType::stop, "stop"}, E{OrderType::stop_limit, "stop_limit"}};
};
template <>
struct Names<TimeInForce> {
  using E = Entry<TimeInForce>;
  static constexpr std::array kTable{E{TimeInForce::gtc, "gtc"}, E{TimeInForce::ioc, "ioc"},
                                     E{TimeInForce::fok, "fok"}, E{TimeInForce::gtd, "gtd"},
                                     E{TimeInForce::post_only, "post_only"}};
};
template <>
struct Names<PositionSide> {
  using E = Entry<PositionSide>;
  static constexpr std::array kTable{E{PositionSide::long_side, "long"}, E{PositionSide::short_side, "short"},
                                     E{PositionSide::flat, "flat"}};
};
template <>
struct Names<Side> {
  static constexpr std::array kTable{Entry<Side>{Side::buy, "buy"}, Entry<Side>{Side::sell, "sell"}};
};
template <>
struct Names<SignalState> {
  using E = Entry<SignalState>;
  static constexpr std::array kTable{E{SignalState::pending, "pending"}, E{SignalState::claimed, "claimed"},
                                     E{SignalState::done, "done"}, E{SignalState::refused, "refused"},
                                     E{SignalState::expired, "expired"}};
};
template <>
struct Names<OrderState> {
  using E = Entry<OrderState>;
  static constexpr std::array kTable{
      E{OrderState::planned, "planned"},   E{OrderState::submitting, "submitting"},
      E{OrderState::accepted, "accepted"}, E{OrderState::partially_filled, "partially_filled"},
      E{OrderState::filled, "filled"},     E{OrderState::cancelled, "cancelled"},
      E{OrderState::expired, "expired"},   E{OrderState::refused, "refused"},
      E{OrderState::unknown, "unknown"},   E{OrderState::dropped, "dropped"},
      E{OrderState::absent, "absent"}};
};

template <class Enum>
constexpr bool is_in_order() {
  std::size_t place = 0;
  for (const auto& entry : Names<Enum>::kTable) {
    if (std::size_t(entry.first) != place++) return false;
  }
  return true;
}

// Enumerators count from 0, and each stands at its own place.
template <class Enum>
std::string_view text_of(Enum value) {
  static_assert(is_in_order<Enum>());
  const auto place = std::size_t(value);
  TVH_INVARIANT(place < Names<Enum>::kTable.size(), "an enumerator has a text");
  return Names<Enum>::kTable[place].second;
}

}  // namespace

std::string_view to_text(Market value) { return text_of(value); }
std::string_view to_text(Action value) { return text_of(value); }
std::string_view to_text(SizeUnit value) { return text_of(value); }
std::string_view to_text(OrderType value) { return text_of(value); }
std::string_view to_text(TimeInForce value) { return text_of(value); }
std::string_view to_text(PositionSide value) { return text_of(value); }
std::string_view to_text(Side value) { return text_of(value); }
std::string_view to_text(SignalState value) { return text_of(value); }
std::string_view to_text(OrderState value) { return text_of(value); }

template <class Enum>
std::optional<Enum> parse_text(std::string_view text) {
  for (const auto& [value, name] : Names<Enum>::kTable) {
    if (name == text) return value;
  }
  return std::nullopt;
}

template <class Enum>
std::string_view all_texts() {
  static const std::string joined = [] {
    std::string list;
    for (const auto& entry : Names<Enum>::kTable) {
      if (!list.empty()) list += ", ";
      list += entry.second;
    }
    return list;
  }();
  return joined;
}

template std::optional<Market> parse_text(std::string_view);
template std::optional<Action> parse_text(std::string_view);
template std::optional<SizeUnit> parse_text(std::string_view);
template std::optional<OrderType> parse_text(std::string_view);
template std::optional<TimeInForce> parse_text(std::string_view);
template std::optional<PositionSide> parse_text(std::string_view);
template std::optional<Side> parse_text(std::string_view);
template std::optional<SignalState> parse_text(std::string_view);
template std::optional<OrderState> parse_text(std::string_view);
template std::string_view all_texts<Market>();
template std::string_view all_texts<Action>();
template std::string_view all_texts<SizeUnit>();
template std::string_view all_texts<OrderType>();
template std::string_view all_texts<TimeInForce>();
template std::string_view all_texts<PositionSide>();

}  // namespace tvh::model
