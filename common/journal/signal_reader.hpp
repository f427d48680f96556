// Reads recorded signals back, in the order they came, in short transactions (a long one would stop all
// checkpoints).
#pragma once

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
  Journal& journal_;
  SignalFilter filter_;
  std::optional<std::pair<std::int64_t, std::int64_t>> last_;  // received_at and seq of the last row read
};

}  // namespace tvh::journal
