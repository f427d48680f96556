// Reads recorded signals back, in the order they came, in short transactions (a long one would stop all
// checkpoints). Where a clock was once set back by more than two days, a filter by time may miss what came
// before it was.
#pragma once

#include <cstdint>
#include <limits>
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
  Result<void> begin();
  Result<std::int64_t> first_row_since(TimePoint time);
  Result<void> read_rows(std::int64_t end, std::vector<model::Signal>& page);

  Journal& journal_;
  SignalFilter filter_;
  bool begun_ = false;
  std::int64_t seen_ = -1;                                       // the last row looked at
  std::int64_t end_ = std::numeric_limits<std::int64_t>::max();  // no row from here on is looked at
};

}  // namespace tvh::journal
