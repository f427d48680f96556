// How an order is placed: its type, its prices on the instrument's tick, how long it may rest. Pure.
#pragma once

#include <optional>
#include <variant>

#include "engine/plan.hpp"

namespace tvh::engine {

// What the signal's order type needs and does not bring; types and times in force the venue lacks.
std::optional<Refusal> check_order_type(const model::Signal& signal);
std::optional<Refusal> check_venue(const PlanInput& input);

// Gives the request its type, prices and time in force. Prices off the tick move against the trader's fill,
// never past what the alert said: a buy's limit down, a sell's up; stops the same way, which is sooner.
void shape_order(const PlanInput& input, model::OrderRequest& request);

// What one base unit of such an order may come to cost, or a sale of it to bring, in quote: sizes in money are
// divided by it, so that the order is never for more than was asked. A buy costs its limit at most; a stop that
// the market is past already, the market's price; a sale brings the better of its limit and the market's price.
// A size by risk takes the entry that is furthest from its stop loss: of a sale the least it may bring. Nothing
// where there is no price at all.
std::optional<Decimal> price_to_size_at(const PlanInput& input, model::Side side, model::SizeUnit unit);

// A price that its tick leaves nothing of.
std::optional<Refusal> check_prices(const PlanInput& input, const model::OrderRequest& request);

// Whether the order is to be bounded by max_slippage: a market order that opens.
bool is_bounded(const PlanInput& input, const model::OrderRequest& request);
// The worst price, on the tick, at which max_slippage lets an order be taken that is wanted at `price`.
Decimal worst_within_slippage(const PlanInput& input, model::Side side, const Decimal& price);
// Makes a market order a limit one at the worst price that is taken, for now or never.
void bound_slippage(const PlanInput& input, model::OrderRequest& request);

}  // namespace tvh::engine
