#include "venue/server_clock.hpp"

namespace tvh::venue {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr std::chrono::minutes kMaxAge{10};
// Venues refuse what is dated a second ahead of them; half of it is kept for what drifts and queues.
constexpr milliseconds kMaxUncertainty{500};
// Two crystals drift apart by about 50 millionths; twice that is assumed.
constexpr std::int64_t kDriftDivisor = 10'000;

}  // namespace

nanoseconds ServerClock::uncertainty_of(const Observation& seen, Steady now) const {
  return seen.uncertainty + nanoseconds(now - seen.middle) / kDriftDivisor;
}

void ServerClock::observe(Steady asked, Steady answered, milliseconds server) {
  // The server's milliseconds are cut off: it was up to one later.
  const nanoseconds half = (nanoseconds(answered - asked) + milliseconds(1)) / 2;
  const Observation seen{asked + nanoseconds(answered - asked) / 2, server + nanoseconds(500'000), half};
  if (!best_ || uncertainty_of(seen, answered) <= uncertainty_of(*best_, answered)) best_ = seen;
  asked_last_ = answered;
}

bool ServerClock::is_stale(Steady now) const {
  return !best_ || now - *asked_last_ > kMaxAge || uncertainty_of(*best_, now) > kMaxUncertainty;
}

milliseconds ServerClock::now(Steady now) const {
  return std::chrono::floor<milliseconds>(best_->server + nanoseconds(now - best_->middle));
}

milliseconds ServerClock::uncertainty(Steady now) const {
  return best_ ? std::chrono::ceil<milliseconds>(uncertainty_of(*best_, now)) : milliseconds::max();
}

}  // namespace tvh::venue
