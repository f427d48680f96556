#include "engine/reconcile.hpp"

#include "support/catch.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using engine::Comparison;
using test::dec;

model::Position held(const char* instrument, const char* strategy, const char* quantity) {
  return {"paper", instrument, strategy, dec(quantity), dec("1"), {}};
}

std::vector<Comparison> compare(const std::vector<model::Position>& positions,
                                const std::vector<engine::HeldAtVenue>& at_venue, const char* tolerance = "0",
                                const std::set<std::string>& unsettled = {},
                                const std::set<std::string>& open = {}) {
  return engine::compare_positions(positions, at_venue, {open, unsettled}, dec(tolerance));
}

}  // namespace

TEST_CASE("reconcile: equal positions are told and do not differ") {
  const auto rows = compare({held("BTCUSDT", "ma", "0.5")}, {{"BTCUSDT", dec("0.5")}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].instrument == "BTCUSDT");
  CHECK(rows[0].strategies == std::vector<std::string>{"ma"});
  CHECK_FALSE(rows[0].differs);
  CHECK(rows[0].cause.empty());
  CHECK(rows[0].drift.is_zero());
}

TEST_CASE("reconcile: strategies are summed before they are compared, opposite ones too") {
  const auto rows =
      compare({held("BTCUSDT.P", "a", "0.5"), held("BTCUSDT.P", "b", "-0.2")}, {{"BTCUSDT.P", dec("0.3")}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].journal == dec("0.3"));
  CHECK(rows[0].strategies == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(rows[0].differs);
}

TEST_CASE("reconcile: drift is the venue less the journal, signed") {
  CHECK(compare({held("BTCUSDT", "ma", "0.1")}, {{"BTCUSDT", dec("0.3")}})[0].drift == dec("0.2"));
  CHECK(compare({held("BTCUSDT", "ma", "0.3")}, {{"BTCUSDT", dec("0.1")}})[0].drift == dec("-0.2"));
  CHECK(compare({held("BTCUSDT", "ma", "0.3")}, {})[0].drift == dec("-0.3"));
}

TEST_CASE("reconcile: each difference has its cause") {
  CHECK(compare({held("BTCUSDT", "ma", "0.1")}, {{"BTCUSDT", dec("0.3")}})[0].cause == "unexplained");
  CHECK(compare({}, {{"SOLUSDT", dec("3")}})[0].cause == "not_ours");
  CHECK(compare({held("BTCUSDT", "ma", "0.1")}, {{"BTCUSDT", dec("0.3")}}, "0", {"BTCUSDT"})[0].cause ==
        "unknown_outcome");
  CHECK(compare({held("BTCUSDT", "ma", "0.1")}, {}, "0", {"ETHUSDT"})[0].cause == "unexplained");
}

TEST_CASE("reconcile: an order of unknown outcome on an instrument nobody holds is not a stranger's trade") {
  const auto rows = compare({}, {{"BTCUSDT", dec("0.3")}}, "0", {"BTCUSDT"});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].cause == "unknown_outcome");
}

TEST_CASE("reconcile: a difference of exactly the tolerance is none, one more is") {
  CHECK_FALSE(compare({held("BTCUSDT", "ma", "1")}, {{"BTCUSDT", dec("1.001")}}, "0.001")[0].differs);
  CHECK_FALSE(compare({held("BTCUSDT", "ma", "1")}, {{"BTCUSDT", dec("0.999")}}, "0.001")[0].differs);
  CHECK(compare({held("BTCUSDT", "ma", "1")}, {{"BTCUSDT", dec("1.0010001")}}, "0.001")[0].differs);
}

TEST_CASE("reconcile: flat rows on both sides are not told; rows are in order of the instrument's name") {
  const auto rows = compare({held("SOLUSDT", "ma", "0"), held("ETHUSDT", "ma", "2")},
                            {{"BTCUSDT", dec("1")}, {"SOLUSDT", dec("0")}, {"ETHUSDT", dec("2")}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].instrument == "BTCUSDT");
  CHECK(rows[1].instrument == "ETHUSDT");
}

TEST_CASE("reconcile: two strategies that cancel out are still told") {
  const auto rows = compare({held("BTCUSDT.P", "a", "0.5"), held("BTCUSDT.P", "b", "-0.5")}, {});
  REQUIRE(rows.size() == 1);
  CHECK_FALSE(rows[0].differs);
  CHECK(rows[0].strategies.size() == 2);
}

namespace {

model::Intent open_order(model::OrderState state, TimePoint submitted_at = test::at_second(0)) {
  model::Intent intent;
  intent.state = state;
  intent.submitted_at = submitted_at;
  return intent;
}

std::string cause_of(model::OrderState state, const std::optional<model::QueryOutcome>& told,
                     engine::ExecutorNow executor = engine::ExecutorNow::absent) {
  const auto finding = engine::judge_order(open_order(state), told, executor);
  return finding ? finding->cause : "";
}

}  // namespace

