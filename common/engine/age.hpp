// How old a signal is, and whether that is too old (DESIGN 6, "Age"). Pure.
#pragma once

#include <optional>

#include "engine/refusal.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

// When it happened: fired_at, else the end of its bar, else its receipt. An alert that was received before its
// bar ended fired inside the bar, and no later than it was received; no alert is older than its bar's start.
TimePoint happened_at(const model::Signal& signal);

// "max_age", with the age and the limit.
std::optional<Refusal> check_signal_age(const model::Signal& signal, Nanoseconds limit, TimePoint now);

}  // namespace tvh::engine
