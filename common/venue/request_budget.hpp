// How much a venue lets us ask: its own count, as its answers tell it, and the pauses it demands.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace tvh::venue {

// Venues count weights by the minute of their own clock. Where that minute begins is not told, so a minute from
// the first request counted is waited for: never sooner than theirs.
class RequestBudget {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  // Each leaves the last part of the budget to the one before it: orders and cancels, what became of an order,
  // everything else.
  enum class Urgency { order, query, look };

  explicit RequestBudget(int weight_per_minute) : limit_(weight_per_minute) {}

  // When a request of that weight may leave; not after `now`: at once.
  Steady free_at(int weight, Urgency urgency, Steady now) const;
  void take(int weight, Steady now);
  // The venue's own count after an answer: others may share the account or the address.
  void observe(int used, Steady now);
  // In the current minute, as far as we know.
  int used(Steady now) const { return minute_ && now < *minute_ + std::chrono::minutes(1) ? used_ : 0; }
  // Nothing at all leaves before `until`.
  void pause(Steady until);
  const std::optional<Steady>& paused_until() const { return paused_until_; }  // may be over

 private:
  int limit_;
  int used_ = 0;
  std::optional<Steady> minute_;  // began
  std::optional<Steady> paused_until_;
};

}  // namespace tvh::venue
