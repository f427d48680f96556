#include "base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace tvh {

void invariant_failed(const char* condition, const char* why, const char* file, int line) {
  std::fprintf(stderr, "tvhook: bug: %s (%s) at %s:%d; please report it. Restarting is safe.\n", why, condition,
               file, line);
  std::abort();
}

}  // namespace tvh
