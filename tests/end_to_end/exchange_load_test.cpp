// Alerts become orders at an exchange that loses, delays and garbles what passes over the wire, while the
// executor is killed again and again: in the end every signal is over, no order was placed twice, and the
// journal holds what the exchange holds. The exchange is venue-sim, a program that shares nothing with our
// adapters. TVHOOK_EXCHANGE_SIGNALS=10000 is the run of a person, with about TVHOOK_EXCHANGE_KILLS=20 of them;
// ctest sends fewer.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "base/decimal.hpp"
#include "support/catch.hpp"
#include "support/seed.hpp"
#include "support/site.hpp"

using namespace tvh::test;
using tvh::Decimal;

namespace {

using Json = nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr int kSymbols = 26;
constexpr const char* kFaults[] = {
    "reply_lost", "request_lost", "late_accept", "error_after_accept", "unavailable", "truncated", "malformed",
    "reset",      "slow",         "reordered",   "invisible",          "clock",       "throttled", "ban"};

int setting(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}
int signal_count() { return setting("TVHOOK_EXCHANGE_SIGNALS", 150); }

// 52 lanes, 416 in a long run.
int strategy_count() { return signal_count() > 1000 ? 16 : 2; }

std::string coin(int index) { return "C" + std::string(1, char('A' + index)) + "X"; }

// The exchange, as a program of its own.
class Simulator {
 public:
  Simulator(const std::string& kind, unsigned seed) {
    ProcessOptions options;
    options.arguments = {"--venue", kind, "--seed", std::to_string(seed), "--balance", "USDT=100000000",
                         // Bans and throttles one after the other would leave no time to trade. The exchange's
                         // limits are its real ones.
                         "--ban-ms", "2000", "--ban-gap-ms", "20000", "--throttle-gap-ms", "20000",
                         "--clock-jump-ms", "400"};
    for (int i = 0; i < kSymbols; ++i) {
      options.arguments.push_back("--price");
      options.arguments.push_back(coin(i) + "USDT=" + std::to_string(100 + i));
    }
    options.wants_ready_pipe = true;
    process_ = std::make_unique<Process>(TVHOOK_BIN_FOLDER "/venue-sim", options);
    url_ = process_->read_ready_line();
    port_ = std::stoi(url_.substr(url_.rfind(':') + 1));
  }

  const std::string& url() const { return url_; }
  void set_faults(double probability) const {
    for (const char* name : kFaults) {
      const auto answer =
          HttpConnection(port_).post("/_sim/fault", Json{{"name", name}, {"probability", probability}}.dump());
      REQUIRE(answer.status == 200);
    }
  }
  Json ask(const std::string& what) const {
    return Json::parse(HttpConnection(port_).get("/_sim/" + what).body);
  }

