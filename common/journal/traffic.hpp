// What has come in last and what waits to be executed, for whoever watches the listener.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "journal/journal.hpp"

namespace tvh::journal {

struct Traffic {
  std::optional<TimePoint> last_signal;     // received; none: there never was one
  std::optional<TimePoint> oldest_pending;  // none: nothing waits
  std::int64_t pending = 0;
};

Result<Traffic> read_traffic(Journal& journal);

}  // namespace tvh::journal
