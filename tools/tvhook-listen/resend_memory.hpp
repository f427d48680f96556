// Alerts that were answered 503, for as long as the same bytes are their resend (rule 4 of identity). The
// sender was told that we do not have it, which may turn out wrong: a COMMIT that outlasted the answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/hash.hpp"

namespace tvh {

class ResendMemory {
 public:
  enum class Outcome { not_stored, stored_late };

  ResendMemory(Nanoseconds span, std::size_t capacity) : span_(span), capacity_(capacity) {}

  // The alert with these bytes, received at `received_at`, was answered 503 at `now`. stored_late: its row is
  // in the journal nevertheless; nothing that is remembered later for the same bytes hides that.
  void remember(const Digest& original, TimePoint received_at, TimePoint now, Outcome outcome);

  // When the alert that these bytes resend was received; nothing when they resend none.
  std::optional<TimePoint> find(const Digest& original, TimePoint now);

  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    TimePoint received_at{};
    TimePoint answered_at{};
    Outcome outcome = Outcome::not_stored;
  };
  struct FirstBytes {
    std::size_t operator()(const Digest& digest) const;
  };

  void forget_old(TimePoint now);

  Nanoseconds span_;
  std::size_t capacity_;
  std::unordered_map<Digest, Entry, FirstBytes> entries_;
  std::deque<std::pair<TimePoint, Digest>> by_age_;  // one for each time remembered, oldest first
};

}  // namespace tvh
