// For tools that ask a venue one thing and wait for it.
#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.hpp"
#include "venue/venue.hpp"

namespace tvh::venue {

inline constexpr std::chrono::seconds kAwaitPatience{30};

// Starts a call with `start(done)` and drives the venue until it has answered. unavailable when it does not
// within 30 s.
template <class Answer, class Start>
Result<Answer> await(Venue& venue, const Clock& clock, const Start& start) {
  std::optional<Answer> answer;
  start(Done<Answer>([&answer](Answer given) { answer.emplace(std::move(given)); }));
  const auto deadline = clock.steady() + kAwaitPatience;
  while (!answer && clock.steady() < deadline) {
    const auto due = venue.next_due();
    auto wait = std::chrono::milliseconds(1000);
    if (due)
      wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*due - clock.steady()), wait * 0, wait);
    pollfd waited{venue.wait_fd(), POLLIN, 0};
    ::poll(&waited, 1, int(wait.count()));  // a descriptor of -1 is passed over
    venue.run_due();
  }
  if (!answer) return fail(Errc::unavailable, "venue " + venue.name() + " gave no answer in 30 s; try again");
  return std::move(*answer);
}

}  // namespace tvh::venue
