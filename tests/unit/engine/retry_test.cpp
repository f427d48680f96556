#include "engine/retry.hpp"

#include <set>

#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using model::RetryClass;

const RetryRule* const kBounded[] = {&retry_rule(RetryClass::throttled),
                                     &retry_rule(RetryClass::clock),
                                     &retry_rule(RetryClass::unreachable),
                                     &resend_rule(),
                                     &cancel_rule(),
                                     &look_up_rule()};

// Half of the doubled wait at least, all of it at most.
Nanoseconds doubled(const RetryRule& rule, int attempt) {
  Nanoseconds wait = rule.first;
  for (int step = 0; step < attempt && wait < rule.longest; ++step) wait *= 2;
  return std::min(wait, rule.longest);
}

}  // namespace

TEST_CASE("retry: every request that may change something is bounded, and says why it is safe") {
  for (const RetryRule* rule : kBounded) {
    INFO(rule->safe_because);
    CHECK(rule->most >= 2);
    CHECK(rule->most <= 10);
    CHECK(rule->first <= rule->longest);
    CHECK_FALSE(rule->safe_because.empty());
  }
}

TEST_CASE("retry: a wait doubles with each attempt up to the longest, and jitter takes at most half of it") {
  for (const RetryRule* rule : kBounded) {
    for (int attempt = 0; attempt < 40; ++attempt) {
      for (const char* key : {"tvha", "tvhb", "tvhc"}) {
        const Nanoseconds wait = backoff(*rule, key, attempt);
        INFO(rule->safe_because << ", attempt " << attempt);
        CHECK(wait >= doubled(*rule, attempt) / 2);
        CHECK(wait <= doubled(*rule, attempt));
      }
    }
  }
}

TEST_CASE("retry: no number of attempts makes the wait overflow") {
  CHECK(backoff(query_rule(), "tvha", 1'000'000) <= query_rule().longest);
  CHECK(backoff(query_rule(), "tvha", 1'000'000) >= query_rule().longest / 2);
}

TEST_CASE("retry: the jitter is a function of order and attempt: the same again, and different for others") {
  const RetryRule& rule = retry_rule(RetryClass::throttled);
  std::set<Nanoseconds> waits;
  for (int order = 0; order < 50; ++order) {
    const std::string key = "tvh" + std::to_string(order);
    CHECK(backoff(rule, key, 3) == backoff(rule, key, 3));
    waits.insert(backoff(rule, key, 3));
  }
  // Fifty orders that failed together do not come back together.
  CHECK(waits.size() > 30);
}
