// Looks up what became of one signal or order, for a person.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "model/signal_life.hpp"

namespace tvh::journal {

struct FoundId {
  std::string signal_id;
  std::string client_order_id;  // "": the signal itself was meant
};

// Signals and orders whose id begins with `beginning`, the one whose id it is alone where there is one; at most
// `most` of each.
Result<std::vector<FoundId>> find_ids(Journal& journal, std::string_view beginning, int most);

// Nothing where there is no such signal. Looks at all alerts, in short transactions: a second for each several
// million of them.
Result<std::optional<model::SignalLife>> read_life(Journal& journal, const std::string& signal_id);

}  // namespace tvh::journal
