// Killed at every step that has a name, each time it is passed, and once more while recovering: what the
// journal and the venue say in the end is what they say without any of it. TVHOOK_CRASH_PAIRS=all kills the
// second life at every step too, instead of at one of them.
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

constexpr int kKilled = 128 + SIGKILL;
constexpr std::array<const char*, 6> kSteps{"claimed", "intent_committed", "submitted",
                                            "queried", "cancelled",        "settled"};
const char* const kUnfinished = R"sql(
SELECT (SELECT count(*) FROM signals WHERE state = 'pending') + (SELECT count(*) FROM requests WHERE state <> 'done') +
  (SELECT count(*) FROM intents WHERE state IN ('planned', 'submitting', 'unknown')) +
  (SELECT count(*) FROM signals s WHERE state = 'claimed' AND NOT EXISTS
    (SELECT * FROM intents i WHERE i.signal_id = s.id AND i.state = 'accepted')))sql";

// Everything that is kept, but when. Rows of all tables, each with its table's name.
const char* const kState = R"sql(
SELECT 'signal', id, strategy, symbol, market, action, state, reason, message FROM signals ORDER BY id;
SELECT 'intent', client_order_id, signal_id, strategy, venue, instrument, leg, side, order_type, quantity, limit_price,
  reference_price, clipped_from, reduce_only, state, filled_quantity, venue_order_id, reason, message
  FROM intents ORDER BY client_order_id;
SELECT 'fill', venue, instrument, venue_order_id, trade_id, client_order_id, strategy, side, quantity, price, fee,
  fee_asset, realised, inferred FROM fills ORDER BY client_order_id, trade_id;
SELECT 'position', venue, instrument, strategy, quantity, average_price, realised_profit, entries, last_entry
  FROM positions ORDER BY 2, 3, 4;
SELECT 'request', seq, kind, arguments, state, result FROM requests ORDER BY seq;
SELECT 'balance', venue, asset, amount FROM paper_balances ORDER BY 2, 3;
SELECT 'paper position', venue, instrument, quantity, entry_price FROM paper_positions ORDER BY 2, 3;
SELECT 'price', venue, instrument, price FROM paper_prices ORDER BY 2, 3;
SELECT 'paper order', venue, client_order_id, venue_order_id, instrument, side, order_type, quantity, limit_price,
  reference_price, reduce_only, triggered, filled_quantity, price, fee, fee_asset, state, reason
  FROM paper_orders ORDER BY 2, 3;
)sql";

std::string state_of(const Site& site) {
  std::string text;
  for (const Row& row : query(site.journal(), kState)) {
    for (const std::string& column : row) text += column + " | ";
    text += '\n';
  }
  return text;
}

std::string config(const std::string& latency) {
  return "[venue.paper]\nfee_percent = \"0\"\n" + latency +
         "[venue.broke]\nkind = \"paper\"\n[venue.broke.balances]\nUSDT = \"5\"\n"
         "[strategy.gambler]\nvenue = \"broke\"\n";
}

// Prices of an instrument are equal: lanes run side by side, and which of two prices comes last is nobody's
// rule.
std::string alert(const std::string& id, const std::string& strategy, const std::string& action,
                  const std::string& symbol, const std::string& rest = "") {
  return std::string("{\"secret\":\"") + kSecret + "\",\"signal_id\":\"" + id + "\",\"strategy\":\"" +
         strategy + "\",\"action\":\"" + action + "\",\"symbol\":\"" + symbol + "\"" + rest + "}";
}

void post_all(const Site& site, const std::vector<std::string>& alerts) {
  Listener listener = site.listen({"--no-stdout"});
  for (const std::string& body : alerts) {
    const HttpAnswer answer = listener.post(body);
    if (answer.status != 200) throw std::runtime_error("not accepted: " + answer.body);
  }
  if (listener.stop() != 0) throw std::runtime_error("the listener did not stop well");
}

bool is_finished(const Site& site) { return site.one(kUnfinished) == "0"; }

// One life of `exec --follow` over what the journal holds. Whether it finished the work (it is told to stop
// then) or was killed before.
enum class Life { finished, killed };
Life live(const Site& site, const std::string& crash_at) {
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ::inotify_add_watch(watch, site.folder().c_str(), IN_MODIFY);
  ProcessOptions options = site.options({"--follow"});
  if (!crash_at.empty()) options.environment["TVHOOK_CRASH_AT"] = crash_at;
  auto exec = site.start("tvhook-exec", options);
  const int life = int(::syscall(SYS_pidfd_open, exec->pid(), 0));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (exec->running() && !is_finished(site) && std::chrono::steady_clock::now() < deadline) {
    std::array<pollfd, 2> waits{{{watch, POLLIN, 0}, {life, POLLIN, 0}}};
    ::poll(waits.data(), life < 0 ? 1 : 2, 250);
    std::array<char, 4096> events;
    while (::read(watch, events.data(), events.size()) > 0) {
    }
  }
  ::close(watch);
  if (life >= 0) ::close(life);
  exec->send(SIGTERM);
  const int code = exec->wait();
  if (code == kKilled) return Life::killed;
  CAPTURE(crash_at, exec->errors(), exec->output());
  // A life with nothing left to do may be told to stop before it has learned to listen.
  if (code != 128 + SIGTERM) CHECK(code == 0);
  CHECK(is_finished(site));
  return Life::finished;
}

