// Closed-loop load on one listener: so many keep-alive connections, each sending its next alert as soon as the
// last one is answered, from one thread on raw sockets, so that the generator costs as little as it can.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvh::bench {

struct Load {
  std::uint16_t port = 0;
  std::string path = "/webhook";
  int connections = 64;
  std::uint64_t first_alert = 0;  // alerts are numbered, so that no two of a run are equal
  bool author_ids = false;        // each alert brings an id of its own, whose hash stands anywhere in the index
  std::chrono::milliseconds duration{2000};
};

struct LoadResult {
  std::uint64_t accepted = 0;  // 200s that say so
  std::uint64_t other = 0;
  double seconds = 0;      // from the first request to the last answer
  double cpu_seconds = 0;  // of the generator
  // From a request to its answer, in microseconds.
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
};

inline constexpr std::string_view kBenchSecret = "bench-secret-0123456789";

// With no duration at all each connection sends one alert. Throws std::runtime_error when the listener closes
// or answers what is no HTTP.
LoadResult run_load(const Load& load);

// One alert as the generator sends it, for whoever wants to measure what it costs by itself.
std::string alert_text(std::uint64_t number, bool author_id = false);

}  // namespace tvh::bench
