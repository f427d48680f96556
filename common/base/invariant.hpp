// Programmer errors. On in every build: aborting and recovering as after kill -9 is safer than going on.
#pragma once

namespace tvh {

// Prints where and why to stderr, then aborts.
[[noreturn]] void invariant_failed(const char* condition, const char* why, const char* file, int line);

}  // namespace tvh

#define TVH_INVARIANT(condition, why) \
  (static_cast<bool>(condition) ? void(0) : ::tvh::invariant_failed(#condition, why, __FILE__, __LINE__))
