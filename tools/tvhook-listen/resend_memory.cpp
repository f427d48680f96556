#include "tvhook-listen/resend_memory.hpp"

#include <algorithm>
#include <cstring>

namespace tvh {

std::size_t ResendMemory::FirstBytes::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

void ResendMemory::remember(const Digest& original, SteadyTime until, const std::string& signal_id) {
  Entry& entry = entries_[original];
  // A row that is known to be there is what every later resend duplicates.
  if (!signal_id.empty()) entry.signal_id = signal_id;
  entry.until = std::max(entry.until, until);
  by_age_.emplace_back(entry.until, original);
  while (by_age_.size() > capacity_) forget_oldest();
}

std::optional<std::string> ResendMemory::find(const Digest& original, SteadyTime now) {
  if (entries_.empty()) return std::nullopt;
  forget_old(now);
  const auto found = entries_.find(original);
  if (found == entries_.end() || found->second.until < now) return std::nullopt;
  return found->second.signal_id;
}

bool ResendMemory::holds_stored(SteadyTime now) const {
  return std::any_of(entries_.begin(), entries_.end(), [now](const auto& one) {
    return one.second.until >= now && !one.second.signal_id.empty();
  });
}

void ResendMemory::forget_old(SteadyTime now) {
  while (!by_age_.empty() && by_age_.front().first < now) forget_oldest();
}

// Unless the same bytes were answered 503 again since.
void ResendMemory::forget_oldest() {
  const auto& [until, original] = by_age_.front();
  const auto found = entries_.find(original);
  if (found != entries_.end() && found->second.until == until) entries_.erase(found);
  by_age_.pop_front();
}

}  // namespace tvh
