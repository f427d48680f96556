// The kill switch under load: when --halt has returned, nothing is decided and nothing leaves any more, however
// much was under way. TVHOOK_HALT_ROUNDS=100 does it that many times.
#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

constexpr int kLanes = 9;  // 3 symbols x 3 strategies
const char* const kOnTheWire = "SELECT client_order_id FROM intents WHERE state IN ('submitting', 'unknown')";

int rounds() {
  const char* const wanted = std::getenv("TVHOOK_HALT_ROUNDS");
  return wanted == nullptr ? 10 : std::atoi(wanted);
}

// One alert after the other, each answered before the next, over all lanes, buying and selling in turns.
class Traffic {
 public:
  explicit Traffic(const Listener& listener)
      : thread_([this, connection = listener.connect()](const std::stop_token& stop) mutable {
          for (int i = 0; !stop.stop_requested(); ++i) {
            const AlertText text{.id = std::to_string(i),
                                 .action = i / kLanes % 2 == 0 ? "buy" : "sell",
                                 .symbol = "S" + std::to_string(i % 3) + "USDT.P",
                                 .quantity = "0.001",
                                 .price = "100",
                                 .strategy = "s" + std::to_string(i / 3 % 3)};
            if (connection.post("/webhook", alert_body(text)).status != 200) ++refused_;
            ++answered_;
            answered_.notify_all();
          }
        }) {}

  // Waits until that many more alerts have been answered.
  void wait_for(int more) const {
    const int wanted = answered_ + more;
    for (int seen = answered_; seen < wanted; seen = answered_) answered_.wait(seen);
  }
  void stop() {
    thread_.request_stop();
    thread_.join();
  }
  int answered() const { return answered_; }
  int refused() const { return refused_; }

 private:
  std::atomic<int> answered_{0};
  std::atomic<int> refused_{0};
  std::jthread thread_;
};

std::string now() { return std::to_string(tvh::nanoseconds_since_epoch(tvh::SystemClock().now())); }

// What --halt said was on the wire: the first word of each line but the first.
std::set<std::string> listed_by(const Finished& halt) {
  std::set<std::string> ids;
  for (const std::string& line : lines_of(halt.output)) {
    if (line.starts_with("  ")) ids.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return ids;
}

struct Round {
  int on_the_wire = 0;
  int arrived_later = 0;
};

Round halt_once(const Site& site, const Traffic& traffic) {
  const Finished halt = site.run_tool("tvhook-exec", {"--halt", "x"});
  const std::string returned = now();
  const std::string intents = site.one("SELECT count(*) || ' ' || coalesce(max(rowid), 0) FROM intents");
  CAPTURE(halt.output, halt.errors);
  CHECK(halt.code == 0);
  CHECK(site.one("SELECT count(*) FROM intents WHERE state = 'planned'") == "0");
  const std::set<std::string> listed = listed_by(halt);
  for (const Row& row : query(site.journal(), kOnTheWire)) CHECK(listed.contains(row.front()));

  traffic.wait_for(2 * kLanes);
  // Some of what came after the halt has been dealt with, so the executor was not merely slow.
  CHECK(site.wait_for("SELECT count(*) >= 5 FROM signals WHERE reason = 'halted' AND received_at > " + returned,
                      "1") == "1");
  CHECK(site.one("SELECT count(*) || ' ' || coalesce(max(rowid), 0) FROM intents") == intents);
  CHECK(site.one("SELECT count(*) FROM intents WHERE planned_at > " + returned) == "0");
  CHECK(site.one("SELECT count(*) FROM order_events WHERE event IN ('submit', 'resend', 'retry') AND at > " +
                 returned) == "0");
  // What was under way is awaited; nothing else reached the venue.
  CHECK(site.wait_for("SELECT count(*) FROM intents WHERE state = 'submitting'", "0") == "0");
  Round round;
  round.on_the_wire = int(listed.size());
  for (const Row& row :
       query(site.journal(), "SELECT client_order_id FROM paper_orders WHERE at > " + returned)) {
    CHECK(listed.contains(row.front()));
    ++round.arrived_later;
  }

  const std::string resumed = now();
  CHECK(site.run_tool("tvhook-exec", {"--resume"}).code == 0);
  CHECK(site.wait_for("SELECT count(*) >= 5 FROM intents WHERE state = 'filled' AND planned_at > " + resumed,
                      "1") == "1");
  return round;
}

}  // namespace

TEST_CASE("halt: under constant load, nothing is decided and nothing leaves once --halt has returned") {
  const Site site(
      "[venue.paper]\nfee_percent = \"0\"\nlatency = \"20ms\"\n[strategy.default]\nallow_opposing = true\n");
  Listener listener = site.listen({"--no-stdout"});
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  Traffic traffic(listener);
  REQUIRE(exec->wait_for_lines(kLanes));

  int on_the_wire = 0;
  int arrived_later = 0;
  for (int round = 1; round <= rounds(); ++round) {
    CAPTURE(round);
    const Round one = halt_once(site, traffic);
    on_the_wire += one.on_the_wire;
    arrived_later += one.arrived_later;
  }
  traffic.stop();
  // Otherwise no halt ever met an order under way, and nothing was tried.
  CHECK(on_the_wire > 0);

  CHECK(traffic.refused() == 0);
  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state IN ('done', 'refused')",
                      std::to_string(traffic.answered())) == std::to_string(traffic.answered()));
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'refused' AND reason <> 'halted'") == "0");
  CHECK(site.one("SELECT count(*) FROM intents WHERE state <> 'filled'") == "0");
  CHECK(site.run_tool("tvhook-reconcile", {"--venue", "paper"}).code == 0);
  if (rounds() > 10)
    WARN(rounds() << " halts, " << on_the_wire << " orders on the wire, " << arrived_later
                  << " of them reached the venue after the return");
}
