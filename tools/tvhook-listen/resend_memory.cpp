#include "tvhook-listen/resend_memory.hpp"

#include <cstring>

namespace tvh {

std::size_t ResendMemory::FirstBytes::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

void ResendMemory::remember(const Digest& original, TimePoint received_at, TimePoint now, Outcome outcome) {
  forget_old(now);
  Entry& entry = entries_[original];
  // A row that is known to be there is what every later resend duplicates.
  if (outcome == Outcome::stored_late || entry.outcome == Outcome::not_stored) {
    entry.received_at = received_at;
    entry.outcome = outcome;
  }
  entry.answered_at = now;
  by_age_.emplace_back(now, original);
}

std::optional<TimePoint> ResendMemory::find(const Digest& original, TimePoint now) {
  if (entries_.empty()) return std::nullopt;
  forget_old(now);
  const auto found = entries_.find(original);
  if (found == entries_.end()) return std::nullopt;
  return found->second.received_at;
}

void ResendMemory::forget_old(TimePoint now) {
  while (!by_age_.empty() && (now - by_age_.front().first > span_ || by_age_.size() > capacity_)) {
    const auto [at, original] = by_age_.front();
    by_age_.pop_front();
    const auto found = entries_.find(original);
    if (found != entries_.end() && found->second.answered_at == at) entries_.erase(found);
  }
}

}  // namespace tvh
