#include "simulation/scenario.hpp"

#include <algorithm>

#include "simulation/signal_maker.hpp"

namespace tvh::simulation {

using model::Market;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Decimal dec(std::string_view text) { return Decimal::from_trusted(text); }

VenueProfile make_venue(const std::string& name, Random& random, const Faults& faults) {
  VenueProfile venue;
  venue.name = name;
  venue.tolerance = random.span(seconds(1), seconds(10));
  venue.timeout = random.span(seconds(1), seconds(12));
  venue.fastest = random.span(milliseconds(0), milliseconds(20));
  venue.slowest = venue.fastest + random.span(milliseconds(0), milliseconds(900));
  venue.ids_unique_among_open_only = random.chance(60);
  venue.trade_ids_per_order = random.chance(50);
  venue.fees_in_base = random.chance(25);
  venue.steady_prices = random.chance(60);

  model::Capabilities& can = venue.capabilities;
  can.spot = !random.chance(5);
  can.perp = !random.chance(5);
  can.reduce_only = random.chance(70);
  can.nets_reversals = random.chance(50);
  if (random.chance(80)) {
    can.order_types = {model::OrderType::market, model::OrderType::limit, model::OrderType::stop};
    can.times_in_force.insert({model::TimeInForce::fok, model::TimeInForce::post_only});
  }
  can.fence = venue.tolerance;
  if (random.chance(60)) can.visibility_lag = random.span(milliseconds(100), seconds(5));
  if (random.chance(30)) {
    can.id_memory = can.fence + can.visibility_lag + random.span(seconds(5), minutes(10));
    // Memory is counted by a wall clock that jumps, so who declares it keeps a margin.
    venue.memory = *can.id_memory + (faults.can(Fault::clock_jump) ? seconds(60) : seconds(0));
  }
  if (random.chance(40))
    can.order_rate = model::Rate{int(random.between(1, 10)), random.span(seconds(1), seconds(10))};
  if (random.chance(25))
    can.query_rate = model::Rate{int(random.between(1, 20)), random.span(seconds(1), seconds(10))};
  return venue;
}

model::Instrument make_instrument(const std::string& symbol, Market market) {
  model::Instrument instrument;
  instrument.name = model::instrument_name(symbol, market);
  instrument.market = market;
  instrument.base_asset = symbol.substr(0, 3);
  instrument.quote_asset = "USDT";
  instrument.quantity_step = dec("0.01");
  // Closes of more are several orders.
  if (symbol == "SOLUSDT") instrument.maximum_market_quantity = dec("0.75");
  return instrument;
}

void make_strategies(Scenario& scenario, Random& random) {
  const auto count = random.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    engine::StrategyRules rules;
    rules.venue = random.pick(scenario.venues).name;
    if (random.chance(50)) rules.size = dec("0.5");
    rules.follows_position = random.chance(40);
    rules.allow_opposing = random.chance(60);
    if (random.chance(15)) rules.max_slippage = dec("1");
    if (random.chance(15)) rules.pyramiding = int(random.between(1, 3));
    scenario.strategies["s" + std::to_string(i)] = rules;
  }
}

engine::Limits make_limits(Random& random) {
  engine::Limits limits;
  if (random.chance(60)) limits.max_position = Decimal(random.between(20, 400));
  if (random.chance(30)) limits.max_order_size = Decimal(random.between(1, 3));
  if (random.chance(20)) limits.max_orders_per_minute = int(random.between(2, 8));
  if (random.chance(20)) limits.daily_loss = Decimal(random.between(1, 20));
  if (random.chance(20)) limits.max_age = random.span(seconds(5), minutes(2));
  if (random.chance(15)) limits.max_price_distance_percent = Decimal(random.between(3, 20));
  return limits;
}

