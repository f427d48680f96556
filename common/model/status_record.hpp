// How an executor and its journal stand, for --status. Its JSON form is wire's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/execution_record.hpp"
#include "model/order.hpp"
#include "model/position.hpp"

namespace tvh::model {

// One limit: its value, how much of it is used, and what it takes to trip it.
struct LimitStatus {
  std::string scope;  // "[strategy.ma]"
  std::string limit;  // "max_position"
  std::string value;
  std::string used;   // "" where each order is judged by itself
  std::string trips;  // for a person: "another 849.995"
};

struct BreakerStatus {
  std::string venue;
  bool open = false;
  int failures = 0;  // in a row so far
  int limit = 0;
  std::optional<TimePoint> probes_at;  // when the next entry is let through, while it is open
};

struct PauseStatus {
  std::string venue;
  TimePoint until{};  // nothing is sent there before
};

struct StatusRecord {
  std::string executor;  // what the one that runs says of itself; "": none runs
  std::string journal;
  std::optional<Halt> halt;
  std::int64_t pending = 0;
  std::int64_t claimed = 0;
  std::vector<Intent> orders;  // not ended
  std::vector<Position> positions;
  std::vector<LimitStatus> limits;
  std::vector<BreakerStatus> breakers;
  std::vector<PauseStatus> pauses;  // that venues asked for and that are not over
  std::vector<Request> requests;    // not done: a flatten that was cut short, say
};

}  // namespace tvh::model
