// What venues told of their instruments, in the journal's table of that name.
#pragma once

#include "journal/journal.hpp"
#include "model/instrument_store.hpp"

namespace tvh::journal {

// Uses `journal`'s connection: not while a Write of it is open, for the call that writes.
class SqliteInstrumentStore final : public model::InstrumentStore {
 public:
  explicit SqliteInstrumentStore(Journal& journal) : journal_(journal) {}

  Result<std::optional<model::KeptInstrument>> find_instrument(const std::string& venue,
                                                               const std::string& name) override;
  Result<void> keep_instruments(const std::string& venue, const std::vector<model::Instrument>& instruments,
                                TimePoint at) override;
  Result<std::vector<model::KeptInstrument>> read_instruments(const std::string& venue) override;

 private:
  Journal& journal_;
};

}  // namespace tvh::journal
