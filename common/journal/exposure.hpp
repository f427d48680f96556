// What stands open, read for the risk gate and for --status.
#pragma once

#include "journal/execution.hpp"
#include "model/exposure.hpp"

namespace tvh::journal {

// Every part of it is found by an index or in a small table, however long the journal is.
Result<model::Exposure> read_exposure(Execution& execution, TimePoint now);

}  // namespace tvh::journal
