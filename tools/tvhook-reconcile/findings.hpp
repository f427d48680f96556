// What a reconcile found, and how it is told.
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"
#include "wire/records.hpp"

namespace tvh {

using TableRows = std::vector<std::vector<std::string>>;

struct Findings {
  TableRows positions{
      {"venue", "instrument", "strategy", "journal", "at venue", "drift", "average", "realised", "cause"}};
  TableRows orders{{"order", "venue", "instrument", "side", "quantity", "state", "since", "finding"}};
  std::vector<std::string> advice;  // for the table's reader, each sentence once
  std::vector<wire::DriftRecord> drifts;
  std::vector<std::string> not_compared;  // venues that could not be asked, or not all of it; the log says why
};

// Keeps what is to be done where nobody said so yet.
void add_advice(Findings& findings, const std::string& what);

// One drift record a line.
void tell_as_json(const Findings& findings, cli::Output& out);
// For a person: positions, then orders in question, then what to do.
void tell_as_table(const Findings& findings, cli::Output& out);

}  // namespace tvh
