#include "tvhook-listen/attempt_limiter.hpp"

#include "support/catch.hpp"
#include "tvhook-listen/certificate_notice.hpp"
#include "tvhook-listen/rate_limiter.hpp"

using namespace tvh;
using namespace std::chrono_literals;

namespace {

const AttemptLimiter::SteadyTime kStart{std::chrono::hours(1)};

server::Address address(const std::string& text) { return *server::parse_address(text); }

server::Address number(int i) {
  return address("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256));
}

}  // namespace

TEST_CASE("attempts: a few are free, then each is held back longer, then all are refused for a while") {
  AttemptLimiter limiter({});
  const server::Address owner = address("192.0.2.1");
  std::chrono::milliseconds last{0};
  for (int i = 1; i <= 19; ++i) {
    const auto judgement = limiter.note_wrong(owner, kStart);
    CAPTURE(i);
    CHECK_FALSE(judgement.refused);
    CHECK((judgement.hold > 0ms) == (i > 5));
    CHECK(judgement.hold >= last);
    CHECK(judgement.hold <= 4s);
    last = judgement.hold;
  }
  CHECK(limiter.note_wrong(owner, kStart).newly_refused);
  const auto still = limiter.note_wrong(owner, kStart + 9min);
  CHECK(still.refused);
  CHECK_FALSE(still.newly_refused);
  const auto afterwards = limiter.note_wrong(owner, kStart + 10min);
  CHECK_FALSE(afterwards.refused);
  CHECK(afterwards.hold == 0ms);
}

TEST_CASE(
    "attempts: the right secret and time make up for wrong ones, and owners do not answer for each other") {
  AttemptLimiter limiter({});
  const server::Address owner = address("192.0.2.1");
  for (int i = 0; i < 10; ++i) limiter.note_wrong(owner, kStart);
  CHECK(limiter.note_wrong(address("192.0.2.2"), kStart).hold == 0ms);
  CHECK(limiter.note_wrong(owner, kStart).hold > 0ms);
  limiter.note_right(owner);
  CHECK(limiter.note_wrong(owner, kStart).hold == 0ms);
  for (int i = 0; i < 10; ++i) limiter.note_wrong(owner, kStart);
  CHECK(limiter.note_wrong(owner, kStart + 11min).hold == 0ms);
}

TEST_CASE("attempts: what is remembered is bounded, and what matters least goes first") {
  AttemptLimits limits;
  limits.capacity = 100;
  AttemptLimiter limiter(limits);
  for (int i = 0; i < 100; ++i) limiter.note_wrong(number(i), kStart);
  for (int i = 0; i < 6; ++i) limiter.note_wrong(number(1000), kStart + 11min);
  CHECK(limiter.size() == 1);
  for (int i = 0; i < 5000; ++i) limiter.note_wrong(number(i), kStart + 12min);
  CHECK(limiter.size() == 100);
}

TEST_CASE("rate: a burst, then so many a second, each key by itself, and no rate is no limit") {
  RateLimiter limiter({2, 4});
  for (int i = 0; i < 4; ++i) CHECK(limiter.take("a", kStart));
  CHECK_FALSE(limiter.take("a", kStart));
  CHECK(limiter.take("b", kStart));
  CHECK(limiter.take("a", kStart + 500ms));
  CHECK_FALSE(limiter.take("a", kStart + 500ms));
  CHECK(limiter.take("a", kStart + 1h));
  RateLimiter none({});
  for (int i = 0; i < 1000; ++i) CHECK(none.take("a", kStart));
  CHECK(none.size() == 0);
}

TEST_CASE("rate: keys are bounded") {
  RateLimiter limiter({1, 2}, 50);
  for (int i = 0; i < 1000; ++i) limiter.take(std::to_string(i), kStart);
  CHECK(limiter.size() == 50);
}

TEST_CASE("certificate: its end is told from 21 days before on, once a day, and anew for another") {
  const TimePoint now = *parse_time("2026-11-20T10:00:00Z");
  CHECK_FALSE(expiry_warning(now + std::chrono::hours(21 * 24 + 1), now).has_value());
  CHECK(expiry_warning(now + std::chrono::hours(21 * 24), now)->find("21 days") != std::string::npos);
  CHECK(expiry_warning(now, now)->find("ended") != std::string::npos);
  CertificateNotice notice;
  CHECK_FALSE(notice.due(now).has_value());
  notice.set(now + std::chrono::hours(100));
  CHECK(notice.due(now).has_value());
  CHECK_FALSE(notice.due(now + std::chrono::hours(23)).has_value());
  CHECK(notice.due(now + std::chrono::hours(24)).has_value());
  notice.set(now + std::chrono::hours(99));
  CHECK(notice.due(now + std::chrono::hours(24)).has_value());
}
