// Copies between journals.
#pragma once

#include <string>

#include "journal/journal.hpp"

namespace tvh::journal {

// Positions, controls and the paper accounts of the journal at `path`, into an in-memory one; signals and
// orders stay where they are. Reads only.
Result<void> copy_account(const std::string& path, Journal& into, TimePoint now);

// For a paper venue that stands in for `venue`: its account holds what the journal's strategies hold there of
// perpetuals, taken together.
Result<void> lend_positions(Journal& journal, const std::string& venue);

}  // namespace tvh::journal
