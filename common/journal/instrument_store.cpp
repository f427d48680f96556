#include "journal/instrument_store.hpp"

#include "wire/instrument_record.hpp"

namespace tvh::journal {

using model::KeptInstrument;

Result<std::optional<KeptInstrument>> SqliteInstrumentStore::find_instrument(const std::string& venue,
                                                                             const std::string& name) {
  TVH_TRY(auto statement,
          journal_.statement("SELECT record, fetched_at FROM instruments WHERE venue = ? AND name = ?"));
  statement->bind(venue).bind(name);
  TVH_TRY(const bool row, statement->step());
  if (!row) return std::optional<KeptInstrument>();
  auto instrument = wire::parse_instrument(statement->read_text());
  if (!instrument) return std::optional<KeptInstrument>();  // of another version: asked for anew
  return std::optional(KeptInstrument{std::move(*instrument), statement->read_time()});
}

Result<void> SqliteInstrumentStore::keep_instruments(const std::string& venue,
                                                     const std::vector<model::Instrument>& instruments,
                                                     TimePoint at) {
  TVH_TRY(auto write, journal_.begin_write());
  TVH_TRY(
      auto statement,
      journal_.statement("INSERT INTO instruments (venue, name, record, fetched_at) VALUES (?, ?, ?, ?) ON "
                         "CONFLICT DO UPDATE SET record = excluded.record, fetched_at = excluded.fetched_at"));
  for (const auto& instrument : instruments) {
    const std::string record = wire::format_instrument(instrument);
    statement->reset().bind(venue).bind(instrument.name).bind(record).bind(at);
    TVH_CHECK(statement->run());
  }
  return write.commit();
}

Result<std::vector<KeptInstrument>> SqliteInstrumentStore::read_instruments(const std::string& venue) {
  TVH_TRY(auto statement,
          journal_.statement("SELECT record, fetched_at FROM instruments WHERE venue = ? ORDER BY name"));
  statement->bind(venue);
  std::vector<KeptInstrument> all;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return all;
    auto instrument = wire::parse_instrument(statement->read_text());
    if (instrument) all.push_back({std::move(*instrument), statement->read_time()});
  }
}

}  // namespace tvh::journal
