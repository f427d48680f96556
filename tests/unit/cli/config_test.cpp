#include "cli/config.hpp"

#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::cli;

std::string error_of(const std::string& text) {
  const auto config = parse_config(text, "tvhook.toml");
  if (config) return "";
  CHECK(config.error().code == Errc::configuration);
  return config.error().message;
}

Config config_of(const std::string& text) {
  const auto config = parse_config(text, "tvhook.toml");
  INFO((config ? "" : config.error().message));
  REQUIRE(config);
  return *config;
}

Decimal decimal(const char* text) { return Decimal::from_trusted(text); }

}  // namespace

TEST_CASE("config: every key there is, read") {
  const Config config = config_of(R"(
[journal]
path = "/var/lib/tvhook/journal.db"
[listen]
address = "127.0.0.1:9000"
path = "/hook"
exchanges = ["BINANCE", "bybit"]
resend_window = "45s"
[auth.secrets]
main = "env:TVHOOK_SECRET"
old = "file:/etc/tvhook/old"
[venue.paper]
kind = "paper"
mode = "paper"
fee_percent = "0.05"
slippage_percent = 1
[venue.paper.prices]
BTCUSDT = "65000.50"
"ethusdt.p" = 3120
[venue.paper.balances]
USDT = "10000"
[venue.second]
prices = { SOLUSDT = "150" }
[strategy.ma]
venue = "second"
follow = "orders"
size = "0.01"
size_unit = "quote"
symbols = ["BTCUSDT", "ethusdt.P"]
untracked = true
resend_window = 0
max_age = "2m"
)");
  CHECK(config.file == "tvhook.toml");
  CHECK(config.journal.path == "/var/lib/tvhook/journal.db");
  CHECK(config.listen.address == "127.0.0.1:9000");
  CHECK(config.listen.path == "/hook");
  CHECK(config.listen.exchanges == std::vector<std::string>{"binance", "bybit"});
  CHECK(config.listen.resend_window == Nanoseconds(std::chrono::seconds(45)));
  REQUIRE(config.secrets.size() == 2);
  CHECK(config.secrets[0].name == "main");
  CHECK(config.secrets[1].reference == "file:/etc/tvhook/old");
  const VenueConfig* const paper = config.venue("paper");
  REQUIRE(paper != nullptr);
  CHECK(paper->prices ==
        std::map<std::string, Decimal>{{"BTCUSDT", decimal("65000.5")}, {"ETHUSDT.P", decimal("3120")}});
  CHECK(paper->balances == std::map<std::string, Decimal>{{"USDT", decimal("10000")}});
  CHECK(paper->fee_percent == decimal("0.05"));
  CHECK(paper->slippage_percent == decimal("1"));
  REQUIRE(config.venue("second") != nullptr);
  CHECK(config.venue("second")->kind == "paper");
  const StrategyConfig& strategy = config.strategy("ma");
  CHECK(strategy.venue == "second");
  CHECK(strategy.size == decimal("0.01"));
  CHECK(strategy.size_unit == "quote");
  CHECK(strategy.limits.symbols == std::vector<std::string>{"BTCUSDT", "ETHUSDT.P"});
  CHECK(strategy.untracked);
  CHECK(strategy.resend_window == Nanoseconds(0));
  CHECK(strategy.limits.max_age == Nanoseconds(std::chrono::minutes(2)));
}

TEST_CASE("config: an empty one is the built-in defaults") {
  const Config config = config_of("");
  CHECK(config.strategy("anything").follow == "orders");
  CHECK_FALSE(config.strategy("anything").size.has_value());
  REQUIRE(config.venue("paper") != nullptr);
  CHECK(config.venue("paper")->mode == "paper");
  CHECK(config.venue("bybit") == nullptr);
}

TEST_CASE("config: a strategy without a section uses [strategy.default]") {
  const Config config = config_of("[strategy.default]\nsize = 2\n[strategy.own]\nsize = 3\n");
  CHECK(config.strategy("other").size == Decimal(2));
  CHECK(config.strategy("own").size == Decimal(3));
}

