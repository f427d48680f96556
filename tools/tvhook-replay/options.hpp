// Options of tvhook-replay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh {

struct ReplayOptions {
  std::vector<std::string> files;  // "-" is stdin; none is the journal
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> strategy;
  std::optional<std::string> symbol;
  std::optional<std::string> action;
  std::optional<std::string> venue;
};

void define_options(cli::OptionSet& set, ReplayOptions& options);

// A point in time: ISO 8601, epoch, or "-7d" before `now`. usage when it is none of these.
Result<TimePoint> parse_point(const std::string& text, TimePoint now);

}  // namespace tvh
