// Asking the running executor for something, through the journal.
#pragma once

#include "journal/journal.hpp"
#include "model/execution_record.hpp"

namespace tvh::journal {

// Durable when it returns, and rung. Returns the request's number.
Result<std::int64_t> ask_to_flatten(Journal& journal, const model::Request& scope, TimePoint now);

// Whether it is done.
// Whether the scope's strategy and symbol (together, where both are named) have ever had a position here, sent
// a signal that was received here, or have an order open: else the name is mistyped.
Result<bool> knows_scope(Journal& journal, const model::Request& scope);
Result<bool> request_has_ended(Journal& journal, std::int64_t seq);

}  // namespace tvh::journal
