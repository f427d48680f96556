// From the tree of a configuration file to a Config: which keys there are, their types, and what contradicts
// what.
#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include "cli/config.hpp"
#include "cli/config_tree.hpp"
#include "cli/config_values.hpp"
#include "cli/nearest.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

using Assign = std::function<Result<void>(const ConfigNode&)>;

// One section's keys. `later` are words of the design that this version cannot keep: refused, because a limit
// that is silently ignored costs money.
struct SectionRules {
  std::string title;  // "[strategy.ma]"
  std::vector<std::pair<std::string, Assign>> keys;
  std::vector<std::string> later;
};

std::string in_quotes(const std::string& text) { return "\"" + printable(text) + "\""; }

class ConfigReader {
 public:
  explicit ConfigReader(const std::string& file_name) : file_(file_name) { config_.file = file_name; }

  Result<Config> read(const ConfigNode& document) {
    SectionRules rules{"the file", {}, {"notify"}};
    rules.keys = {{"journal", [this](const ConfigNode& node) { return read_journal(node); }},
                  {"listen", [this](const ConfigNode& node) { return read_listen(node); }},
                  {"auth", [this](const ConfigNode& node) { return read_auth(node); }},
                  {"risk", [this](const ConfigNode& node) { return read_risk(node); }},
                  {"venue", [this](const ConfigNode& node) { return read_venues(node); }},
                  {"strategy", [this](const ConfigNode& node) { return read_strategies(node); }}};
    TVH_CHECK(read_section(document, rules));
    TVH_CHECK(check_venues_exist());
    return std::move(config_);
  }

 private:
  Error at(std::size_t line, const std::string& message) const {
    return fail(Errc::configuration, file_ + ":" + std::to_string(line) + ": " + message);
  }

  Result<void> read_section(const ConfigNode& node, const SectionRules& rules) const {
    const bool is_document = rules.title == "the file";
    const std::string noun = is_document ? "section" : "key";
    std::vector<std::string> names;
    for (const auto& [name, assign] : rules.keys) names.push_back(name);
    for (const auto& entry : node.entries) {
      if (std::find(rules.later.begin(), rules.later.end(), entry.key) != rules.later.end()) {
        return at(entry.line, noun + " " + in_quotes(entry.key) + " in " + rules.title +
                                  " is not supported by this version yet; remove it, it would have no effect");
      }
      const auto rule = std::find_if(rules.keys.begin(), rules.keys.end(),
                                     [&entry](const auto& candidate) { return candidate.first == entry.key; });
      if (rule == rules.keys.end()) {
        std::string hint = suggestion(entry.key, names);
        if (hint.empty()) {
          for (const auto& name : names) hint += (hint.empty() ? "; known here: " : ", ") + name;
        }
        return at(entry.line, "unknown " + noun + " " + in_quotes(entry.key) + " in " + rules.title + hint);
      }
      if (is_document) {
        if (entry.value.kind != ConfigKind::table) {
          return at(entry.line, entry.key + " is a section: write [" + entry.key + "]");
        }
        TVH_CHECK(rule->second(entry.value));
      } else if (auto assigned = rule->second(entry.value); !assigned) {
        // A nested table names its line itself.
        if (assigned.error().message.starts_with(file_ + ":")) return assigned;
        const std::size_t line = entry.value.line == 0 ? entry.line : entry.value.line;
        return at(line, entry.key + " in " + rules.title + " " + assigned.error().message);
      }
    }
    return {};
  }

  Result<void> read_journal(const ConfigNode& node) {
    return read_section(node, {"[journal]", {{"path", assign_text(config_.journal.path)}}, {}});
  }