void make_limits(Scenario& scenario, Random& random) {
  if (random.chance(30)) scenario.risk.overall = make_limits(random);
  for (const auto& venue : scenario.venues) {
    if (random.chance(20)) scenario.risk.venues[venue.name] = make_limits(random);
    if (random.chance(30)) {
      scenario.breakers[venue.name] = {int(random.between(1, 4)), seconds(random.between(10, 300)),
                                       seconds(random.between(5, 120))};
    }
  }
  for (const auto& [name, rules] : scenario.strategies) {
    if (random.chance(20)) scenario.risk.strategies[name] = make_limits(random);
    scenario.risk.configured_strategies.insert(name);
  }
}

void make_acts(Scenario& scenario, Random& random, const Faults& faults, Nanoseconds length) {
  const auto some_time = [&] { return scenario.start + random.span(seconds(1), length); };
  if (random.chance(20)) {
    for (auto count = random.between(1, 2); count > 0; --count) {
      const TimePoint at = some_time();
      scenario.acts.push_back({at, Deed::halt, {}, {}, 0});
      if (random.chance(80))
        scenario.acts.push_back({at + random.span(seconds(1), minutes(2)), Deed::resume, {}, {}, 0});
    }
  }
  if (random.chance(25)) {
    for (auto count = random.between(1, 2); count > 0; --count) {
      model::Request request;
      request.kind = "flatten";
      if (random.chance(40)) request.strategy = "s0";
      if (random.chance(30)) request.venue = scenario.venues.front().name;
      if (random.chance(20)) request.symbol = "BTCUSDT";
      scenario.acts.push_back({some_time(), Deed::flatten, request, {}, 0});
    }
  }
  if (random.chance(10)) scenario.acts.push_back({some_time(), Deed::look_now, {}, {}, 0});
  if (random.chance(20)) scenario.acts.push_back({some_time(), Deed::stop, {}, {}, 0});
  if (faults.can(Fault::clock_jump)) {
    for (auto count = random.between(1, 3); count > 0; --count) {
      scenario.acts.push_back({some_time(), Deed::clock_jump, {}, random.span(-seconds(8), seconds(8)), 0});
    }
  }
  if (faults.can(Fault::venue_down)) {
    const auto venue = std::size_t(random.between(0, std::int64_t(scenario.venues.size()) - 1));
    scenario.acts.push_back({some_time(), Deed::venue_down, {}, random.span(seconds(1), minutes(3)), venue});
  }
  std::stable_sort(scenario.acts.begin(), scenario.acts.end(),
                   [](const Act& one, const Act& other) { return one.at < other.at; });
}

}  // namespace

Scenario make_scenario(std::uint64_t seed, const Faults& faults) {
  Random random(seed, 1);
  Scenario scenario;
  scenario.start = from_nanoseconds((1'795'168'800 + random.between(0, 86'400)) * 1'000'000'000);
  const auto venues = random.chance(25) ? 2 : 1;
  for (int i = 0; i < venues; ++i) {
    scenario.venues.push_back(make_venue(i == 0 ? "alpha" : "beta", random, faults));
  }
  std::vector<std::string> symbols{"BTCUSDT", "ETHUSDT", "SOLUSDT"};
  symbols.resize(std::size_t(random.between(1, 3)));
  for (const auto& symbol : symbols) {
    scenario.instruments.push_back(make_instrument(symbol, Market::spot));
    scenario.instruments.push_back(make_instrument(symbol, Market::perp));
  }
  make_strategies(scenario, random);
  make_limits(scenario, random);
  scenario.edit_policy =
      random.chance(50) ? engine::EditPolicy::edited_wins : engine::EditPolicy::refuse_edited;
  if (random.chance(50)) scenario.exit_patience = std::chrono::minutes(10);
  scenario.turns_until_idle = random.chance(50);
  scenario.regives = random.chance(60);

  const Nanoseconds length = random.span(seconds(10), minutes(15));
  SignalMaker maker(scenario, symbols, length, random);
  scenario.arrivals = maker.make(int(random.between(5, 40)));
  scenario.ends = maker.ends();
  make_acts(scenario, random, faults, length);
  return scenario;
}

}  // namespace tvh::simulation
