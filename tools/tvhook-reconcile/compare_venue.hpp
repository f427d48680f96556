// One venue against the journal: positions, and orders that are open by the journal.
#pragma once

#include "base/clock.hpp"
#include "engine/reconcile.hpp"
#include "journal/execution.hpp"
#include "tvhook-reconcile/findings.hpp"
#include "venue/venue.hpp"

namespace tvh {

// Orders that a venue is asked about in one run; each is a request that counts against its limits.
inline constexpr int kMostOrdersAsked = 100;

struct Comparing {
  journal::Execution& execution;
  const Clock& clock;
  Decimal tolerance;
  engine::ExecutorNow executor = engine::ExecutorNow::absent;
};

// Adds what differs. unavailable or credentials when the venue could not be asked all of it: what the journal
// tells by itself, orders that are not settled, is added all the same.
Result<void> compare_venue(venue::Venue& venue, const Comparing& comparing, Findings& findings);

}  // namespace tvh
