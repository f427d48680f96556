// An instrument and its filters as JSON, as the journal keeps them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/instrument.hpp"

namespace tvh::wire {

std::string format_instrument(const model::Instrument& instrument);
// bad_data when it is none, or lacks name or assets. Unknown keys are passed over: later versions add some.
Result<model::Instrument> parse_instrument(std::string_view record);

}  // namespace tvh::wire