TEST_CASE("config: secrets inside [auth] are those of [auth.secrets]") {
  const Config config = config_of("[auth]\nsecrets = { main = \"env:A\", b = \"file:/b\" }\n");
  REQUIRE(config.secrets.size() == 2);
}

TEST_CASE("config: an unknown word gets its line and the nearest known one") {
  CHECK(error_of("[strategy.ma]\nfollow = \"orders\"\nsizee = \"1\"\n") ==
        "tvhook.toml:3: unknown key \"sizee\" in [strategy.ma]; did you mean \"size\"?");
  CHECK(error_of("\n[lisen]\n") ==
        "tvhook.toml:2: unknown section \"lisen\" in the file; did you mean \"listen\"?");
  CHECK(error_of("[journal]\nzzzzzzzz = 1\n") ==
        "tvhook.toml:2: unknown key \"zzzzzzzz\" in [journal]; known here: path");
  CHECK(error_of("[venue.paper]\npricse = {}\n") ==
        "tvhook.toml:2: unknown key \"pricse\" in [venue.paper]; did you mean \"prices\"?");
  CHECK(error_of("path = \"x\"\n") ==
        "tvhook.toml:1: unknown section \"path\" in the file; known here: journal, listen, auth, risk, venue, "
        "strategy");
}

TEST_CASE("config: the first mistake of the file is the one that is told") {
  CHECK(error_of("[strategy.zz]\nbad = 1\n[strategy.aa]\nworse = 1\n").starts_with("tvhook.toml:2:"));
}

TEST_CASE("config: wrong types are errors with line, key and what is expected") {
  CHECK(error_of("[journal]\npath = 5\n") ==
        "tvhook.toml:2: path in [journal] must be text in quotes, not a whole number");
  CHECK(error_of("[strategy.a]\nuntracked = \"yes\"\n") ==
        "tvhook.toml:2: untracked in [strategy.a] must be true or false, not text");
  CHECK(error_of("[strategy.a]\nsymbols = \"BTCUSDT\"\n") ==
        "tvhook.toml:2: symbols in [strategy.a] must be a list of texts, such as [\"a\", \"b\"], not text");
  CHECK(error_of("[strategy.a]\nsymbols = []\n") ==
        "tvhook.toml:2: symbols in [strategy.a] is empty; name what is allowed, or leave it out to allow all "
        "(tvhook-exec --halt allows none)");
  CHECK(error_of("[risk]\nactions = []\n").starts_with("tvhook.toml:2: actions in [risk] is empty; "));
  CHECK(
      error_of("[strategy.a]\nsymbols = [1]\n") ==
      "tvhook.toml:2: symbols in [strategy.a] has an element that must be text in quotes, not a whole number");
  CHECK(error_of("[strategy.a]\nmax_age = 2026-01-01\n") ==
        "tvhook.toml:2: max_age in [strategy.a] must be a duration such as \"30s\", or whole seconds, not a "
        "date or time");
  CHECK(error_of("[strategy.a]\nmax_age = \"soon\"\n") ==
        "tvhook.toml:2: max_age in [strategy.a] is \"soon\", not a duration; write \"30s\", \"5m\", \"2h\" or "
        "\"7d\"");
  CHECK(
      error_of("[strategy.a]\nmax_age = -1\n").starts_with("tvhook.toml:2: max_age in [strategy.a] is \"-1\""));
  CHECK(error_of("listen = 5\n") == "tvhook.toml:1: listen is a section: write [listen]");
  CHECK(error_of("[venue.paper]\nprices = 5\n") ==
        "tvhook.toml:2: prices in [venue.paper] must be a table, such as { BTCUSDT = \"65000.5\" }");
  CHECK(error_of("[strategy]\nsize = \"1\"\n") ==
        "tvhook.toml:2: \"size\" stands in [strategy] itself; write [strategy.NAME] above it, with the "
        "strategy's name");
}

