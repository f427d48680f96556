#include "tvhook-listen/refusal_sampler.hpp"

#include <algorithm>

namespace tvh {

bool RefusalSampler::admit(SteadyTime now) {
  const double seconds =
      refilled_at_ == SteadyTime{} ? 0 : std::chrono::duration<double>(now - refilled_at_).count();
  refilled_at_ = now;
  tokens_ = std::min(limits_.burst, tokens_ + seconds * limits_.rows_per_second);
  daily_tokens_ = std::min(limits_.rows_per_day, daily_tokens_ + seconds * limits_.rows_per_day / 86'400);
  if (tokens_ < 1 || daily_tokens_ < 1) {
    ++left_out_;
    return false;
  }
  tokens_ -= 1;
  daily_tokens_ -= 1;
  return true;
}

}  // namespace tvh
