// tvhook.toml, read and checked. Unknown keys, wrong types and contradictions are errors with file, line and
// the nearest known key. Secrets are references ("env:NAME", "file:/path"); a literal one is an error.
// Documented in tvhook.toml(5).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace tvh::cli {

// "env:NAME" or "file:/path". Resolved late, by the tool that needs it.
struct SecretReference {
  std::string name;  // the configuration's key
  std::string reference;
};

struct JournalConfig {
  std::optional<std::string> path;
};

struct ListenConfig {
  std::optional<std::string> address;
  std::optional<std::string> path;
  std::vector<SecretReference> path_tokens;  // PATH/TOKEN needs no other secret
  std::vector<std::string> allow;            // "tradingview" and networks, as written; empty: everybody
  std::vector<std::string> trust_proxy;      // networks, as written
  std::optional<std::string> tls_cert;       // paths of files, relative ones already joined with the folder
  std::optional<std::string> tls_key;
  std::string client_cert;  // off, observe, require; "": not said
  std::optional<std::string> client_ca;
  std::vector<std::string> client_fingerprints;  // as written
  std::optional<std::string> admin_address;
  std::optional<Nanoseconds> silent_after;   // what deep health calls silence
  std::optional<Nanoseconds> backlog_after;  // and a backlog
  std::optional<int> connections;
  std::optional<int> connections_per_source;
  std::optional<int> requests_per_second;  // of strangers, per source
  std::optional<int> strategy_alerts_per_second;
  std::vector<std::string> exchanges;        // lower case
  std::optional<Nanoseconds> resend_window;  // default of all strategies
};

// What an order may not exceed. In [risk], [venue.NAME] and [strategy.NAME]; see tvhook.toml(5).
struct LimitsConfig {
  std::optional<Decimal> max_order_size;      // base units
  std::optional<Decimal> max_order_notional;  // quote
  std::optional<Decimal> max_position;        // quote
  std::optional<Decimal> daily_loss;          // quote
  std::optional<Decimal> max_price_distance_percent;
  std::optional<int> max_orders_per_minute;
  std::optional<Nanoseconds> max_age;  // of entries
  std::vector<std::string> symbols;    // absent: all; "BTCUSDT.P" is the perpetual alone
  std::vector<std::string> actions;    // absent: all

  bool operator==(const LimitsConfig&) const = default;
};

// After so many orders in a row that failed, entries wait. In [risk] and [venue.NAME]; defaults are the
// engine's.
struct BreakerConfig {
  std::optional<int> failures;
  std::optional<Nanoseconds> window;
  std::optional<Nanoseconds> cool_down;
};

struct VenueConfig {
  std::string kind = "paper";
  std::string mode = "paper";          // paper; of the other kinds testnet, demo or live
  std::optional<std::string> api_key;  // references, like those of SecretReference
  std::optional<std::string> api_secret;
  std::optional<std::string> base_url;  // loopback: a simulator instead of the mode's host
  std::optional<Nanoseconds> recv_window;
  std::map<std::string, Decimal> prices;    // [venue.NAME.prices]: instrument -> quote per base
  std::map<std::string, Decimal> balances;  // [venue.NAME.balances]: asset -> amount
  std::optional<Decimal> fee_percent;       // of the notional, taken in quote; default 0.1
  std::optional<Decimal> slippage_percent;  // against the order; default 0
  std::optional<Nanoseconds> latency;       // how long an order is on its way; default 0
  LimitsConfig limits;
  BreakerConfig breaker;
};

struct StrategyConfig {
  std::optional<std::string> dialect;  // of its alerts; its names are wire's, see tvhook-validate(1)
  std::optional<std::string> venue;
  std::string follow = "orders";  // or "position": target mode
  std::optional<Decimal> size;
  std::string size_unit = "base";
  bool untracked = false;
  bool allow_opposing = false;
  std::optional<Decimal> max_slippage;  // percent
  std::optional<int> pyramiding;
  std::optional<Nanoseconds> resend_window;
  std::vector<std::string> secrets;  // names; only these are right for it, and only for such as name them
  LimitsConfig limits;
};

struct Config {
  std::string file;  // "" when none was found
  JournalConfig journal;
  ListenConfig listen;
  std::vector<SecretReference> secrets;  // [auth.secrets] NAME = "env:…"
  std::map<std::string, VenueConfig> venues;
  std::map<std::string, StrategyConfig> strategies;
  LimitsConfig risk;                    // [risk]: over everything
  BreakerConfig breaker;                // of every venue that has none of its own
  std::optional<Decimal> max_slippage;  // percent; of every strategy that has none of its own

  // [strategy.NAME], else [strategy.default], else the built-in defaults.
  const StrategyConfig& strategy(const std::string& name) const;
  // [strategy.NAME] dialect, of the strategies that have one.
  std::map<std::string, std::string> dialects() const;
  // [venue.NAME]; "paper" exists without a section. nullptr when there is no such venue.
  const VenueConfig* venue(const std::string& name) const;
};

using GetEnvironment = std::function<std::optional<std::string>(const std::string&)>;

// configuration errors: "tvhook.toml:12: unknown key "sizee" in [strategy.ma]; did you mean "size"?"
Result<Config> parse_config(std::string_view text, const std::string& file_name);

// The file --config names, else $TVHOOK_CONFIG, ./tvhook.toml, $XDG_CONFIG_HOME/tvhook/tvhook.toml (~/.config
// without it), /etc/tvhook/tvhook.toml; the first that exists. A named one must exist; no file at all is an
// empty Config.
Result<Config> load_config(const std::optional<std::string>& named, const GetEnvironment& environment);

// For what must be done whatever else is wrong in the file: an empty Config but for its file and [journal]
// path. configuration when the journal cannot be told with certainty.
Result<Config> load_journal_config(const std::optional<std::string>& named, const GetEnvironment& environment);
// The same of a text; nothing: it cannot be told. A text without the table has an empty one.
std::optional<JournalConfig> parse_journal_alone(std::string_view text);

// The journal's path: --journal, else $TVHOOK_JOURNAL, config, $XDG_STATE_HOME/tvhook/journal.db
// (~/.local/state). The folders of the last are made, 0700, unless told to leave the disk alone. A relative
// path in the configuration stands for the configuration's own folder, "~/" for $HOME.
enum class MissingFolders { make, leave };
Result<std::string> resolve_journal_path(const std::optional<std::string>& named, const Config& config,
                                         const GetEnvironment& environment,
                                         MissingFolders missing = MissingFolders::make);
// Whether it is the last of these, whose folders are made.
bool keeps_journal_at_home(const std::optional<std::string>& named, const Config& config,
                           const GetEnvironment& environment);

// Reads the secret behind a reference. A file must not be readable by group or others (configuration error with
// the chmod that cures it); one trailing newline is dropped; an empty secret is an error.
Result<NamedSecret> resolve_secret(const SecretReference& reference, const GetEnvironment& environment);

}  // namespace tvh::cli
