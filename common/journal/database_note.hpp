// What the database file was left as, for the tools that have it open. In WAL mode it is written by checkpoints
// alone, and ours run under the writer lock; so whoever finds it otherwise than noted knows that another
// program wrote over it. The note is a line in <journal>.lock, written and read by whoever holds that lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "journal/open_files.hpp"

namespace tvh::journal {

struct DatabaseNote {
  std::string life;   // 16 hex digits; new whenever a start finds the file otherwise than noted
  Contents contents;  // after the last checkpoint, or migration
  bool is_being_written =
      false;  // a checkpoint has begun: whoever finds it so knows that it was killed in the middle

  friend bool operator==(const DatabaseNote&, const DatabaseNote&) = default;
};

std::string new_life();

// A line of constant length, so that one is written over another.
std::string format_note(const DatabaseNote& note);
// Nothing when it is none: an empty file, half a line.
std::optional<DatabaseNote> parse_note(std::string_view line);

}  // namespace tvh::journal
