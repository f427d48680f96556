// Runs a golden case and returns it with what really came out.
#pragma once

#include "golden_case.hpp"

namespace tvh::golden {

Case run_case(const Case& golden);

}  // namespace tvh::golden
