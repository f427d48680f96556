// Every enumeration of the records and its text, both ways. The texts are the contract of tvhook-records(5).
#pragma once

#include <optional>
#include <string_view>

#include "base/exit_code.hpp"

namespace tvh::model {

enum class Market { spot, perp };
enum class Action { buy, sell, close_long, close_short, close_all, cancel, target, heartbeat };
enum class SizeUnit { base, quote, contracts, percent_equity, percent_balance, percent_position, risk_percent };
enum class OrderType { market, limit, stop, stop_limit };
enum class TimeInForce { gtc, ioc, fok, gtd, post_only };
enum class PositionSide { long_side, short_side, flat };  // "long", "short", "flat"
enum class Side { buy, sell };
enum class SignalState { pending, claimed, done, refused, expired };

std::string_view to_text(Market);
std::string_view to_text(Action);
std::string_view to_text(SizeUnit);
std::string_view to_text(OrderType);
std::string_view to_text(TimeInForce);
std::string_view to_text(PositionSide);
std::string_view to_text(Side);
std::string_view to_text(SignalState);

// parse_text<Action>("close_long"); nothing when the text is none of them. Exact, lower case.
template <class Enum>
std::optional<Enum> parse_text(std::string_view text);

// "buy, sell, close_long, …", for messages.
template <class Enum>
std::string_view all_texts();

}  // namespace tvh::model
