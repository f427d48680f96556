#include "engine/risk.hpp"

#include <algorithm>

#include "engine/age.hpp"

namespace tvh::engine {

using model::Side;
using model::to_text;

namespace {

constexpr std::chrono::minutes kOrderWindow{1};

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Refusal breach(const Scope& scope, const std::string& limit, const std::string& value, const std::string& met) {
  return {limit, scope.name + " " + limit + " is " + value + ", this would make it " + met};
}

Decimal notional_of(const Decimal& quantity, const Decimal& price) {
  return multiply(quantity, price, Rounding::half_even);
}

int orders_in_window(const ScopeUse& use, TimePoint now) {
  return int(std::count_if(use.orders_sent.begin(), use.orders_sent.end(),
                           [&](TimePoint at) { return now - at < kOrderWindow; }));
}

std::optional<Refusal> check_allowlists(const RiskInput& input, const Scope& scope) {
  const model::Signal& signal = input.signal;
  const Limits& limits = scope.limits;
  // A plain name is its spot market and its perpetual; a perpetual's name is the perpetual alone.
  const std::string instrument = model::instrument_name(signal.symbol, signal.market);
  if (!limits.symbols.empty() && !contains(limits.symbols, signal.symbol) &&
      !contains(limits.symbols, instrument)) {
    return Refusal{"symbol_not_allowed",
                   instrument + " is not among symbols of " + scope.name + "; add it there if it should be"};
  }
  if (!limits.actions.empty() && !contains(limits.actions, to_text(signal.action))) {
    return Refusal{"action_not_allowed", std::string(to_text(signal.action)) + " is not among actions of " +
                                             scope.name + "; add it there if it should be"};
  }
  return std::nullopt;
}

std::optional<Refusal> check_size(const RiskInput& input, const Scope& scope, const Decimal& opening) {
  const Limits& limits = scope.limits;
  if (limits.max_order_size && opening > *limits.max_order_size) {
    return breach(scope, "max_order_size", limits.max_order_size->to_string(), opening.to_string());
  }
  const Decimal notional = notional_of(opening, input.price);
  if (limits.max_order_notional && notional > *limits.max_order_notional) {
    const Decimal nearest = divide(*limits.max_order_notional, input.price, Rounding::toward_zero, 8);
    Refusal refusal =
        breach(scope, "max_order_notional", limits.max_order_notional->to_string(), notional.to_string());
    refusal.message += "; at this price " + nearest.to_string() + " is the most";
    return refusal;
  }
  // An order through zero closes one side before it opens the other.
  const Decimal closed = notional_of(input.order.quantity - opening, input.price);
  const Decimal rest = scope.use.position_notional > closed ? scope.use.position_notional - closed : Decimal();
  if (limits.max_position && rest + notional > *limits.max_position) {
    return breach(scope, "max_position", limits.max_position->to_string(), (rest + notional).to_string());
  }
  return std::nullopt;
}

std::optional<Refusal> check_pace_and_loss(const RiskInput& input, const Scope& scope) {
  const Limits& limits = scope.limits;
  const int sent = orders_in_window(scope.use, input.now);
  if (limits.max_orders_per_minute && sent >= *limits.max_orders_per_minute) {
    return breach(scope, "max_orders_per_minute", std::to_string(*limits.max_orders_per_minute),
                  std::to_string(sent + 1));
  }
  if (limits.daily_loss && scope.use.loss_today >= *limits.daily_loss) {
    return Refusal{"daily_loss", scope.name + " daily_loss is " + limits.daily_loss->to_string() + ", " +
                                     scope.use.loss_today.to_string() +
                                     " are lost since 00:00 UTC; entries wait for tomorrow"};
  }
  return std::nullopt;
}

std::optional<Refusal> check_price(const RiskInput& input, const Scope& scope) {
  const auto& limit = scope.limits.max_price_distance_percent;
  if (!limit || !input.signal.price || !input.venue_price || !input.signal.price->is_positive())
    return std::nullopt;
  const Decimal distance = divide((*input.venue_price - *input.signal.price).absolute(), *input.signal.price,
                                  Rounding::half_even, 18);
  const Decimal percent = multiply(distance, Decimal(100), Rounding::half_even);
  if (percent <= *limit) return std::nullopt;
  return breach(scope, "max_price_distance_percent", limit->to_string(), percent.to_string());
}

// The alert's own max_age goes for exits too, and before the configured one, which is for what opens.
std::optional<Refusal> check_age(const RiskInput& input, const Decimal& opening,
                                 const std::vector<Scope>& scopes) {
  if (input.signal.max_age) return check_signal_age(input.signal, *input.signal.max_age, input.now);
  if (opening.is_zero()) return std::nullopt;
  for (const Scope& scope : scopes) {
    if (!scope.limits.max_age) continue;
    if (auto refusal = check_signal_age(input.signal, *scope.limits.max_age, input.now)) {
      refusal->message = scope.name + ": " + refusal->message;
      return refusal;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_limits(const RiskInput& input, const std::vector<Scope>& scopes) {
  const Decimal opening = opening_quantity(input.position, input.order.side, input.order.quantity);
  if (auto refusal = check_age(input, opening, scopes)) return refusal;
  if (opening.is_zero()) return std::nullopt;
  for (const Scope& scope : scopes) {
    if (auto refusal = check_allowlists(input, scope)) return refusal;
    if (auto refusal = check_price(input, scope)) return refusal;
    if (auto refusal = check_size(input, scope, opening)) return refusal;
    if (auto refusal = check_pace_and_loss(input, scope)) return refusal;
  }
  return std::nullopt;
}

std::vector<std::string> describe_passed(const RiskInput& input, const std::vector<Scope>& scopes) {
  const Decimal opening = opening_quantity(input.position, input.order.side, input.order.quantity);
  if (opening.is_zero()) return {"opens nothing: passes every limit"};
  std::vector<std::string> rules;
  for (const Scope& scope : scopes) {
    const Limits& limits = scope.limits;
    const auto passed = [&](const std::string& limit, const std::string& value, const std::string& met) {
      rules.push_back(scope.name + " " + limit + " " + value + ": " + met);
    };
    const Decimal notional = notional_of(opening, input.price);
    if (limits.max_order_size)
      passed("max_order_size", limits.max_order_size->to_string(), opening.to_string());
    if (limits.max_order_notional) {
      passed("max_order_notional", limits.max_order_notional->to_string(), notional.to_string());
    }
    if (limits.max_position) {
      passed("max_position", limits.max_position->to_string(),
             (scope.use.position_notional + notional).to_string() + " at most");
    }
    if (limits.daily_loss)
      passed("daily_loss", limits.daily_loss->to_string(), scope.use.loss_today.to_string());
    if (limits.max_orders_per_minute) {
      passed("max_orders_per_minute", std::to_string(*limits.max_orders_per_minute),
             std::to_string(orders_in_window(scope.use, input.now) + 1));
    }
    if (limits.max_price_distance_percent) {
      passed("max_price_distance_percent", limits.max_price_distance_percent->to_string(), "kept");
    }
    if (limits.max_age)
      passed("max_age", std::to_string(*limits.max_age / std::chrono::seconds(1)) + " s", "kept");
    if (!limits.symbols.empty()) {
      passed("symbols", "", model::instrument_name(input.signal.symbol, input.signal.market) + " is allowed");
    }
    if (!limits.actions.empty()) {
      passed("actions", "", std::string(to_text(input.signal.action)) + " is allowed");
    }
  }
  return rules;
}

std::optional<Refusal> check_opposing(const model::Signal& signal, const model::OrderRequest& order,
                                      const Decimal& position, const std::vector<model::Position>& others) {
  if (order.market != model::Market::perp) return std::nullopt;
  if (opening_quantity(position, order.side, order.quantity).is_zero()) return std::nullopt;
  for (const model::Position& other : others) {
    const bool against = order.side == Side::buy ? other.quantity.is_negative() : other.quantity.is_positive();
    if (other.instrument != order.instrument || other.strategy == signal.strategy || !against) continue;
    return Refusal{"opposing_position",
                   "strategy " + other.strategy + " holds " + other.quantity.to_string() + " " +
                       order.instrument +
                       ", and the venue nets what all of them hold; set allow_opposing = true in [strategy." +
                       signal.strategy + "] if that is meant"};
  }
  return std::nullopt;
}

std::optional<Refusal> check_resend(const RiskInput& input, const std::vector<Scope>& scopes) {
  const Decimal opening = opening_quantity(input.position, input.order.side, input.order.quantity);
  if (auto refusal = check_age(input, opening, scopes)) return refusal;
  if (opening.is_zero()) return std::nullopt;
  for (const Scope& scope : scopes) {
    if (auto refusal = check_price(input, scope)) return refusal;
  }
  return std::nullopt;
}

Decimal price_at_worst(const model::OrderRequest& order, const Decimal& market_price) {
  const auto& own = order.limit_price ? order.limit_price : order.stop_price;
  if (!own) return market_price;
  return order.side == Side::sell && market_price > *own ? market_price : *own;
}

ScopeUse use_of(const model::Exposure& exposure, const ScopeFilter& filter,
                const std::function<Decimal(const model::Position&)>& price_of) {
  const auto in_scope = [&](const std::string& venue, const std::string& strategy) {
    return (filter.venue.empty() || filter.venue == venue) &&
           (filter.strategy.empty() || filter.strategy == strategy);
  };
  const auto counts = [&](const std::string& instrument) {
    return filter.instrument.empty() || filter.instrument == instrument;
  };
  ScopeUse use;
  for (const auto& position : exposure.positions) {
    if (!in_scope(position.venue, position.strategy) || !counts(position.instrument)) continue;
    use.position_notional += notional_of(position.quantity.absolute(), price_of(position));
  }
  for (const auto& intent : exposure.open_intents) {
    const model::OrderRequest& request = intent.request;
    const bool only_reduces =
        request.reduce_only || (request.market == model::Market::spot && request.side == Side::sell);
    if (only_reduces || !in_scope(intent.venue, intent.strategy) || !counts(request.instrument)) continue;
    const Decimal rest = request.quantity - intent.filled_quantity;
    // A journal of before prices were kept has what the order was valued at.
    const Decimal fallback = intent.valued_price       ? *intent.valued_price
                             : request.reference_price ? *request.reference_price
                                                       : Decimal();
    const Decimal market = price_of({intent.venue, request.instrument, "", rest, fallback, {}});
    use.position_notional += notional_of(rest, price_at_worst(request, market));
  }
  for (const auto& day : exposure.losses_today) {
    if (in_scope(day.venue, day.strategy)) use.loss_today += day.loss;
  }
  for (const auto& sent : exposure.sent) {
    if (in_scope(sent.venue, sent.strategy)) use.orders_sent.push_back(sent.at);
  }
  return use;
}

std::vector<model::LimitStatus> describe_use(const std::vector<Scope>& scopes, TimePoint now) {
  std::vector<model::LimitStatus> rows;
  for (const Scope& scope : scopes) {
    const Limits& limits = scope.limits;
    const auto add = [&](const std::string& limit, const std::string& value, const std::string& used,
                         const std::string& trips) {
      rows.push_back({scope.name, limit, value, used, trips});
    };
    const auto each = [&](const std::string& limit, const std::optional<Decimal>& value,
                          const std::string& trips) {
      if (value) add(limit, value->to_string(), "", trips);
    };
    const auto sum = [&](const std::string& limit, const std::optional<Decimal>& value, const Decimal& used,
                         const std::string& what) {
      if (!value) return;
      const Decimal left = *value > used ? *value - used : Decimal();
      add(limit, value->to_string(), used.to_string(), left.is_zero() ? "at once" : left.to_string() + what);
    };
    each("max_order_size", limits.max_order_size, "an order that opens more");
    each("max_order_notional", limits.max_order_notional, "an order worth more");
    sum("max_position", limits.max_position, scope.use.position_notional, " more");
    sum("daily_loss", limits.daily_loss, scope.use.loss_today, " more lost today");
    each("max_price_distance_percent", limits.max_price_distance_percent, "an alert's price further off");
    if (limits.max_age) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(*limits.max_age).count();
      add("max_age", std::to_string(seconds) + " s", "", "an older entry");
    }
    if (limits.max_orders_per_minute) {
      const int sent = orders_in_window(scope.use, now);
      const int left = *limits.max_orders_per_minute - sent;
      add("max_orders_per_minute", std::to_string(*limits.max_orders_per_minute), std::to_string(sent),
          left <= 0 ? "at once" : std::to_string(left) + " more within the minute");
    }
    const auto list = [&](const std::string& limit, const std::vector<std::string>& allowed) {
      std::string all;
      for (const auto& one : allowed) all += (all.empty() ? "" : ", ") + one;
      if (!all.empty()) add(limit, all, "", "any other");
    };
    list("symbols", limits.symbols);
    list("actions", limits.actions);
  }
  return rows;
}

std::optional<std::string> find_contradiction(const Limits& limits) {
  const auto check = [](const char* name, const std::optional<Decimal>& value) -> std::optional<std::string> {
    if (!value || value->is_positive()) return std::nullopt;
    return std::string(name) +
           " must be greater than 0; leave it out to have no such limit, or use tvhook-exec --halt";
  };
  for (const auto& [name, value] :
       {std::pair{"max_order_size", limits.max_order_size},
        std::pair{"max_order_notional", limits.max_order_notional},
        std::pair{"max_position", limits.max_position}, std::pair{"daily_loss", limits.daily_loss},
        std::pair{"max_price_distance_percent", limits.max_price_distance_percent}}) {
    if (auto wrong = check(name, value)) return wrong;
  }
  if (limits.max_orders_per_minute && *limits.max_orders_per_minute <= 0) {
    return "max_orders_per_minute must be greater than 0; leave it out to have no such limit";
  }
  if (limits.max_order_notional && limits.max_position && *limits.max_order_notional > *limits.max_position) {
    return "max_order_notional is more than max_position: no order of that size could ever be sent";
  }
  return std::nullopt;
}

}  // namespace tvh::engine
