// So many a second for each key, with a burst on top of what was saved up.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tvh {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};

class RateLimiter {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  explicit RateLimiter(const Rate& rate, std::size_t capacity = 8192) : rate_(rate), capacity_(capacity) {}

  // Whether one more of `key` is within the rate; counts it then.
  bool take(std::string_view key, SteadyTime now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    SteadyTime at{};
  };
  double tokens_at(const Bucket& bucket, SteadyTime now) const;
  void make_room(SteadyTime now);

  const Rate rate_;
  const std::size_t capacity_;
  SteadyTime looked_over_{};
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace tvh
