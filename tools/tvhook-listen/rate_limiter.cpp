#include "tvhook-listen/rate_limiter.hpp"

#include <algorithm>

namespace tvh {

double RateLimiter::tokens_at(const Bucket& bucket, SteadyTime now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  return std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second);
}

bool RateLimiter::take(std::string_view key, SteadyTime now) {
  if (rate_.per_second <= 0) return true;
  auto found = buckets_.find(std::string(key));
  if (found == buckets_.end()) {
    make_room(now);
    found = buckets_.emplace(std::string(key), Bucket{rate_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = tokens_at(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

// A full bucket is as good as none. Looks over all of them once a second at most.
void RateLimiter::make_room(SteadyTime now) {
  if (buckets_.size() < capacity_) return;
  if (now - looked_over_ >= std::chrono::seconds(1)) {
    looked_over_ = now;
    std::erase_if(buckets_, [&](const auto& entry) { return tokens_at(entry.second, now) >= rate_.burst; });
  }
  if (buckets_.size() >= capacity_) buckets_.erase(buckets_.begin());
}

}  // namespace tvh
