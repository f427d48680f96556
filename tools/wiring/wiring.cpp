#include "wiring/wiring.hpp"

#include <algorithm>

#include "engine/pause.hpp"
#include "journal/execution.hpp"
#include "venues/registry.hpp"
#include "wire/records.hpp"

namespace tvh {
namespace {

venue::PaperSettings paper_settings(const std::string& name, const cli::VenueConfig& config) {
  venue::PaperSettings settings = venue::default_paper_settings();
  settings.name = name;
  settings.prices = config.prices;
  const auto rate = [](const Decimal& percent) {
    return multiply(percent, Decimal::from_trusted("0.01"), Rounding::half_even);
  };
  if (config.fee_percent) settings.fee_rate = rate(*config.fee_percent);
  if (config.slippage_percent) settings.slippage_rate = rate(*config.slippage_percent);
  if (config.latency) settings.latency = *config.latency;
  if (!config.balances.empty()) {
    settings.starting_balances.clear();
    for (const auto& [asset, amount] : config.balances) settings.starting_balances.push_back({asset, amount});
  }
  return settings;
}

// Of entries at venues that are real: an alert that comes later than this is about another market.
constexpr std::chrono::seconds kEntryAge{120};

std::string venue_names(const cli::Config& config) {
  std::string names = "paper";
  for (const auto& [name, venue] : config.venues) {
    if (name != "paper") names += ", " + name;
  }
  return names;
}

}  // namespace

Result<std::unique_ptr<venue::ExchangeVenue>> open_exchange(const std::string& name,
                                                            const cli::VenueConfig& config, const Clock& clock,
                                                            const cli::GetEnvironment& environment,
                                                            model::InstrumentStore* store) {
  venues::Access access;
  access.venue = name;
  access.kind = config.kind;
  access.mode = config.mode;
  access.base_url = config.base_url;
  if (config.recv_window) access.window = std::chrono::ceil<std::chrono::milliseconds>(*config.recv_window);
  const auto secret = [&](const char* key, const std::optional<std::string>& reference) {
    return cli::resolve_secret({"venue." + name + "." + key, reference.value_or("")}, environment);
  };
  TVH_TRY(auto key, secret("api_key", config.api_key));
  TVH_TRY(auto api_secret, secret("api_secret", config.api_secret));
  access.api_key = std::move(key.secret);
  access.api_secret = std::move(api_secret.secret);
  return venues::open_exchange(std::move(access), clock, store);
}

Result<Venues> Venues::open(const cli::Config& config, journal::Journal& journal, const Clock& clock,
                            const cli::GetEnvironment& environment, const VenueUse& use) {
  std::map<std::string, cli::VenueConfig> configured = config.venues;
  configured.try_emplace("paper");
  Venues venues;
  venues.instruments_ = std::make_unique<journal::SqliteInstrumentStore>(journal);
  for (const auto& [name, one] : configured) {
    if (one.kind != "paper" && use.exchanges == VenueUse::Exchanges::real) {
      auto opened = open_exchange(name, one, clock, environment, venues.instruments_.get());
      if (!opened && use.unopened != nullptr) {
        use.unopened->emplace(name, opened.error());
        continue;
      }
      TVH_TRY(venues.venues_[name], std::move(opened));
      TVH_TRY(const auto kept, journal::Execution(journal).read_control(engine::pause_key(name)));
      const auto pause = kept ? engine::parse_pause(*kept) : std::nullopt;
      if (pause) venues.venues_[name]->pause_until(clock.steady() + engine::left_of(*pause, clock.now()));
      continue;
    }
    auto& store = venues.accounts_[name] = std::make_unique<journal::SqlitePaperStore>(journal, name);
    venue::PaperSettings settings = paper_settings(name, one);
    if (one.kind != "paper") {
      settings.spot = one.kind == "binance_spot";
      settings.perp = !settings.spot;
      settings.knows_money = use.stand_ins_know_money;
      TVH_TRY(const auto kept, venues.instruments_->read_instruments(name));
      for (const auto& instrument : kept)
        settings.instruments.emplace(instrument.instrument.name, instrument.instrument);
    }
    TVH_TRY(venues.venues_[name], venue::PaperVenue::open(std::move(settings), *store, clock, use.account));
  }
  return venues;
}

venue::Venue* Venues::find(const std::string& name) const {
  const auto found = venues_.find(name);
  return found == venues_.end() ? nullptr : found->second.get();
}

std::vector<venue::Venue*> Venues::all() const {
  std::vector<venue::Venue*> all;
  for (const auto& [name, venue] : venues_) all.push_back(venue.get());
  return all;
}

engine::StrategyRules rules_for(const cli::Config& config, const std::string& strategy,
                                const std::optional<std::string>& venue_option) {
  const cli::StrategyConfig& section = config.strategy(strategy);
  engine::StrategyRules rules;
  rules.venue = section.venue ? *section.venue : venue_option.value_or("paper");
  rules.size = section.size;
  rules.size_unit = model::parse_text<model::SizeUnit>(section.size_unit).value_or(model::SizeUnit::base);
  rules.untracked = section.untracked;
  rules.allow_opposing = section.allow_opposing;
  rules.follows_position = section.follow == "position";
  rules.max_slippage = section.max_slippage ? section.max_slippage : config.max_slippage;
  rules.pyramiding = section.pyramiding;
  return rules;
}

static engine::Limits limits_from(const cli::LimitsConfig& config) {
  return {config.max_order_size,
          config.max_order_notional,
          config.max_position,
          config.daily_loss,
          config.max_price_distance_percent,
          config.max_orders_per_minute,
          config.max_age,
          config.symbols,
          config.actions};
}

std::vector<std::string> plain_symbols(const std::vector<std::string>& typed) {
  std::vector<std::string> symbols;
  for (std::string symbol : typed) {
    symbol.erase(0, symbol.find(':') + 1);  // npos + 1 is 0: nothing to cut
    std::transform(symbol.begin(), symbol.end(), symbol.begin(),
                   [](unsigned char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : char(c); });
    if (symbol.ends_with(".P")) symbol.resize(symbol.size() - 2);
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

engine::RiskRules risk_rules(const cli::Config& config) {
  const cli::LimitsConfig none;
  engine::RiskRules rules;
  if (config.risk != none) rules.overall = limits_from(config.risk);
  for (const auto& [name, venue] : config.venues) {
    cli::LimitsConfig limits = venue.limits;
    // Paper has no limits unless configured.
    if (venue.kind != "paper" && !limits.max_age && !config.risk.max_age) limits.max_age = kEntryAge;
    if (limits != none) rules.venues.emplace(name, limits_from(limits));
  }
  for (const auto& [name, strategy] : config.strategies) {
    rules.configured_strategies.insert(name);
    if (strategy.limits != none) rules.strategies.emplace(name, limits_from(strategy.limits));
  }
  return rules;
}

engine::ExecutorRules executor_rules(const cli::Config& config,
                                     const std::optional<std::string>& venue_option) {
  engine::ExecutorRules rules;
  rules.rules_for = [&config, venue_option](const std::string& strategy) {
    return rules_for(config, strategy, venue_option);
  };
  rules.risk = risk_rules(config);
  std::map<std::string, cli::VenueConfig> venues = config.venues;
  venues.try_emplace("paper");  // exists without a section
  for (const auto& [name, venue] : venues) {
    const auto first = [&](const auto& own, const auto& overall) { return own ? own : overall; };
    const auto failures = first(venue.breaker.failures, config.breaker.failures);
    const auto window = first(venue.breaker.window, config.breaker.window);
    const auto cool_down = first(venue.breaker.cool_down, config.breaker.cool_down);
    // Paper has no limits unless configured.
    if (venue.mode == "paper" && !failures && !window && !cool_down) continue;
    engine::BreakerRules breaker;
    breaker.failures = failures.value_or(breaker.failures);
    breaker.window = window.value_or(breaker.window);
    breaker.cool_down = cool_down.value_or(breaker.cool_down);
    rules.breakers.emplace(name, breaker);
  }
  return rules;
}

Result<void> check_rules(const cli::Config& config, const std::optional<std::string>& venue_option) {
  const auto rules = risk_rules(config);
  const auto check = [&](const std::string& scope, const engine::Limits& limits) -> Result<void> {
    for (const auto& action : limits.actions) {
      if (model::parse_text<model::Action>(action)) continue;
      return fail(Errc::configuration, config.file + ": " + scope + " actions has \"" + action +
                                           "\", which is none of " +
                                           std::string(model::all_texts<model::Action>()));
    }
    const auto wrong = engine::find_contradiction(limits);
    return wrong ? Result<void>(fail(Errc::configuration, config.file + ": " + scope + " " + *wrong))
                 : Result<void>();
  };
  if (rules.overall) TVH_CHECK(check("[risk]", *rules.overall));
  for (const auto& [name, limits] : rules.venues) TVH_CHECK(check("[venue." + name + "]", limits));
  for (const auto& [name, limits] : rules.strategies) TVH_CHECK(check("[strategy." + name + "]", limits));
  if (venue_option && config.venue(*venue_option) == nullptr) {
    return fail(Errc::configuration,
                "--venue " + *venue_option + ": there is no such venue; known: " + venue_names(config));
  }
  for (const auto& [name, section] : config.strategies) {
    if (section.venue && config.venue(*section.venue) == nullptr) {
      return fail(Errc::configuration, config.file + ": [strategy." + name + "] names the venue \"" +
                                           *section.venue +
                                           "\", which does not exist; known: " + venue_names(config));
    }
    if (!model::parse_text<model::SizeUnit>(section.size_unit)) {
      return fail(Errc::configuration, config.file + ": [strategy." + name + "] size_unit is none of " +
                                           std::string(model::all_texts<model::SizeUnit>()));
    }
  }
  return {};
}

void OutputSink::on_order(const model::OrderRecord& record) {
  ++orders;
  if (record.intent.state == model::OrderState::filled) ++filled;
  output_.write_line(wire::format_order(record));
}

void OutputSink::on_refusal(const model::RefusalRecord& record) {
  ++refusals;
  if (record.reason == "venue_unreachable") ++unreachable;
  if (record.reason == "credentials") ++credentials;
  output_.write_line(wire::format_refusal(record));
}

void OutputSink::on_warning(const std::string& text) { log_.warning(text); }

}  // namespace tvh
