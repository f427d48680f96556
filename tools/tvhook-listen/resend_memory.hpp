// Alerts that were answered 503, for as long as the same bytes are their resend (rule 4 of identity). The
// sender was told that we do not have it, which may turn out wrong: a COMMIT that outlasted the answer. By the
// steady clock: one that is set anew makes no resend a new alert, and no new alert a resend.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/hash.hpp"

namespace tvh {

using SteadyTime = std::chrono::steady_clock::time_point;

class ResendMemory {
 public:
  explicit ResendMemory(std::size_t capacity) : capacity_(capacity) {}

  // The alert with these bytes was answered 503; until then they are its resend. `signal_id`: it is in the
  // journal nevertheless, which nothing that is remembered later for the same bytes hides; "": it is not.
  void remember(const Digest& original, SteadyTime until, const std::string& signal_id);

  // The signal_id of the alert that these bytes resend; nothing when they resend none.
  std::optional<std::string> find(const Digest& original, SteadyTime now);

  // The resend was answered 200: TradingView sends no more of it.
  void forget(const Digest& original) { entries_.erase(original); }

  bool empty() const { return entries_.empty(); }
  // Some alert is in the journal whose sender was told otherwise.
  bool holds_stored(SteadyTime now) const;

 private:
  struct Entry {
    std::string signal_id;
    SteadyTime until{};
  };
  struct FirstBytes {
    std::size_t operator()(const Digest& digest) const;
  };

  void forget_old(SteadyTime now);
  void forget_oldest();

  std::size_t capacity_;
  std::unordered_map<Digest, Entry, FirstBytes> entries_;
  std::deque<std::pair<SteadyTime, Digest>> by_age_;  // one for each time remembered, oldest first
};

}  // namespace tvh