// A journal with all the work in it, and none of it done: what a flatten asks for and what it ends, orders of
// several lanes, one that rests and its cancel, one that goes on resting, what is refused by us and what by the
// venue.
void prepare(const Site& site) {
  post_all(site, {alert("h1", "held", "buy", "ETHUSDT.P", R"(,"quantity":"0.5","price":2000)"),
                  alert("h2", "held", "buy", "ETHUSDT.P",
                        R"(,"quantity":"0.1","price":2000,"order_type":"limit","limit_price":1500)"),
                  alert("q1", "quiet", "buy", "ETHUSDT",
                        R"(,"quantity":"0.1","price":2000,"order_type":"limit","limit_price":1000)")});
  REQUIRE(live(site, "") == Life::finished);
  ProcessOptions flatten = site.options({"--flatten", "--strategy", "held"});
  flatten.environment["TVHOOK_CRASH_AT"] = "claimed";  // it has asked, and done nothing
  REQUIRE(site.start("tvhook-exec", flatten)->wait() == kKilled);
  REQUIRE(site.one("SELECT state FROM requests") == "waiting");
  post_all(site, {alert("a1", "a", "buy", "BTCUSDT", R"(,"quantity":"0.01","price":65000)"),
                  alert("b1", "b", "buy", "BTCUSDT", R"(,"quantity":"0.02","price":65000)"),
                  alert("a2", "a", "buy", "SOLUSDT", R"(,"quantity":"1.5","price":100)"),
                  alert("r1", "resting", "buy", "BTCUSDT",
                        R"(,"quantity":"0.01","price":65000,"order_type":"limit","limit_price":60000)"),
                  alert("r2", "resting", "cancel", "BTCUSDT"),
                  alert("a3", "a", "sell", "BTCUSDT", R"(,"quantity":"0.004","price":65000)"),
                  alert("c1", "c", "close_long", "ETHUSDT", R"(,"price":2000)"),
                  alert("g1", "gambler", "buy", "BTCUSDT", R"(,"quantity":"1","price":65000)"),
                  alert("h3", "held", "buy", "ETHUSDT.P", R"(,"quantity":"0.2","price":2000)")});
}

void copy_journal(const Site& from, const Site& to) {
  for (const auto& entry : std::filesystem::directory_iterator(from.folder())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("journal.db")) std::filesystem::copy_file(entry.path(), to.file(name));
  }
}

// Lives of one copy of the journal: killed at `first`, killed at `second`, then left alone.
struct Kills {
  int first = 0;
  int second = 0;
};

class Trial {
 public:
  explicit Trial(const std::string& latency)
      : config_(config(latency)), prepared_(config_), expected_site_(config_) {
    prepare(prepared_);
    copy_journal(prepared_, expected_site_);
    REQUIRE(live(expected_site_, "") == Life::finished);
    expected_ = state_of(expected_site_);
  }

  const Site& uncrashed() const { return expected_site_; }

  Kills run(const std::string& first, const std::string& second) const {
    Kills kills;
    const Site site(config_);
    copy_journal(prepared_, site);
    Life last = live(site, first);
    if (last == Life::killed) {
      ++kills.first;
      last = live(site, second);
      if (last == Life::killed && !second.empty()) {
        ++kills.second;
        last = live(site, "");
      }
    }
    CAPTURE(first, second);
    CHECK(last == Life::finished);
    CHECK(state_of(site) == expected_);
    return kills;
  }

 private:
  std::string config_;
  Site prepared_;
  Site expected_site_;
  std::string expected_;
};

bool every_pair() {
  const char* const wanted = std::getenv("TVHOOK_CRASH_PAIRS");
  return wanted != nullptr && std::string(wanted) == "all";
}

}  // namespace

TEST_CASE("crash points: killed at every step, and again while recovering, the end is that of no kill at all") {
  const std::string latency = GENERATE("", "latency = \"2ms\"\n");
  CAPTURE(latency);
  const Trial trial(latency);
  CHECK(trial.uncrashed().one(
            "SELECT group_concat(state || reason, ' ') FROM (SELECT * FROM signals ORDER BY seq)") ==
        "done done claimed done done done done done done refusednothing_to_close refusedinsufficient_balance "
        "refusedflattened done");
  CHECK(trial.uncrashed().one("SELECT group_concat(state, ' ') FROM (SELECT * FROM intents ORDER BY state)") ==
        "accepted cancelled cancelled filled filled filled filled filled filled refused");

  int number = 0;
  for (const std::string step : kSteps) {
    Kills all;
    int times = 0;
    for (bool killed = true; killed;) {
      ++times;
      const std::string first = step + ":" + std::to_string(times);
      Kills kills;
      if (every_pair()) {
        for (const std::string second : kSteps) {
          const Kills one = trial.run(first, second);
          kills.first += one.first;
          kills.second += one.second;
        }
      } else {
        kills = trial.run(first, kSteps[std::size_t(number++) % kSteps.size()]);
      }
      killed = kills.first > 0;
      all.first += kills.first;
      all.second += kills.second;
    }
    CHECK(all.first > 0);
    CHECK(all.second > 0);
    if (!every_pair()) continue;  // run by hand, it tells
    std::cout << (latency.empty() ? "no latency  " : "latency 2ms ") << step << ": " << all.first << " kills, "
              << all.second << " while recovering\n";
  }
}