TEST_CASE("reconcile: what was sent and has not ended is in question, at once or after an executor's moment") {
  using engine::ExecutorNow;
  using model::OrderState;
  const auto asks = [](OrderState state, ExecutorNow executor, int seconds) {
    return engine::is_in_question(open_order(state), executor, test::at_second(seconds));
  };
  for (const auto state :
       {OrderState::submitting, OrderState::unknown, OrderState::accepted, OrderState::partially_filled}) {
    CHECK(asks(state, ExecutorNow::absent, 0));
    CHECK_FALSE(asks(state, ExecutorNow::runs, 60));
    CHECK(asks(state, ExecutorNow::runs, 61));
  }
  for (const auto state : {OrderState::planned, OrderState::filled, OrderState::dropped, OrderState::absent})
    CHECK_FALSE(asks(state, ExecutorNow::absent, 1000));
}

TEST_CASE("reconcile: an order that is not settled is a finding, whatever the venue says of it") {
  for (const auto state : {model::OrderState::submitting, model::OrderState::unknown}) {
    CHECK(cause_of(state, std::nullopt) == "order_unsettled");
    CHECK(cause_of(state, model::NotFound{}) == "order_unsettled");
    CHECK(cause_of(state, model::Unknown{"silence"}) == "order_unsettled");
    CHECK(cause_of(state, model::OrderReport{"1", model::OrderState::filled, dec("1"), {}},
                   engine::ExecutorNow::runs) == "order_unsettled");
  }
}

TEST_CASE("reconcile: an order that rests is a finding when the venue lost it, or moved on with no executor") {
  using engine::ExecutorNow;
  using model::OrderState;
  const auto report = [](OrderState state, const char* filled) {
    return model::OrderReport{"1", state, dec(filled), {}};
  };
  CHECK(cause_of(OrderState::accepted, std::nullopt).empty());
  CHECK(cause_of(OrderState::accepted, model::Unknown{"silence"}).empty());
  CHECK(cause_of(OrderState::accepted, report(OrderState::accepted, "0")).empty());
  CHECK(cause_of(OrderState::accepted, model::NotFound{}, ExecutorNow::runs) == "order_gone");
  CHECK(cause_of(OrderState::accepted, report(OrderState::cancelled, "0")) == "order_moved");
  CHECK(cause_of(OrderState::accepted, report(OrderState::partially_filled, "0.1")) == "order_moved");
  CHECK(cause_of(OrderState::accepted, report(OrderState::cancelled, "0"), ExecutorNow::runs).empty());
}

TEST_CASE(
    "reconcile: a balance belongs to the instrument that was traded, whatever else is bought as its asset") {
  const std::vector<engine::HeldAtVenue> btc{{"BTCEUR", dec("0.3"), "BTC", {"BTCUSDC", "BTCUSDT"}}};
  const auto rows = compare({held("BTCUSDT", "ma", "0.1")}, btc);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].instrument == "BTCUSDT");
  CHECK(rows[0].drift == dec("0.2"));
  CHECK(compare({}, btc).empty());  // nothing of it was traded here
  const auto flat = compare({held("BTCUSDT", "ma", "0")}, btc);
  REQUIRE(flat.size() == 1);
  CHECK(flat[0].cause == "not_ours");
  const auto resting = compare({}, btc, "0", {}, {"BTCEUR"});
  REQUIRE(resting.size() == 1);
  CHECK(resting[0].instrument == "BTCEUR");
}

TEST_CASE("reconcile: instruments that share an asset share a row, and the others keep theirs") {
  const std::vector<engine::HeldAtVenue> held_there{{"BTCEUR", dec("0.3"), "BTC", {"BTCUSDC", "BTCUSDT"}},
                                                    {"ETHUSDT", dec("1"), "ETH", {}}};
  const std::vector<model::Position> ours{held("BTCUSDC", "b", "0.1"), held("BTCUSDT", "a", "0.2"),
                                          held("BTCUSDT", "b", "0"), held("ETHUSDT", "ma", "2")};
  const auto rows = compare(ours, held_there);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].instrument == "BTCUSDC+BTCUSDT");
  CHECK(rows[0].strategies == std::vector<std::string>{"a", "b"});
  CHECK(rows[0].journal == dec("0.3"));
  CHECK_FALSE(rows[0].differs);
  CHECK(rows[1].drift == dec("-1"));
  CHECK(compare(ours, {{"BTCUSDC", dec("0"), "BTC", {"BTCUSDT"}}}, "0", {"BTCUSDT"})[0].cause ==
        "unknown_outcome");
}