TEST_CASE("config: a number with a point is taken by its characters, never through a double") {
  const auto config = parse_config(
      "[strategy.a]\nsize = 0.10\n[venue.paper.prices]\nBTCUSDT = 65_000.123456789012345678\n", "tvhook.toml");
  REQUIRE(config);
  CHECK(config->strategy("a").size->to_string() == "0.1");
  CHECK(config->venue("paper")->prices.at("BTCUSDT").to_string() == "65000.123456789012345678");
  CHECK(error_of("[strategy.a]\nsize = inf\n") ==
        "tvhook.toml:2: size in [strategy.a] is a number that cannot be kept exactly; write it as a string, "
        "such as "
        "\"0.01\"");
  CHECK(error_of("[risk]\nmax_position = 1e400\n").starts_with("tvhook.toml:2: "));
}

TEST_CASE("config: amounts are judged") {
  CHECK(error_of("[strategy.a]\nsize = \"0\"\n") == "tvhook.toml:2: size in [strategy.a] must be above 0");
  CHECK(error_of("[strategy.a]\nsize = \"65k\"\n") ==
        "tvhook.toml:2: size in [strategy.a] is \"65k\": not a number");
  CHECK(error_of("[strategy.a]\nsize = \"1e400\"\n")
            .starts_with("tvhook.toml:2: size in [strategy.a] is \"1e400\": out of range"));
  CHECK(error_of("[venue.paper]\nfee_percent = 100\n") ==
        "tvhook.toml:2: fee_percent in [venue.paper] must be below 100 percent");
  CHECK(error_of("[venue.paper]\nslippage_percent = \"-0.1\"\n") ==
        "tvhook.toml:2: slippage_percent in [venue.paper] must not be below 0");
  CHECK(error_of("[venue.paper]\nfee_percent = \"-0.1\"\n").empty());  // a rebate
  CHECK(error_of("[venue.paper.prices]\nBTCUSDT = 0\n") ==
        "tvhook.toml:2: BTCUSDT in [venue.paper.prices] must be above 0");
  CHECK(error_of("[venue.paper.balances]\nUSDT = -1\n") ==
        "tvhook.toml:2: USDT in [venue.paper.balances] must not be below 0");
  CHECK(error_of("[venue.paper.balances]\nUSDT = 1\nusdt = 2\n") ==
        "tvhook.toml:3: usdt in [venue.paper.balances] is given twice");
  CHECK(error_of("[venue.paper.prices]\n\"BINANCE:BTCUSDT\" = 1\n") ==
        "tvhook.toml:2: BINANCE:BTCUSDT in [venue.paper.prices] must be a symbol such as BTCUSDT or BTCUSDT.P, "
        "without an "
        "exchange before it");
}

TEST_CASE("config: choices are judged") {
  CHECK(error_of("[strategy.a]\nsize_unit = \"qoute\"\n") ==
        "tvhook.toml:2: size_unit in [strategy.a] is \"qoute\", which is none of base, quote, contracts, "
        "percent_equity, "
        "percent_balance, percent_position, risk_percent; did you mean \"quote\"?");
  CHECK(error_of("[venue.x]\nkind = \"papr\"\n") ==
        "tvhook.toml:2: kind in [venue.x] is \"papr\", which is none of paper, binance_spot, binance_usdm; did "
        "you mean \"paper\"?");
  CHECK(error_of("[listen]\naddress = \"localhost\"\n") ==
        "tvhook.toml:2: address in [listen] is \"localhost\", not HOST:PORT such as \"127.0.0.1:8080\"");
  CHECK(error_of("[listen]\naddress = \"localhost:70000\"\n").find("not HOST:PORT") != std::string::npos);
  CHECK(error_of("[listen]\npath = \"hook\"\n") ==
        "tvhook.toml:2: path in [listen] is \"hook\"; a path starts with \"/\"");
}

