// Intent (our durable decision to trade), order (what the venue knows of it) and fill.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "model/names.hpp"
#include "model/order_state.hpp"

namespace tvh::model {

// What is asked of a venue. Quantity in the instrument's base unit, exact and already on its step; prices in
// quote per base.
struct OrderRequest {
  std::string client_order_id;  // [a-z0-9]{1,32}, "tvh" first; see client_order_id()
  std::string instrument;       // instrument_name()
  Market market = Market::spot;
  Side side = Side::buy;
  OrderType type = OrderType::market;
  Decimal quantity;
  std::optional<Decimal> limit_price;
  std::optional<Decimal> stop_price;
  std::optional<Decimal> reference_price;    // the alert's; the paper venue fills there
  std::optional<TimeInForce> time_in_force;  // absent: gtc for what can rest
  bool reduce_only = false;

  bool operator==(const OrderRequest&) const = default;
};

struct Intent {
  OrderRequest request;
  std::string signal_id;
  std::string strategy;
  std::string venue;
  std::string leg = "entry";
  std::string base_asset;  // of the instrument: what a spot fill's fee may be taken in
  std::string quote_asset;
  std::string venue_order_id;             // "" until the venue told it
  std::optional<Decimal> clipped_from;    // what the signal asked for, when the order is for less
  std::optional<Decimal> valued_price{};  // the venue's, that the limits counted by
  OrderState state = OrderState::planned;
  Decimal filled_quantity;
  std::string reason;   // the rule or venue code it ended by; "" while it lives or when it simply filled
  std::string message;  // the same for a person
  TimePoint planned_at{};
  std::optional<TimePoint> submitted_at;
  std::optional<TimePoint> settled_at;  // when it became terminal
};

// One execution. Unique by (venue, instrument, venue_order_id, trade_id).
struct Fill {
  std::string client_order_id;
  std::string venue;
  std::string instrument;
  std::string venue_order_id;
  std::string trade_id;
  Side side = Side::buy;
  Decimal quantity;  // base units, > 0
  Decimal price;     // quote per base
  Decimal fee;       // in fee_asset; negative is a rebate
  std::string fee_asset;
  TimePoint at{};

  bool operator==(const Fill&) const = default;
};

// What a venue says of one order.
struct OrderReport {
  std::string venue_order_id;
  OrderState state = OrderState::accepted;
  Decimal filled_quantity;
  std::vector<Fill> fills;  // those the answer carried; may be fewer than filled_quantity tells of
};

// The outcomes of a submit. Visit without a default branch.
struct Accepted {
  OrderReport report;
};
struct Refused {
  std::string code;     // the venue's, or ours: "insufficient_balance"
  std::string message;  // the venue's text, secrets removed
  // Of a reduce-only order: the account's net position has nothing that its side reduces.
  bool nothing_to_reduce = false;
};
struct Unknown {
  std::string why;
};
// Why a venue certainly did not take a request. The same one, under the same id, may be sent again.
enum class RetryClass {
  throttled,    // too many requests; refused before it was looked at
  clock,        // its timestamp was outside the venue's tolerance
  unreachable,  // no connection came about: not a byte of it left
};
std::string_view to_text(RetryClass);
struct NotTaken {
  RetryClass why = RetryClass::throttled;
  std::string message;
  std::optional<Nanoseconds> retry_after{};  // as the venue asks
};
using SubmitOutcome = std::variant<Accepted, Refused, Unknown, NotTaken>;

// "tvh" + base32 of a hash of (source id, venue, leg, revision): the same intent always gets the same id.
std::string client_order_id(const std::string& source_id, const std::string& venue, const std::string& leg,
                            int revision);

}  // namespace tvh::model
