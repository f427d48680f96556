// What the limits look back on.
#pragma once

#include "journal/execution.hpp"
#include "model/execution_record.hpp"
#include "model/exposure.hpp"

namespace tvh::journal {

// Found by an index, however long the journal is.
Result<std::vector<model::DayLoss>> read_losses(Journal& journal, TimePoint now);  // since 00:00 UTC
Result<std::vector<model::SentOrder>> read_sent(Journal& journal, TimePoint now);  // in the last minute
Result<std::vector<model::LatestMove>> read_moved(Journal& journal, TimePoint now);

}  // namespace tvh::journal