  Result<void> read_listen(const ConfigNode& node) {
    auto& listen = config_.listen;
    return read_section(
        node,
        {"[listen]",
         {{"address", assign_address(listen.address)},
          {"admin_address", assign_address(listen.admin_address)},
          {"silent_after", assign_duration(listen.silent_after)},
          {"backlog_after", assign_duration(listen.backlog_after)},
          {"path", assign_url_path(listen.path)},
          {"path_token",
           [this](const ConfigNode& value) { return read_references(value, config_.listen.path_tokens); }},
          {"allow", assign_texts(listen.allow)},
          {"trust_proxy", assign_texts(listen.trust_proxy)},
          {"tls_cert", assign_file(listen.tls_cert)},
          {"tls_key", assign_file(listen.tls_key)},
          {"client_cert", assign_choice(listen.client_cert, {"off", "observe", "require"})},
          {"client_ca", assign_file(listen.client_ca)},
          {"client_fingerprint", assign_texts(listen.client_fingerprints)},
          {"connections", assign_count(listen.connections)},
          {"connections_per_source", assign_count(listen.connections_per_source)},
          {"requests_per_second", assign_count(listen.requests_per_second)},
          {"strategy_alerts_per_second", assign_count(listen.strategy_alerts_per_second)},
          {"exchanges", assign_lower_list(listen.exchanges)},
          {"resend_window", assign_duration(listen.resend_window)}},
         {"lenient"}});
  }

  // A file named in the configuration: relative to the folder of that, wherever the tool was started.
  Assign assign_file(std::optional<std::string>& target) const {
    return [this, &target](const ConfigNode& node) -> Result<void> {
      TVH_CHECK(assign_text(target)(node));
      target = (std::filesystem::path(config_.file).parent_path() / *target).string();
      return {};
    };
  }

  Result<void> read_auth(const ConfigNode& node) {
    return read_section(
        node, {"[auth]",
               {{"secrets", [this](const ConfigNode& table) { return read_secrets(table, config_.secrets); }}},
               {}});
  }

  // One reference, or a table of them by name.
  Result<void> read_references(const ConfigNode& node, std::vector<SecretReference>& target) {
    if (node.kind == ConfigKind::table) return read_secrets(node, target);
    TVH_CHECK(check_secret_reference(node));
    target.push_back({"path_token", node.text});
    return {};
  }

  Result<void> read_secrets(const ConfigNode& node, std::vector<SecretReference>& target) {
    if (node.kind != ConfigKind::table) {
      return fail(Errc::configuration, "must be a table, such as { main = \"env:NAME\" }");
    }
    for (const auto& entry : node.entries) {
      if (!is_secret_name(entry.key)) {
        return at(entry.line, "a secret's name is made of letters, digits, '_', '-' and '.'");
      }
      if (auto checked = check_secret_reference(entry.value); !checked) {
        return at(entry.line, "secret " + in_quotes(entry.key) + " " + checked.error().message);
      }
      target.push_back({entry.key, entry.value.text});
    }
    return {};
  }

  // The keys of [risk] stand in [venue.NAME] and [strategy.NAME] too, and limit what these are about.
  static void add_limits(SectionRules& rules, LimitsConfig& limits) {
    const std::initializer_list<std::pair<std::string, Assign>> keys{
        {"max_order_size", assign_positive(limits.max_order_size)},
        {"max_order_notional", assign_positive(limits.max_order_notional)},
        {"max_position", assign_positive(limits.max_position)},
        {"daily_loss", assign_positive(limits.daily_loss)},
        {"max_price_distance_percent", assign_positive(limits.max_price_distance_percent)},
        {"max_orders_per_minute", assign_count(limits.max_orders_per_minute)},
        {"max_age", assign_duration(limits.max_age)},
        {"symbols", assign_symbols(limits.symbols)},
        {"actions", assign_actions(limits.actions)}};
    rules.keys.insert(rules.keys.end(), keys);
  }

  static void add_breaker(SectionRules& rules, BreakerConfig& breaker) {
    const std::initializer_list<std::pair<std::string, Assign>> keys{
        {"failures", assign_count(breaker.failures)},
        {"window", assign_positive_duration(breaker.window)},
        {"cool_down", assign_positive_duration(breaker.cool_down)}};
    rules.keys.insert(rules.keys.end(), keys);
  }