TEST_CASE("config: limits stand in [risk], [venue.NAME] and [strategy.NAME] alike") {
  const std::string keys =
      "max_order_size = 1\nmax_order_notional = 1000\nmax_position = \"5000\"\ndaily_loss = 200\n"
      "max_price_distance_percent = 0.5\nmax_orders_per_minute = 30\nmax_age = \"2m\"\n"
      "symbols = [\"BTCUSDT\"]\nactions = [\"buy\"]\n";
  const auto config =
      parse_config("[risk]\n" + keys + "[venue.paper]\n" + keys + "[strategy.a]\n" + keys, "tvhook.toml");
  REQUIRE(config);
  CHECK(config->risk.max_order_notional->to_string() == "1000");
  CHECK(config->risk.max_price_distance_percent->to_string() == "0.5");
  CHECK(config->risk.max_orders_per_minute == 30);
  CHECK(config->venue("paper")->limits == config->risk);
  CHECK(config->strategy("a").limits == config->risk);
  CHECK(error_of("[risk]\ndaily_loss = 0\n") == "tvhook.toml:2: daily_loss in [risk] must be above 0");
  CHECK(error_of("[risk]\nmax_orders_per_minute = 1.5\n") ==
        "tvhook.toml:2: max_orders_per_minute in [risk] must be a whole number from 1 to 1000000");
  CHECK(error_of("[risk]\nmax_postion = 1\n").find("did you mean \"max_position\"") != std::string::npos);
}

TEST_CASE("config: what later versions will know is refused, never ignored") {
  CHECK(error_of("[listen]\nlenient = true\n") ==
        "tvhook.toml:2: key \"lenient\" in [listen] is not supported by this version yet; remove it, it would "
        "have no effect");
  CHECK(error_of("[notify.me]\nkind = \"telegram\"\n").find("not supported by this version yet") !=
        std::string::npos);
  for (const std::string kind : {"bybit", "okx", "bitget", "command"}) {
    CHECK(error_of("[venue.x]\nkind = \"" + kind + "\"\n") ==
          "tvhook.toml:2: kind in [venue.x] is \"" + kind +
              "\", which is not supported by this version yet; it has \"paper\", \"binance_spot\" and "
              "\"binance_usdm\"");
  }
  CHECK(error_of("[venue.x]\npassphrase = \"env:A\"\n").find("not supported by this version yet") !=
        std::string::npos);
  CHECK(error_of("[strategy.x]\nnaked_timeout = 1\n").find("not supported by this version yet") !=
        std::string::npos);
}

TEST_CASE("config: a venue of an exchange says where it is and where its keys are found") {
  const std::string keys = "api_key = \"env:K\"\napi_secret = \"file:/run/s\"\n";
  const auto config = parse_config("[venue.b]\nkind = \"binance_usdm\"\n" + keys +
                                       "base_url = \"http://127.0.0.1:9\"\nrecv_window = \"2s\"\n",
                                   "tvhook.toml");
  REQUIRE(config);
  const VenueConfig& venue = *config->venue("b");
  CHECK(venue.mode == "testnet");  // real money is asked for in words
  CHECK(venue.api_key == "env:K");
  CHECK(venue.api_secret == "file:/run/s");
  CHECK(venue.base_url == "http://127.0.0.1:9");
  CHECK(venue.recv_window == std::chrono::seconds(2));

  const std::string binance = "[venue.x]\nkind = \"binance_spot\"\n";
  CHECK(error_of(binance) ==
        "tvhook.toml:1: [venue.x] needs api_key and api_secret, as \"env:NAME\" or \"file:/path\"");
  CHECK(error_of(binance + keys + "recv_window = \"61s\"\n") ==
        "tvhook.toml:1: recv_window in [venue.x] must be from \"500ms\" to \"60s\"");
  CHECK(error_of(binance + keys + "fee_percent = \"0.1\"\n") ==
        "tvhook.toml:5: fee_percent in [venue.x] is not for kind \"binance_spot\"; remove it, it would have no "
        "effect");
  CHECK(error_of(binance + keys + "mode = \"paper\"\n") ==
        "tvhook.toml:1: mode \"paper\" in [venue.x] contradicts its kind \"binance_spot\"; write \"testnet\", "
        "\"demo\" or \"live\", or kind = \"paper\"");
  for (const std::string key : {"api_key", "base_url"}) {
    CHECK(error_of("[venue.x]\n" + key + " = \"env:A\"\n") ==
          "tvhook.toml:2: " + key +
              " in [venue.x] is not for kind \"paper\"; remove it, it would have no effect");
  }
}

