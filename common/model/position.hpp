// A strategy's position in one instrument: a function of its fills and of nothing else.
#pragma once

#include <string>

#include "model/instrument.hpp"
#include "model/order.hpp"

namespace tvh::model {

struct Position {
  std::string venue;
  std::string instrument;
  std::string strategy;
  Decimal quantity;          // signed: > 0 long, < 0 short; base units
  Decimal average_price;     // of the open quantity, quote per base; 0 when flat
  Decimal realised_profit;   // in quote, before fees (fees are in the fills)
  int entries = 0;           // orders that added to it since it was flat
  std::string last_entry{};  // the client order id of the latest of them

  bool operator==(const Position&) const = default;
};

// The position after one more fill. Average price is rounded half-even to 18 places; quantities are exact. A
// fee taken in `instrument`'s base asset reduces a spot position. Crossing zero realises the closed part and
// opens the rest at the fill's price.
Position apply_fill(Position position, const Fill& fill, const Instrument& instrument);

// What its fee cost, in quote: one taken in the base asset at the fill's own price, one in any other asset
// (BNB) nothing, for it has no price here.
Decimal fee_in_quote(const Fill& fill, const std::string& base_asset, const std::string& quote_asset);

}  // namespace tvh::model