  Result<void> read_risk(const ConfigNode& node) {
    SectionRules rules{"[risk]", {{"max_slippage", assign_percent(config_.max_slippage, Sign::positive)}}, {}};
    add_limits(rules, config_.risk);
    add_breaker(rules, config_.breaker);
    return read_section(node, rules);
  }

  // [venue.NAME] and [strategy.NAME]: a table of tables.
  Result<void> read_named(const ConfigNode& node, const std::string& section,
                          const std::function<Result<void>(const std::string&, const ConfigNode&)>& read_one) {
    for (const auto& entry : node.entries) {
      if (entry.value.kind != ConfigKind::table) {
        return at(entry.line, in_quotes(entry.key) + " stands in [" + section + "] itself; write [" + section +
                                  ".NAME] above it, with the " + section + "'s name");
      }
      if (entry.key.empty()) return at(entry.line, "a " + section + "'s name is not empty");
      TVH_CHECK(read_one(entry.key, entry.value));
    }
    return {};
  }

  Result<void> read_venues(const ConfigNode& node) {
    return read_named(node, "venue", [this](const std::string& name, const ConfigNode& table) -> Result<void> {
      VenueConfig& venue = config_.venues[name];
      const std::string title = "[venue." + printable(name) + "]";
      SectionRules rules{title,
                         {{"kind", assign_venue_kind(venue.kind)},
                          {"mode", assign_choice(venue.mode, {"paper", "testnet", "demo", "live"})},
                          {"api_key", assign_reference(venue.api_key)},
                          {"api_secret", assign_reference(venue.api_secret)},
                          {"base_url", assign_text(venue.base_url)},
                          {"recv_window", assign_positive_duration(venue.recv_window)},
                          {"prices", read_amounts(title, "prices", Amounts::prices, venue.prices)},
                          {"balances", read_amounts(title, "balances", Amounts::balances, venue.balances)},
                          {"fee_percent", assign_percent(venue.fee_percent, Sign::any)},
                          {"slippage_percent", assign_percent(venue.slippage_percent, Sign::not_negative)},
                          {"latency", assign_duration(venue.latency)}},
                         {"passphrase"}};
      add_limits(rules, venue.limits);
      add_breaker(rules, venue.breaker);
      venue.mode.clear();
      TVH_CHECK(read_section(table, rules));
      if (venue.mode.empty()) venue.mode = venue.kind == "paper" ? "paper" : "testnet";
      return check_venue(table, title, venue);
    });
  }

  // What stands in the section must be for its kind.
  Result<void> check_venue(const ConfigNode& table, const std::string& title, const VenueConfig& venue) const {
    const bool paper = venue.kind == "paper";
    const std::vector<std::string> others =
        paper ? std::vector<std::string>{"api_key", "api_secret", "base_url", "recv_window"}
              : std::vector<std::string>{"prices", "balances", "fee_percent", "slippage_percent", "latency"};
    for (const auto& entry : table.entries) {
      if (std::find(others.begin(), others.end(), entry.key) == others.end()) continue;
      return at(entry.line, entry.key + " in " + title + " is not for kind " + in_quotes(venue.kind) +
                                "; remove it, it would have no effect");
    }
    if (paper == (venue.mode == "paper")) {
      if (paper) return {};
      if (venue.recv_window && (*venue.recv_window < std::chrono::milliseconds(500) ||
                                *venue.recv_window > std::chrono::seconds(60)))
        return at(table.line, "recv_window in " + title + " must be from \"500ms\" to \"60s\"");
      if (venue.api_key && venue.api_secret) return {};
      return at(table.line, title + " needs api_key and api_secret, as \"env:NAME\" or \"file:/path\"");
    }
    return at(table.line, "mode " + in_quotes(venue.mode) + " in " + title + " contradicts its kind " +
                              in_quotes(venue.kind) +
                              (paper ? ", which only simulates; write mode = \"paper\""
                                     : "; write \"testnet\", \"demo\" or \"live\", or kind = \"paper\""));
  }

