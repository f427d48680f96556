// A signal in a person's words.
#pragma once

#include <string>

#include "model/signal.hpp"

namespace tvh {

// "buy 0.01 BTCUSDT limit 64000, stop loss 63000": what would be done, without times and without what the alert
// only mentions. One line, without secrets.
std::string summary_of(const model::Signal& signal);

}  // namespace tvh
