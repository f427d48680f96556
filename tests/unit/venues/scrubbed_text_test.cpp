// A venue that sends our own keys back: they go no further.
#include <poll.h>

#include "support/catch.hpp"
#include "support/samples.hpp"
#include "support/scripted_server.hpp"
#include "venues/registry.hpp"

using namespace tvh;
using namespace tvh::test;

namespace {

template <class Answer, class Start>
Answer answer(venue::ExchangeVenue& venue, const Start& start) {
  std::optional<Answer> given;
  start([&](Answer told) { given.emplace(std::move(told)); });
  for (int turn = 0; !given && turn < 1000; ++turn) {
    pollfd watched{venue.wait_fd(), POLLIN, 0};
    ::poll(&watched, 1, 50);
    venue.run_due();
  }
  REQUIRE(given);
  return std::move(*given);
}

// 264 bytes and then characters of two, the cut falling within one.
std::string x_and_many_accents() {
  std::string text(264, 'x');
  for (int each = 0; each < 2000; ++each) text += "\xC3\xA9";
  return text;
}

}  // namespace

TEST_CASE(
    "exchange venue: a text of the venue's that carries our keys is told without them, and is not endless") {
  const SystemClock clock;
  // Answers the time, and everything else with its own head: key, signature and all.
  ScriptedServer server([&](Peer& peer, int) {
    while (const auto request = peer.read_request()) {
      if (request->find("/api/v3/time") != std::string::npos) {
        peer.answer(R"({"serverTime":)" + std::to_string(nanoseconds_since_epoch(clock.now()) / 1'000'000) +
                    "}");
        continue;
      }
      peer.answer(
          R"({"code":-1013,"msg":"CANARYKEY CANARYSECRET and CANARYKEY )" + x_and_many_accents() + "\"}",
          "HTTP/1.1 400 Bad Request\r\n");
    }
  });
  venues::Access access;
  access.venue = "mine";
  access.kind = "binance_spot";
  access.mode = "testnet";
  access.api_key = Secret("CANARYKEY");
  access.api_secret = Secret("CANARYSECRET");
  access.base_url = server.url("");
  const auto venue = venues::open_exchange(access, clock, nullptr);
  REQUIRE(venue);
  model::OrderRequest order;
  order.client_order_id = "tvha";
  order.instrument = "BTCUSDT";
  order.quantity = dec("1");
  const auto outcome = answer<model::SubmitOutcome>(**venue, [&](auto done) { (*venue)->submit(order, done); });
  REQUIRE(std::holds_alternative<model::Refused>(outcome));
  const std::string text = std::get<model::Refused>(outcome).message;
  CHECK(text.starts_with("[secret] [secret] and [secret] xxx"));
  CHECK(text.size() == 299);
  CHECK(text.ends_with("\xC3\xA9"));
  using All = Result<std::vector<model::PaperBalance>>;
  const auto balances = answer<All>(**venue, [&](auto done) { (*venue)->read_balances(done); });
  REQUIRE_FALSE(balances);
  CHECK(balances.error().message.find("CANARY") == std::string::npos);
}
