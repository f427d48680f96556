// ExchangeVenue: orders. One question a call, but for the trades of what has filled.
#include <algorithm>

#include "base/overloaded.hpp"
#include "venue/exchange_venue.hpp"

namespace tvh::venue {

using model::Accepted;
using model::NotTaken;
using model::OrderKey;
using model::OrderReport;
using model::OrderRequest;
using model::Refused;
using model::RetryClass;
using model::SubmitOutcome;
using model::Unknown;

namespace {

OrderKey key_of(const OrderRequest& order) {
  return {order.client_order_id, "", order.instrument, order.market, order.type};
}

// What need not be asked: the venue would say no, or do something else instead.
std::optional<Refused> check_order(const OrderRequest& order, const model::Capabilities& can) {
  if (!order.quantity.is_positive()) return Refused{"invalid_quantity", "a quantity is above zero"};
  if (order.market == model::Market::perp ? !can.perp : !can.spot)
    return Refused{"market_unsupported", "the venue does not trade " + order.instrument};
  if (!can.order_types.contains(order.type))
    return Refused{"order_type_unsupported", "the venue has no such order type"};
  if (order.time_in_force && !can.times_in_force.contains(*order.time_in_force))
    return Refused{"time_in_force_unsupported", "the venue has no such time in force"};
  if (order.reduce_only && !can.reduce_only)
    return Refused{"reduce_only_unsupported", "the venue has no reduce-only orders for " + order.instrument};
  return std::nullopt;
}

SubmitOutcome outcome_of(const Problem& problem) {
  const std::string message = problem.message;
  switch (problem.kind) {
    case Problem::Kind::ambiguous:
    case Problem::Kind::duplicate:  // adopted before; a second one would be a riddle
      return Unknown{problem.code + ": " + message};
    case Problem::Kind::throttled:
      return NotTaken{RetryClass::throttled, message, problem.retry_after};
    case Problem::Kind::clock:
      return NotTaken{RetryClass::clock, message, problem.retry_after};
    case Problem::Kind::unavailable:
      return NotTaken{RetryClass::unreachable, message, problem.retry_after};
    case Problem::Kind::nothing_to_reduce:
      return Refused{problem.code, message, true};
    case Problem::Kind::not_found:
    case Problem::Kind::gone:
    case Problem::Kind::credentials:
    case Problem::Kind::refused:
      break;
  }
  return Refused{problem.code, message};
}

Decimal sum_of(const std::vector<model::Fill>& fills) {
  Decimal sum;
  for (const auto& fill : fills) sum += fill.quantity;
  return sum;
}

}  // namespace

void ExchangeVenue::submit(const OrderRequest& order, Done<SubmitOutcome> done) {
  if (auto refused = check_order(order, capabilities())) return done(std::move(*refused));
  ask(exchange_->place(order), Urgency::order, [this, order, done = std::move(done)](const Answer& answer) {
    auto reading =
        read(answer, [&](const client::Response& response) { return exchange_->read_placed(order, response); });
    if (auto* report = std::get_if<OrderReport>(&reading)) {
      for (auto& fill : report->fills) fill.venue = name();
      return done(Accepted{std::move(*report)});
    }
    const Problem& problem = std::get<Problem>(reading);
    if (problem.kind == Problem::Kind::duplicate) return adopt(key_of(order), done);
    done(outcome_of(problem));
  });
}

// The venue has an open order of that id: it is this one, sent earlier.
void ExchangeVenue::adopt(const OrderKey& order, const Done<SubmitOutcome>& done) {
  query_order(order, [done](const model::QueryOutcome& outcome) {
    std::visit(Overloaded{
                   [&](const OrderReport& report) { done(Accepted{report}); },
                   // It said that the id is in use: it will show the order later.
                   [&](const model::NotFound&) {
                     OrderReport report;
                     report.state = model::OrderState::accepted;
                     done(Accepted{std::move(report)});
                   },
                   [&](const Unknown& unknown) { done(unknown); },
               },
               outcome);
  });
}

void ExchangeVenue::query_order(const OrderKey& order, Done<model::QueryOutcome> done) {
  ask(exchange_->find_order(order), Urgency::query,
      [this, order, done = std::move(done)](const Answer& answer) {
        read_order_answer(order, answer, true, done);
      });
}

void ExchangeVenue::read_order_answer(const OrderKey& order, const Answer& answer, bool may_follow,
                                      const Done<model::QueryOutcome>& done) {
  auto reading =
      read(answer, [&](const client::Response& response) { return exchange_->read_order(order, response); });
  if (const auto* problem = std::get_if<Problem>(&reading)) {
    // An order behind a trigger that was shown a moment ago is not absent.
    if (problem->kind == Problem::Kind::not_found && may_follow) return done(model::NotFound{});
    return done(Unknown{problem->code + ": " + problem->message});
  }
  auto& found = std::get<OrderReading>(reading);
  if (!found.next) return find_fills(order, std::move(found.report), done);
  if (!may_follow) return done(Unknown{"the venue leads from order to order"});
  ask(*found.next, Urgency::query,
      [this, order, done](const Answer& next) { read_order_answer(order, next, false, done); });
}

void ExchangeVenue::find_fills(const OrderKey& order, OrderReport report,
                               const Done<model::QueryOutcome>& done) {
  if (sum_of(report.fills) >= report.filled_quantity) return done(std::move(report));
  const Ask trades = exchange_->trades(order, report.venue_order_id);
  ask(trades, Urgency::query, [this, order, report = std::move(report), done](const Answer& answer) mutable {
    auto reading =
        read(answer, [&](const client::Response& response) { return exchange_->read_trades(order, response); });
    if (const auto* problem = std::get_if<Problem>(&reading))
      return done(Unknown{problem->code + ": " + problem->message});
    report.fills.clear();
    for (auto& fill : std::get<std::vector<model::Fill>>(reading)) {
      if (fill.venue_order_id != report.venue_order_id) continue;
      fill.venue = name();
      fill.client_order_id = order.client_order_id;
      report.fills.push_back(std::move(fill));
    }
    done(std::move(report));
  });
}

void ExchangeVenue::cancel(const OrderKey& order, Done<model::CancelOutcome> done) {
  ask(exchange_->cancel(order), Urgency::order, [this, order, done = std::move(done)](const Answer& answer) {
    auto reading = read(
        answer, [&](const client::Response& response) { return exchange_->read_cancelled(order, response); });
    if (const auto* report = std::get_if<OrderReport>(&reading)) {
      if (report->filled_quantity.is_zero() && is_terminal(report->state)) return done(*report);
      return query_order(order, done);  // with its fills
    }
    const Problem& problem = std::get<Problem>(reading);
    const bool ended = problem.kind == Problem::Kind::gone || problem.kind == Problem::Kind::not_found;
    if (ended) return query_order(order, done);
    done(Unknown{problem.code + ": " + problem.message});
  });
}

}  // namespace tvh::venue
