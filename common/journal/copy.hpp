// Copies between journals.
#pragma once

#include <string>

#include "journal/journal.hpp"

namespace tvh::journal {

// Positions, controls and the paper accounts of the journal at `path`, into an in-memory one; signals and
// orders stay where they are. Reads only.
Result<void> copy_account(const std::string& path, Journal& into, TimePoint now);

}  // namespace tvh::journal
