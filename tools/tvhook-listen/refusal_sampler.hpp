// Which refusals of strangers are worth a row in the journal: all of them as long as they are few, so that a
// person finds the one that matters, and a bounded number of bytes a day however many come.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tvh {

struct SamplerLimits {
  double burst = 200;            // rows at once
  double rows_per_second = 10;   // refill
  double rows_per_day = 20'000;  // over that, whatever the second allows
  std::size_t body_bytes = 2048;
};

class RefusalSampler {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit RefusalSampler(const SamplerLimits& limits)
      : limits_(limits), tokens_(limits.burst), daily_tokens_(limits.rows_per_day) {}

  // Whether one that came at `now` is kept.
  bool admit(SteadyTime now);
  std::uint64_t left_out() const { return left_out_; }
  const SamplerLimits& limits() const { return limits_; }

 private:
  SamplerLimits limits_;
  double tokens_;
  double daily_tokens_;
  SteadyTime refilled_at_{};
  std::uint64_t left_out_ = 0;
};

}  // namespace tvh
