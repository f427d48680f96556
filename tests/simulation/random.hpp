// Chance that a seed reproduces: xoshiro256** seeded by splitmix64. Streams of their own for scenario, venues
// and world keep a change in one from shifting the others.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"

namespace tvh::simulation {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t state = seed * 0x9e3779b97f4a7c15U + stream * 0xd1b54a32d192ed03U;
    for (auto& word : words_) {
      state += 0x9e3779b97f4a7c15U;
      std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
      word = mixed ^ (mixed >> 31);
    }
  }

  std::uint64_t next() {
    const auto turn = [](std::uint64_t value, int by) { return (value << by) | (value >> (64 - by)); };
    const std::uint64_t result = turn(words_[1] * 5, 7) * 9;
    const std::uint64_t shifted = words_[1] << 17;
    words_[2] ^= words_[0];
    words_[3] ^= words_[1];
    words_[1] ^= words_[2];
    words_[0] ^= words_[3];
    words_[2] ^= shifted;
    words_[3] = turn(words_[3], 45);
    return result;
  }
  // Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + std::int64_t(next() % std::uint64_t(high - low + 1));
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  Nanoseconds span(Nanoseconds low, Nanoseconds high) {
    return Nanoseconds(between(low.count(), high.count()));
  }
  template <class Value>
  const Value& pick(const std::vector<Value>& values) {
    return values[std::size_t(between(0, std::int64_t(values.size()) - 1))];
  }
  template <class Value>
  void shuffle(std::vector<Value>& values) {
    for (std::size_t left = values.size(); left > 1; --left) {
      std::swap(values[left - 1], values[std::size_t(between(0, std::int64_t(left) - 1))]);
    }
  }

 private:
  std::array<std::uint64_t, 4> words_{};
};

}  // namespace tvh::simulation
