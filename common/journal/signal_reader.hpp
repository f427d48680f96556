// Reads recorded signals back, in the order they were stored, in short transactions (a long one would stop all
// checkpoints). One that was changed on its way to the executor comes as it was executed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "model/signal.hpp"

namespace tvh::journal {

struct SignalFilter {
  std::optional<TimePoint> from;  // received at or after
  std::optional<TimePoint> to;    // received before
  std::string strategy;           // "" is any
  std::string symbol;
  std::string action;
};

class SignalReader {
 public:
  SignalReader(Journal& journal, SignalFilter filter) : journal_(journal), filter_(std::move(filter)) {}

  // Up to a page of signals; empty at the end.
  Result<std::vector<model::Signal>> next_page();

 private:
  Result<void> read_rows(std::int64_t end, std::vector<model::Signal>& page);

  Journal& journal_;
  SignalFilter filter_;
  std::int64_t seen_ = -1;  // the last row looked at
};

}  // namespace tvh::journal
