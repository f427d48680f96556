#include "engine/breaker.hpp"

#include "support/catch.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using test::at_second;

const BreakerRules kRules{3, std::chrono::seconds(60), std::chrono::seconds(300)};

Breaker opened_at(std::int64_t second) {
  Breaker breaker;
  for (int order = 2; order >= 0; --order)
    note_failure(breaker, kRules, "tvh" + std::to_string(order), at_second(second - order));
  return breaker;
}
bool passes(const Breaker& breaker, std::int64_t second) {
  return !check_breaker(breaker, kRules, "fake", at_second(second)).has_value();
}

}  // namespace

TEST_CASE("breaker: it opens with the last of so many failures in a row, and says how long it stays open") {
  Breaker breaker;
  note_failure(breaker, kRules, "tvha", at_second(0));
  note_failure(breaker, kRules, "tvhb", at_second(1));
  CHECK(passes(breaker, 2));
  note_failure(breaker, kRules, "tvhc", at_second(2));
  const auto refusal = check_breaker(breaker, kRules, "fake", at_second(3));
  REQUIRE(refusal);
  CHECK(refusal->rule == "circuit_open");
  CHECK(refusal->message.find("fake") != std::string::npos);
  CHECK(refusal->message.find("299 s") != std::string::npos);
}

TEST_CASE("breaker: a success between failures begins the row anew") {
  Breaker breaker;
  note_failure(breaker, kRules, "tvha", at_second(0));
  note_failure(breaker, kRules, "tvhb", at_second(1));
  note_success(breaker, "tvhc");
  note_failure(breaker, kRules, "tvhd", at_second(2));
  note_failure(breaker, kRules, "tvhe", at_second(3));
  CHECK(passes(breaker, 4));
}

TEST_CASE("breaker: failures further apart than the window do not add up") {
  Breaker breaker;
  for (int order = 0; order < 20; ++order)
    note_failure(breaker, kRules, "tvh" + std::to_string(order), at_second(order * 40));
  CHECK(passes(breaker, 800));
}

TEST_CASE("breaker: it remembers no more failures than it needs") {
  Breaker breaker;
  for (int order = 0; order < 100; ++order) note_failure(breaker, kRules, "tvha", at_second(order));
  CHECK(breaker.failures.size() <= 3);
}

TEST_CASE("breaker: after cool_down one entry is let through, and no second beside it") {
  Breaker breaker = opened_at(0);
  CHECK_FALSE(passes(breaker, 299));
  CHECK(passes(breaker, 300));
  note_entry(breaker, "tvhprobe");
  CHECK_FALSE(passes(breaker, 301));
  CHECK_FALSE(passes(breaker, 100'000));
}

TEST_CASE("breaker: the probe's success closes it, its failure opens it for another cool_down") {
  Breaker breaker = opened_at(0);
  note_entry(breaker, "tvhprobe");
  Breaker closed = breaker;
  note_success(closed, "tvhprobe");
  CHECK(passes(closed, 301));
  CHECK(closed == Breaker());

  note_failure(breaker, kRules, "tvhprobe", at_second(310));
  CHECK_FALSE(passes(breaker, 609));
  CHECK(passes(breaker, 610));
}

TEST_CASE("breaker: a probe that came to nothing either way lets the next entry try") {
  Breaker breaker = opened_at(0);
  note_entry(breaker, "tvhprobe");
  forget_probe(breaker, "tvhother");
  CHECK_FALSE(passes(breaker, 400));
  forget_probe(breaker, "tvhprobe");
  CHECK(passes(breaker, 400));
}

TEST_CASE("breaker: an entry that passes while it is closed is no probe") {
  Breaker breaker;
  note_entry(breaker, "tvha");
  CHECK_FALSE(breaker.probe.has_value());
}

TEST_CASE("breaker: its text says all of it, and text that is not ours is nothing") {
  Breaker some;
  note_failure(some, kRules, "tvha", at_second(0));
  Breaker probing = opened_at(0);
  note_entry(probing, "tvhprobe");
  for (const Breaker& breaker : {Breaker(), some, opened_at(0), probing}) {
    INFO(format_breaker(breaker));
    CHECK(parse_breaker(format_breaker(breaker)) == breaker);
  }
  for (const char* text : {"open", "open x", "12.5", "-", "failures", "\xff"}) {
    INFO(text);
    CHECK_FALSE(parse_breaker(text).has_value());
  }
}

TEST_CASE("breaker: the status names every breaker there is, and when an open one probes") {
  const auto all =
      describe_breakers({{"fake", kRules}, {"other", kRules}}, {{"fake", opened_at(0)}}, at_second(1));
  REQUIRE(all.size() == 2);
  CHECK(all[0].venue == "fake");
  CHECK(all[0].open);
  CHECK(all[0].probes_at == at_second(300));
  CHECK(all[1].venue == "other");
  CHECK_FALSE(all[1].open);
  CHECK(all[1].limit == 3);
  CHECK(all[1].failures == 0);
}
