// What one price does to one order: pure, and the whole of the paper venue's idea of a market.
//
// There is no book. An order that arrives, or whose stop the price has just passed, takes: it trades at the
// price, made worse by the slippage but never worse than its limit. A limit order that rested was there first:
// a price at or through its limit trades it at its limit, whatever the price, as the market went through the
// limit on its way. Trades are whole.
#pragma once

#include <optional>

#include "model/order.hpp"

namespace tvh::venue {

enum class Standing {
  arriving,  // it was not at the venue before
  resting,
};

struct PaperMatch {
  enum class What {
    rests,
    trades,      // all of it, at `price`
    expires,     // it would have to rest and may not
    would_take,  // it would have to take and may only rest
  };
  What what = What::rests;
  Decimal price{};
  bool triggered = false;  // its stop is passed, now or before
};

// Of a request that find_fault() has nothing against. `triggered`: its stop was passed before. `price`: the
// market's; absent when nobody has seen one, which a market order must not come with. The time in force of a
// stop counts from its trigger.
PaperMatch match_order(const model::OrderRequest& order, Standing standing, bool triggered,
                       const std::optional<Decimal>& price, const Decimal& slippage_rate);

// Why no price and no account can make an order of it; nothing when it is well formed.
std::optional<model::Refused> find_fault(const model::OrderRequest& order);

bool has_limit(model::OrderType type);
bool has_stop(model::OrderType type);

// What a market order at `price` trades at.
Decimal slipped(model::Side side, const Decimal& price, const Decimal& slippage_rate);

}  // namespace tvh::venue
