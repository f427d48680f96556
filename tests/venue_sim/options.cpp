#include "venue_sim/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace tvh::venue_sim {
namespace {

struct Pair {
  std::string name;
  std::string value;
};

Pair split(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw CLI::ValidationError(text, "give NAME=VALUE");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Decimal amount_of(const Pair& pair) {
  const auto number = Decimal::parse(pair.value);
  if (!number || number->is_negative()) throw CLI::ValidationError(pair.name, pair.value + " is no amount");
  return *number;
}

struct Lists {
  std::vector<std::string> faults;
  std::vector<std::string> prices;
  std::vector<std::string> balances;
};

void define(CLI::App& app, Options& options, Lists& lists) {
  WorldOptions& world = options.world;
  VenueOptions& venue = world.venue;
  app.add_option("--address", options.address, "HOST:PORT to listen on, loopback only; port 0: any")
      ->capture_default_str();
  app.add_option("--ready-fd", options.ready_fd,
                 "descriptor that gets one line, the base URL, when it listens");
  app.add_option("--venue", venue.name, "binance_spot, binance_usdm, or binance (both)")->required();
  app.add_option("--seed", venue.seed, "of faults and made-up ids")->capture_default_str();
  app.add_option("--latency-ms", world.latency_ms, "between receiving a request and matching it")
      ->check(CLI::Range(0, 60000));
  app.add_option("--fault", lists.faults, "NAME=PROBABILITY, repeatable; NAME all: every fault");
  app.add_option("--price", lists.prices, "SYMBOL=PRICE, repeatable; an unknown symbol becomes an instrument");
  app.add_option("--balance", lists.balances, "ASSET=AMOUNT, repeatable (default USDT=10000)");
  app.add_option("--api-key", venue.api_key, "the one key there is")->capture_default_str();
  app.add_option("--api-secret", venue.api_secret, "its secret")->capture_default_str();
  app.add_flag("--hedge-mode", venue.hedge_mode, "USD-M: start in hedge mode");
  app.add_flag("--may-withdraw", venue.may_withdraw, "the key may withdraw");
  app.add_option("--trades-per-fill", venue.trades_per_fill, "into how many trades a fill is cut")
      ->check(CLI::Range(1, 100));
  app.add_option("--limit-factor", venue.limit_factor, "multiplies every rate limit")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--ban-ms", venue.ban_ms, "length of a ban, 2000 at most")->check(CLI::Range(1, 2000));
  app.add_option("--throttle-gap-ms", world.throttle_gap_ms, "no throttle is drawn this long after one")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--ban-gap-ms", world.ban_gap_ms, "no ban is drawn this long after one")
      ->check(CLI::Range(0, 86400000));
  app.add_option("--clock-offset-ms", world.clock_offset_ms, "the venue's clock against this machine's");
  app.add_option("--clock-jump-ms", world.clock_jump_ms, "fault clock: how far at most")
      ->check(CLI::Range(0, 3600000));
  app.add_option("--fixed-time", world.fixed_time_ms,
                 "epoch milliseconds; time moves only by POST /_sim/clock");
  app.add_option("--late-ms", world.late_ms, "fault late_accept: executed this much later, up to twice")
      ->check(CLI::Range(0, 60000));
  app.add_option("--slow-ms", world.slow_ms, "fault slow: answered this much later")
      ->check(CLI::Range(0, 60000));
  app.add_option("--invisible-ms", world.invisible_ms, "fault invisible: for this long")
      ->check(CLI::Range(0, 60000));
  app.add_option("--visibility-ms", world.visibility_ms, "queries see every order this much later")
      ->check(CLI::Range(0, 60000));
}

void read_lists(const Lists& lists, WorldOptions& world) {
  for (const auto& text : lists.faults) {
    const Pair pair = split(text);
    char* end = nullptr;
    const double probability = std::strtod(pair.value.c_str(), &end);
    if (pair.value.empty() || *end != '\0')
      throw CLI::ValidationError(pair.name, pair.value + " is no probability");
    world.faults.emplace_back(pair.name, probability);
  }
  for (const auto& text : lists.prices) {
    const Pair pair = split(text);
    const Decimal price = amount_of(pair);
    if (price.is_zero()) throw CLI::ValidationError(pair.name, "a price is above zero");
    world.venue.prices.insert_or_assign(pair.name, price);
  }
  for (const auto& text : lists.balances) {
    const Pair pair = split(text);
    world.venue.balances.insert_or_assign(pair.name, amount_of(pair));
  }
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  Options options;
  Lists lists;
  CLI::App app("A simulated exchange on a loopback port, for tests.", "venue-sim");
  define(app, options, lists);
  try {
    app.parse(argc, argv);
    read_lists(lists, options.world);
    parsed.options = std::move(options);
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = app.exit(error) == 0 ? 0 : 64;
  }
  return parsed;
}

}  // namespace tvh::venue_sim