 private:
  std::unique_ptr<Process> process_;
  std::string url_;
  int port_ = 0;
};

std::string config(const Simulator& simulator, const std::string& kind) {
  return "[venue.exchange]\nkind = \"" + kind + "\"\nbase_url = \"" + simulator.url() +
         "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\nrecv_window = \"1s\"\n"
         "max_age = \"6h\"\nfailures = 1000000\n[strategy.default]\nvenue = \"exchange\"\nallow_opposing = "
         "true\n[listen]\nstrategy_alerts_per_second = 100000\n";
}

ProcessOptions exec_options(const Site& site) {
  ProcessOptions options = site.options({"--follow"});
  options.environment["SIM_KEY"] = "sim-key";
  options.environment["SIM_SECRET"] = "sim-secret";
  return options;
}

const char* const kOpen = "SELECT count(*) FROM signals WHERE state NOT IN ('done', 'refused', 'expired')";

// Waits as long as signals end one after the other, until at most `left` are open. An exchange's limit on
// requests may be used up for a minute; a few of them without an end are too many.
void wait_until_open(const Site& site, int left) {
  constexpr int kIdleWaits = 5;
  const std::string reached = std::string("SELECT (") + kOpen + ") <= " + std::to_string(left);
  int fewest = signal_count() + 1;
  for (int idle = 0; site.one(reached) != "1"; ++idle) {
    if (idle > kIdleWaits) FAIL(fewest << " signals are open, and none ended for a while");
    site.wait_for(reached, "1");
    const int open = std::stoi(site.one(kOpen));
    if (open < fewest) idle = 0;
    fewest = std::min(fewest, open);
  }
}

struct Run {
  int kills = 0;
  double seconds = 0;
};

Run trade(const Site& site, const Simulator& simulator, const std::string& suffix, std::mt19937& random) {
  Run run;
  const auto begin = Steady::now();
  simulator.set_faults(0.05);
  auto exec = site.start("tvhook-exec", exec_options(site));
  const auto listener = site.listen();
  const auto post = [&](int i) {
    const AlertText text{.id = std::to_string(i),
                         .action = random() % 3 == 0 ? "sell" : "buy",
                         .symbol = coin(int(random() % kSymbols)) + "USDT" + suffix,
                         .quantity = std::to_string(1 + random() % 9),
                         .price = "100",
                         .strategy = "s" + std::to_string(random() % unsigned(strategy_count()))};
    REQUIRE(listener.post(alert_body(text)).status == 200);
  };
  // Killed in the middle of whatever it does, a few times on the way (twenty in a long run): while alerts come,
  // and when they wait.
  const int life = std::max(40, signal_count() / setting("TVHOOK_EXCHANGE_KILLS", 20));
  int sent = 0;
  for (int open_at_kill = signal_count() - life; open_at_kill > life;) {
    for (const int until = std::min(signal_count(), sent + 2 * life); sent < until; ++sent) post(sent);
    wait_until_open(site, std::max(open_at_kill - (signal_count() - sent), 0));
    exec->send(SIGKILL);
    exec->wait();
    ++run.kills;
    exec = site.start("tvhook-exec", exec_options(site));
    open_at_kill -= life / 2 + int(random() % unsigned(life));
  }
  for (; sent < signal_count(); ++sent) post(sent);
  wait_until_open(site, life);
  simulator.set_faults(0);
  wait_until_open(site, 0);
  run.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  exec->send(SIGTERM);
  CAPTURE(exec->errors());
  CHECK(exec->wait() == 0);
  return run;
}

Decimal decimal(const std::string& text) { return Decimal::from_trusted(text); }

// What the exchange holds of each coin, all strategies together.
std::map<std::string, Decimal> held_there(const Simulator& simulator, bool perpetual) {
  std::map<std::string, Decimal> held;
  if (perpetual) {
    for (const auto& position : simulator.ask("positions")) {
      const Decimal quantity = decimal(position.at("quantity").get<std::string>());
      if (!quantity.is_zero()) held[position.at("symbol").get<std::string>() + ".P"] = quantity;
    }
    return held;
  }
  for (const auto& balance : simulator.ask("balances")) {
    const auto asset = balance.at("asset").get<std::string>();
    const Decimal amount =
        decimal(balance.at("free").get<std::string>()) + decimal(balance.at("locked").get<std::string>());
    if (asset != "USDT" && !amount.is_zero()) held[asset + "USDT"] = amount;
  }
  return held;
}

std::map<std::string, Decimal> held_here(const Site& site) {
  std::map<std::string, Decimal> held;
  for (const Row& row : query(site.journal(), "SELECT instrument, quantity FROM positions")) {
    const Decimal quantity = decimal(row[1]);
    if (!quantity.is_zero()) held[row[0]] += quantity;
  }
  std::erase_if(held, [](const auto& entry) { return entry.second.is_zero(); });
  return held;
}

void trade_at(const std::string& kind) {
  CAPTURE(kind);
  const bool perpetual = kind == "binance_usdm";
  std::mt19937 random{test_seed()};
  const Simulator simulator(kind, test_seed());
  const Site site(config(simulator, kind));
  const Run run = trade(site, simulator, perpetual ? ".P" : "", random);

  CHECK(site.one(kOpen) == "0");
  CHECK(site.one("SELECT count(*) FROM intents WHERE state IN ('planned', 'submitting', 'unknown')") == "0");
  std::map<std::string, int> times;
  for (const auto& order : simulator.ask("orders")) ++times[order.at("client_id").get<std::string>()];
  for (const auto& [id, count] : times) {
    CAPTURE(id);
    CHECK(count == 1);
    CHECK(site.one("SELECT count(*) FROM intents WHERE client_order_id = '" + id + "'") == "1");
  }
  CHECK(int(times.size()) > signal_count() / 4);
  CHECK(held_here(site) == held_there(simulator, perpetual));
  if (signal_count() <= 1000) return;
  WARN(kind
       << ": " << signal_count() << " signals, " << times.size() << " orders, " << run.kills << " kills, "
       << run.seconds << " s; refused: "
       << site.one(
              "SELECT group_concat(reason || ' ' || n, ', ') FROM (SELECT reason, count(*) AS n FROM signals "
              "WHERE state = 'refused' GROUP BY reason)"));
}

}  // namespace

TEST_CASE(
    "exchanges: whatever is lost on the wire and killed at the desk, each signal ends once and positions "
    "agree: spot") {
  trade_at("binance_spot");
}

TEST_CASE(
    "exchanges: whatever is lost on the wire and killed at the desk, each signal ends once and positions "
    "agree: perpetuals") {
  trade_at("binance_usdm");
}
