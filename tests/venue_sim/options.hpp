// The command line of venue-sim.
#pragma once

#include <optional>
#include <string>

#include "venue_sim/world.hpp"

namespace tvh::venue_sim {

struct Options {
  std::string address = "127.0.0.1:0";
  int ready_fd = -1;  // one line, the base URL, then it is closed; -1: the line goes to stdout
  WorldOptions world;
};

struct ParsedOptions {
  std::optional<Options> options;
  int exit_code = 0;  // without options: help was asked for (0) or the line is wrong (64); the words are out
};

ParsedOptions parse_options(int argc, char** argv);

}  // namespace tvh::venue_sim
