#include "tvhook-listen/attempt_limiter.hpp"

#include <algorithm>

namespace tvh {

AttemptLimiter::Judgement AttemptLimiter::note_wrong(const server::Address& owner, SteadyTime now) {
  if (!owners_.contains(owner)) make_room(now);
  Record& record = owners_[owner];
  const bool was_refused = now < record.refused_until;
  const bool served_out = record.wrong >= limits_.most && !was_refused;
  if (served_out || now - record.last > limits_.memory) record = {};
  record.last = now;
  record.wrong = std::min(record.wrong + 1, limits_.most);
  Judgement judgement;
  const int over = record.wrong - limits_.free;
  if (over > 0) {
    judgement.hold = std::min(limits_.longest_hold, limits_.first_hold * (1 << std::min(over - 1, 16)));
  }
  if (record.wrong >= limits_.most) {
    if (!was_refused) record.refused_until = now + limits_.refusal;
    judgement.refused = true;
    judgement.newly_refused = !was_refused;
  }
  return judgement;
}

void AttemptLimiter::note_right(const server::Address& owner) {
  if (!owners_.empty()) owners_.erase(owner);
}

// Looks over all of them once a second at most: a flood from everywhere must not cost more than it sends.
void AttemptLimiter::make_room(SteadyTime now) {
  if (owners_.size() < limits_.capacity) return;
  if (now - looked_over_ >= std::chrono::seconds(1)) {
    looked_over_ = now;
    std::erase_if(owners_, [&](const auto& entry) {
      return now - entry.second.last > limits_.memory && now >= entry.second.refused_until;
    });
  }
  if (owners_.size() >= limits_.capacity) owners_.erase(owners_.begin());
}

}  // namespace tvh
