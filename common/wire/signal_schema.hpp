// The canonical signal as a JSON Schema (2020-12), for programs that read or write it.
#pragma once

#include <string>

namespace tvh::wire {

std::string signal_schema();

}  // namespace tvh::wire
