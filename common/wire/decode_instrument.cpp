#include <algorithm>
#include <array>

#include "wire/decode.hpp"
#include "wire/symbol.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::array<std::string_view, 4> kKnownExchanges{"binance", "bybit", "okx", "bitget"};
constexpr std::size_t kLongestExchange = 32;

// Calls `each` for what the alert says its symbol is: texts, or one of two assets.
template <class Each>
void for_each_symbol(FieldReader& reader, const MemberList& members, Each each) {
  bool is_named = false;
  for (const JsonMember* member : members) {
    const auto text = reader.words_of(*member);
    if (!text) continue;
    is_named = true;
    each(*text, *member);
  }
  if (is_named || !reader.has(Field::base_asset)) return;
  const auto bases = reader.members(Field::base_asset);
  const auto quotes = reader.members(Field::quote_asset);
  if (bases.empty() || quotes.empty()) return;
  const auto base = reader.words_of(*bases.front());
  const auto quote = reader.words_of(*quotes.front());
  if (base && quote) each(*base + *quote, *bases.front());
}

std::optional<Ticker> read_ticker(FieldReader& reader, const MemberList& members) {
  std::optional<Ticker> result;
  const JsonMember* first = nullptr;
  for_each_symbol(reader, members, [&](const std::string& text, const JsonMember& member) {
    auto parsed = parse_symbol(text, reader.dialect().perp_quote);
    if (const auto* bad = std::get_if<BadSymbol>(&parsed)) {
      reader.report(bad->is_ambiguous ? FindingCode::ambiguous_symbol : FindingCode::bad_symbol, member,
                    shown(text) + " " + bad->reason);
    } else if (first == nullptr) {
      first = &member;
      result = std::get<Ticker>(std::move(parsed));
    } else if (!std::get<Ticker>(parsed).is_same_instrument(*result)) {
      reader.report_conflict(*first, member);
    }
  });
  return result;
}

bool is_accepted(const std::string& exchange, const DecodeOptions& options) {
  return std::find(kKnownExchanges.begin(), kKnownExchanges.end(), exchange) != kKnownExchanges.end() ||
         std::find(options.exchanges.begin(), options.exchanges.end(), exchange) != options.exchanges.end();
}

std::string accepted_list(const DecodeOptions& options) {
  std::string list;
  const auto add = [&](std::string_view name) {
    if (!list.empty()) list += ", ";
    list += upper(name);
  };
  for (const auto name : kKnownExchanges) add(name);
  for (const auto& name : options.exchanges) add(name);
  return list;
}

bool needs_symbol(model::Action action) {
  return action != model::Action::close_all && action != model::Action::cancel &&
         action != model::Action::heartbeat;
}

// A relay's chain of exchanges ends at the one that trades.
std::string read_exchange(FieldReader& reader) {
  const std::string text = reader.text(Field::exchange, kLongestExchange);
  const auto comma = text.rfind(',');
  return feed_name(comma == std::string::npos || !reader.is_foreign() ? text : text.substr(comma + 1));
}

}  // namespace

void read_instrument(FieldReader& reader, const DecodeOptions& options, model::Signal& signal) {
  const auto market = reader.word<model::Market>(Field::market);
  const MemberList symbols = reader.members(Field::symbol);
  const bool has_symbol = !symbols.empty() || (!reader.members(Field::base_asset).empty() &&
                                               !reader.members(Field::quote_asset).empty());
  auto ticker = read_ticker(reader, symbols);
  // A symbol that is named must have a value even where none is needed: close_all would close more than was
  // meant.
  if (!has_symbol && (needs_symbol(signal.action) || reader.has(Field::symbol))) {
    reader.report_missing(Field::symbol, "symbol", "a symbol such as BTCUSDT");
  }
  signal.exchange = read_exchange(reader);
  if (!signal.exchange.empty() && reader.dialect().exchange_must_be_known &&
      !is_accepted(signal.exchange, options)) {
    reader.report(FindingCode::unknown_exchange, Field::exchange, "exchange",
                  shown(signal.exchange) + " is not a known exchange; expected one of " +
                      accepted_list(options) + " (more can be listed in [listen] exchanges)");
  }
  if (ticker) {
    signal.symbol = std::move(ticker->symbol);
    signal.market = ticker->market;
    if (signal.exchange.empty()) {
      signal.exchange = ticker->exchange;
    } else if (!ticker->exchange.empty() && ticker->exchange != signal.exchange) {
      reader.report(
          FindingCode::conflicting_fields, Field::symbol, "symbol",
          "its prefix " + shown(ticker->exchange) + " contradicts exchange " + shown(signal.exchange));
    }
  }
  if (!market) return;
  if (ticker && ticker->market == model::Market::perp && *market == model::Market::spot) {
    reader.report(FindingCode::contradiction, Field::market, "market",
                  "spot contradicts the symbol's suffix, which says perpetual");
  }
  signal.market = *market;
}

}  // namespace tvh::wire