  enum class Amounts { prices, balances };

  Assign read_amounts(const std::string& title, const std::string& key, Amounts amounts,
                      std::map<std::string, Decimal>& target) const {
    return [this, title, key, amounts, &target](const ConfigNode& node) -> Result<void> {
      if (node.kind != ConfigKind::table) {
        return fail(Errc::configuration, "must be a table, such as { " +
                                             std::string(amounts == Amounts::prices ? "BTCUSDT = \"65000.5\" }"
                                                                                    : "USDT = \"10000\" }"));
      }
      for (const auto& entry : node.entries) {
        const std::string where =
            printable(entry.key) + " in " + title.substr(0, title.size() - 1) + "." + key + "] ";
        const auto name = amounts == Amounts::prices ? normal_symbol(entry.key) : normal_asset(entry.key);
        if (!name) return at(entry.line, where + name.error().message);
        const auto amount = read_decimal(entry.value);
        if (!amount) return at(entry.line, where + amount.error().message);
        if (amounts == Amounts::prices && !amount->is_positive())
          return at(entry.line, where + "must be above 0");
        if (amount->is_negative()) return at(entry.line, where + "must not be below 0");
        if (!target.emplace(*name, *amount).second) return at(entry.line, where + "is given twice");
      }
      return {};
    };
  }

  Result<void> read_strategies(const ConfigNode& node) {
    return read_named(
        node, "strategy", [this](const std::string& name, const ConfigNode& table) -> Result<void> {
          StrategyConfig& strategy = config_.strategies[name];
          for (const auto& entry : table.entries) {
            if (entry.key == "venue") venue_lines_[name] = entry.line;
          }
          SectionRules rules{
              "[strategy." + printable(name) + "]",
              {{"venue", assign_text(strategy.venue)},
               {"dialect", assign_text(strategy.dialect)},
               {"follow", assign_choice(strategy.follow, {"orders", "position"})},
               {"size", assign_positive(strategy.size)},
               {"size_unit",
                assign_choice(strategy.size_unit, {"base", "quote", "contracts", "percent_equity",
                                                   "percent_balance", "percent_position", "risk_percent"})},
               {"untracked", assign_boolean(strategy.untracked)},
               {"allow_opposing", assign_boolean(strategy.allow_opposing)},
               {"max_slippage", assign_percent(strategy.max_slippage, Sign::positive)},
               {"pyramiding", assign_count(strategy.pyramiding)},
               {"resend_window", assign_duration(strategy.resend_window)},
               {"secrets", assign_texts(strategy.secrets)}},
              {"naked_timeout"}};
          add_limits(rules, strategy.limits);
          return read_section(table, rules);
        });
  }

  Result<void> check_venues_exist() const {
    std::vector<std::string> names{"paper"};
    for (const auto& [name, venue] : config_.venues) names.push_back(name);
    for (const auto& [name, line] : venue_lines_) {
      const std::string& wanted = *config_.strategies.at(name).venue;
      if (config_.venue(wanted) != nullptr) continue;
      std::string hint = suggestion(wanted, names);
      if (hint.empty()) hint = "; add [venue." + printable(wanted) + "]";
      return at(line, "venue " + in_quotes(wanted) + " of [strategy." + printable(name) +
                          "] is not configured" + hint);
    }
    return {};
  }

  std::string file_;
  Config config_;
  std::map<std::string, std::size_t> venue_lines_;  // where each strategy names its venue
};

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& file_name) {
  const std::string shown = printable(file_name);
  TVH_TRY(const ConfigNode document, parse_config_tree(text, shown));
  TVH_TRY(Config config, ConfigReader(shown).read(document));
  config.file = file_name;
  return config;
}

}  // namespace tvh::cli
