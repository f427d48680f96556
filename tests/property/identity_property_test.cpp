#include <set>

#include "alert_maker.hpp"
#include "engine/identity.hpp"
#include "support/catch.hpp"
#include "wire/alert_reader.hpp"

using namespace tvh;
using test::Random;
using test::Trade;

namespace {

constexpr std::uint64_t kSeeds = 300;

model::Identity identity_of_text(const std::string& text) {
  auto parsed = wire::parse_alert(text);
  if (auto* finding = std::get_if<wire::Finding>(&parsed)) FAIL(text << ": " << finding->message);
  const wire::Decoded decoded = wire::decode_alert(std::get<wire::ParsedAlert>(parsed), {});
  for (const auto& finding : decoded.findings) {
    if (finding.severity == wire::Severity::error) FAIL(text << ": " << finding.message);
  }
  return engine::identity_of(*decoded.signal, engine::kDefaultResendWindow);
}

Trade random_trade(Random& random) {
  Trade trade;
  trade.buy = random.below(2) == 0;
  trade.symbol = random.pick(std::vector<std::string>{"BTCUSDT", "ETHUSDT", "SOLUSDC"});
  trade.perp = random.below(2) == 0;
  trade.strategy = random.pick(std::vector<std::string>{"ma", "breakout"});
  trade.quantity_thousandths = int(1 + random.below(5000));
  trade.stop_loss = random.below(3) == 0 ? int(1 + random.below(500)) : 0;
  return trade;
}

// One thing about the trade made different.
Trade changed(Trade trade, std::size_t what) {
  switch (what) {
    case 0:
      trade.buy = !trade.buy;
      break;
    case 1:
      trade.symbol = trade.symbol == "BTCUSDT" ? "BTCUSDC" : "BTCUSDT";
      break;
    case 2:
      trade.perp = !trade.perp;
      break;
    case 3:
      trade.strategy += "2";
      break;
    case 4:
      ++trade.quantity_thousandths;
      break;
    default:
      ++trade.stop_loss;
      break;
  }
  return trade;
}

}  // namespace

TEST_CASE(
    "identity property: order of keys, names, spelling of numbers and a new timenow leave the content alone") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const Trade trade = random_trade(random);
    const auto first = identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:15:03Z"));
    const auto resent = identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:15:08Z"));
    const auto timeless = identity_of_text(test::spell_alert(trade, random, ""));
    REQUIRE(first.content == resent.content);
    REQUIRE(first.content == timeless.content);
    // Both times lie in one bar, so rule 2 sees one trade as well.
    REQUIRE(first.rule == model::Identity::Rule::trade_and_bar);
    REQUIRE(first.key == resent.key);
    REQUIRE(timeless.rule == model::Identity::Rule::content_window);
  }
}

TEST_CASE(
    "identity property: any change of side, symbol, market, strategy, quantity or stop changes content and "
    "key") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    const Trade trade = random_trade(random);
    const auto first = identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:15:03Z"));
    for (std::size_t what = 0; what < 6; ++what) {
      INFO("seed " << seed << " change " << what);
      const auto other =
          identity_of_text(test::spell_alert(changed(trade, what), random, "2026-11-20T10:15:03Z"));
      REQUIRE(first.content != other.content);
      REQUIRE(first.key != other.key);
    }
  }
}

TEST_CASE("identity property: another bar is another trade of the same content") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const Trade trade = random_trade(random);
    const auto first = identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:15:03Z"));
    const auto later = identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:30:03Z"));
    REQUIRE(first.content == later.content);
    REQUIRE(first.key != later.key);
    REQUIRE(engine::signal_id(first, "") != engine::signal_id(later, ""));
  }
}

TEST_CASE("identity property: different trades never share an id") {
  std::set<std::string> ids;
  std::set<std::string> trades;
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const Trade trade = random_trade(random);
    trades.insert(std::to_string(trade.buy) + trade.symbol + std::to_string(trade.perp) + trade.strategy + "/" +
                  std::to_string(trade.quantity_thousandths) + "/" + std::to_string(trade.stop_loss));
    ids.insert(
        engine::signal_id(identity_of_text(test::spell_alert(trade, random, "2026-11-20T10:15:03Z")), ""));
  }
  CHECK(ids.size() == trades.size());
}
