// The seed of a randomised test: the same every time, so that a red run stays red; TVHOOK_TEST_SEED=N tries
// another.
#pragma once

#include <cstdlib>

namespace tvh::test {

inline unsigned test_seed() {
  const char* const named = std::getenv("TVHOOK_TEST_SEED");
  return named == nullptr ? 20261121U : unsigned(std::strtoul(named, nullptr, 10));
}

}  // namespace tvh::test
