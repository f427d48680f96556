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
#include "journal/paper_store.hpp"
#include "venue/paper_venue.hpp"

namespace tvh {

// Every configured venue, and "paper". Their accounts live in the journal given.
class Venues {
 public:
  static Result<Venues> open(const cli::Config& config, journal::Journal& journal, const Clock& clock,
                             venue::PaperVenue::Account account = venue::PaperVenue::Account::open_if_new);
  venue::Venue* find(const std::string& name) const;  // nullptr: no such venue
  std::vector<venue::Venue*> all() const;             // by name

 private:
  struct Account {
    std::unique_ptr<journal::SqlitePaperStore> store;
    std::unique_ptr<venue::PaperVenue> venue;
  };
  std::map<std::string, Account> accounts_;
};

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

 private:
  cli::Output& output_;
  cli::Log& log_;
};

}  // namespace tvh
