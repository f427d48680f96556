// Venues and strategy rules from the configuration, alike for exec, reconcile and replay.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "engine/plan.hpp"
#include "execution/executor.hpp"
#include "journal/instrument_store.hpp"
#include "journal/paper_store.hpp"
#include "venue/exchange_venue.hpp"
#include "venue/paper_venue.hpp"

namespace tvh {

// What the venues are opened for.
struct VenueUse {
  enum class Exchanges {
    real,      // over the network
    stand_in,  // a paper venue with the filters the journal knows: for plans and replays
  };
  Exchanges exchanges = Exchanges::real;
  venue::PaperVenue::Account account = venue::PaperVenue::Account::open_if_new;
  bool stand_ins_know_money = true;  // false: what an exchange's account has is left open
  // Where an exchange that cannot be opened is noted and left out; nullptr: it fails all.
  std::map<std::string, Error>* unopened = nullptr;
};

// Every configured venue, and "paper". Paper accounts live in the journal given; so do instruments' filters.
class Venues {
 public:
  // credentials or configuration when an exchange's secrets cannot be read.
  static Result<Venues> open(const cli::Config& config, journal::Journal& journal, const Clock& clock,
                             const cli::GetEnvironment& environment, const VenueUse& use = {});
  venue::Venue* find(const std::string& name) const;  // nullptr: no such venue
  std::vector<venue::Venue*> all() const;             // by name

 private:
  std::unique_ptr<journal::SqliteInstrumentStore> instruments_;
  std::map<std::string, std::unique_ptr<journal::SqlitePaperStore>> accounts_;
  std::map<std::string, std::unique_ptr<venue::Venue>> venues_;
};

// One exchange of the configuration; `store` may be nullptr. configuration when it is none, or its secrets
// cannot be read.
Result<std::unique_ptr<venue::ExchangeVenue>> open_exchange(const std::string& name,
                                                            const cli::VenueConfig& config, const Clock& clock,
                                                            const cli::GetEnvironment& environment,
                                                            model::InstrumentStore* store);

// Which venue decides: [strategy.NAME] venue, then --venue, then paper.
engine::StrategyRules rules_for(const cli::Config& config, const std::string& strategy,
                                const std::optional<std::string>& venue_option);

// Symbols as a person types them ("binance:btcusdt.p") as signals carry them ("BTCUSDT").
std::vector<std::string> plain_symbols(const std::vector<std::string>& typed);

engine::RiskRules risk_rules(const cli::Config& config);

// Everything of the configuration that the executor judges by; filters and purpose are the caller's. The
// configuration must outlive it.
engine::ExecutorRules executor_rules(const cli::Config& config, const std::optional<std::string>& venue_option);

// configuration when a strategy or --venue names a venue that does not exist (with the list of those that do),
// or when limits contradict each other.
Result<void> check_rules(const cli::Config& config, const std::optional<std::string>& venue_option);

// Records as NDJSON on stdout, and a count of what they said; warnings on the log.
class OutputSink final : public execution::RecordSink {
 public:
  OutputSink(cli::Output& output, cli::Log& log) : output_(output), log_(log) {}
  void on_order(const model::OrderRecord& record) override;
  void on_refusal(const model::RefusalRecord& record) override;
  void on_warning(const std::string& text) override;

  int orders = 0;
  int filled = 0;
  int refusals = 0;
  int unreachable = 0;  // of them, for want of an answer from the venue
  int credentials = 0;  // of them, because the venue did not take the key

 private:
  cli::Output& output_;
  cli::Log& log_;
};

}  // namespace tvh