TEST_CASE("config: contradictions are errors") {
  CHECK(error_of("[venue.paper]\nmode = \"live\"\n") ==
        "tvhook.toml:1: mode \"live\" in [venue.paper] contradicts its kind \"paper\", which only simulates; "
        "write mode = "
        "\"paper\"");
  CHECK(error_of("[strategy.a]\nsize = 1\nvenue = \"papr\"\n") ==
        "tvhook.toml:3: venue \"papr\" of [strategy.a] is not configured; did you mean \"paper\"?");
  CHECK(error_of("[strategy.a]\nvenue = \"elsewhere\"\n") ==
        "tvhook.toml:2: venue \"elsewhere\" of [strategy.a] is not configured; add [venue.elsewhere]");
  CHECK(error_of("[strategy.a]\nvenue = \"paper\"\n").empty());
}

TEST_CASE("config: a literal secret is refused and never repeated") {
  const std::string secret = "hunter2-topsecret";
  for (const std::string& value :
       {"\"" + secret + "\"", "\"env:" + secret + "\"", "\"file:" + secret + "\"", secret, "t" + secret,
        "'" + secret, "f" + secret, "{ x = \"" + secret + "\" }", "0x" + secret, "\"\\q" + secret + "\"",
        "1" + secret, "[\"" + secret + "\"]", "inf" + secret}) {
    CAPTURE(value);
    const std::string message = error_of("[auth.secrets]\nmain = " + value + "\n");
    CHECK(message.starts_with("tvhook.toml:2: "));
    CHECK(message.find("topsecret") == std::string::npos);
  }
  CHECK(error_of("[auth.secrets]\nmain = \"" + secret + "\"\n") ==
        "tvhook.toml:2: secret \"main\" is written out; a secret does not stand in the configuration. Write "
        "\"env:NAME\" "
        "for an environment variable or \"file:/path\" for a file only its owner can read");
  // TOML's own words for a mistyped true would repeat its start.
  CHECK(error_of("[auth.secrets]\nmain = trustno1\n").find("trus") == std::string::npos);
  CHECK(error_of("[auth]\nsecrets = \"" + secret + "\"\n") ==
        "tvhook.toml:2: secrets in [auth] must be a table, such as { main = \"env:NAME\" }");
  CHECK(error_of("[auth.secrets]\n\"a b\" = \"env:A\"\n").find("letters, digits") != std::string::npos);
}

TEST_CASE("config: what is not TOML is told with its line") {
  for (const std::string text :
       {"[journal]\npath = \n", "[journal]\npath\n", "[journal]\npath = \"x\n",
        "[journal]\npath = \"a\"\npath = \"b\"\n", "[journal]\n[journal\n", "x = 1\n\xff = 2\n"}) {
    CAPTURE(text);
    const std::string message = error_of(text);
    CHECK((message.starts_with("tvhook.toml:2: ") || message.starts_with("tvhook.toml:3: ")));
    CHECK(message.size() > 20);
  }
  CHECK_FALSE(error_of(std::string("a\0b = 1", 7)).empty());
  CHECK_FALSE(error_of(std::string(100000, '[')).empty());
  CHECK_FALSE(error_of("x = " + std::string(100000, '[')).empty());
}

TEST_CASE("config: a byte order mark and Windows line ends change nothing") {
  CHECK(config_of("\xef\xbb\xbf[journal]\r\npath = \"a\"\r\n").journal.path == "a");
}
