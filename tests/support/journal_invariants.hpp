// What must hold in every journal at every moment (DESIGN 2), checked from the tables alone.
#pragma once

#include <string>
#include <vector>

#include "journal/journal.hpp"

namespace tvh::test {

// What is broken, in words; empty when all is well. Positions against the fold of fills, orders against their
// events, signals against their orders, paper orders against intents.
std::vector<std::string> broken_invariants(journal::Journal& journal);

// One text column of every row of `sql`, through this very connection (an in-memory journal has no other).
std::vector<std::string> read_column(journal::Journal& journal, const std::string& sql);

}  // namespace tvh::test
