// Counts for a person: what stands open in the journal.
#pragma once

#include "journal/journal.hpp"

namespace tvh::journal {

struct Counts {
  std::int64_t pending = 0;
  std::int64_t claimed = 0;
  std::int64_t open_positions = 0;
};

Result<Counts> read_counts(Journal& journal);

}  // namespace tvh::journal
