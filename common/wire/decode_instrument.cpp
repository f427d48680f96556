#include <algorithm>
#include <array>

#include "model/instrument.hpp"
#include "wire/decode.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::array<std::string_view, 4> kKnownExchanges{"binance", "bybit", "okx", "bitget"};
constexpr std::size_t kShortestSymbol = 3;
constexpr std::size_t kLongestSymbol = 20;
constexpr std::size_t kLongestExchange = 32;

struct Ticker {
  std::string prefix;  // exchange, lower case; "" when there was none
  std::string symbol;
  model::Market market = model::Market::spot;

  bool operator==(const Ticker& other) const { return symbol == other.symbol && market == other.market; }
};

// "NYMEX_DL" and "NYMEX_DLY" are delayed feeds of NYMEX.
std::string exchange_name(std::string_view text) {
  std::string name = lower(text);
  for (const std::string_view suffix : {"_dly", "_dl"}) {
    if (name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

std::optional<Ticker> split_ticker(const std::string& text) {
  Ticker ticker;
  ticker.symbol = upper(text);
  if (const auto colon = ticker.symbol.find(':'); colon != std::string::npos) {
    ticker.prefix = exchange_name(ticker.symbol.substr(0, colon));
    ticker.symbol.erase(0, colon + 1);
  }
  if (ticker.symbol.ends_with(".P")) {
    ticker.market = model::Market::perp;
    ticker.symbol.resize(ticker.symbol.size() - 2);
  } else if (ticker.symbol.ends_with("PERP")) {
    // TradingView's older spelling of perpetuals: BTCUSDTPERP.
    std::string rest = ticker.symbol.substr(0, ticker.symbol.size() - 4);
    if (model::split_symbol(rest)) {
      ticker.market = model::Market::perp;
      ticker.symbol = std::move(rest);
    }
  }
  const bool right = ticker.symbol.size() >= kShortestSymbol && ticker.symbol.size() <= kLongestSymbol &&
                     std::all_of(ticker.symbol.begin(), ticker.symbol.end(),
                                 [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
  if (!right) return std::nullopt;
  return ticker;
}

std::optional<Ticker> read_ticker(FieldReader& reader) {
  std::optional<Ticker> result;
  const JsonMember* first = nullptr;
  for (const JsonMember* member : reader.members(Field::symbol)) {
    const auto text = reader.words_of(*member);
    if (!text) continue;
    auto ticker = split_ticker(*text);
    if (!ticker) {
      reader.report(FindingCode::bad_symbol, *member,
                    shown(*text) +
                        " is not a symbol; expected 3 to 20 letters and digits such as BTCUSDT, "
                        "BINANCE:BTCUSDT or BTCUSDT.P");
    } else if (first == nullptr) {
      first = member;
      result = std::move(ticker);
    } else if (!(*ticker == *result)) {
      reader.report_conflict(*first, *member);
    }
  }
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

// A canonical body says so ("kind":"signal"); its exchange is any feed's name.
bool is_canonical_body(FieldReader& reader) {
  for (const JsonMember* member : reader.members(Field::about_the_record)) {
    if (member->key == "kind" && member->value.text == "signal") return true;
  }
  return false;
}

bool needs_symbol(model::Action action) {
  return action != model::Action::close_all && action != model::Action::cancel &&
         action != model::Action::heartbeat;
}

}  // namespace

void read_instrument(FieldReader& reader, Dialect dialect, const DecodeOptions& options,
                     model::Signal& signal) {
  const auto market = reader.word<model::Market>(Field::market);
  const bool has_symbol = !reader.members(Field::symbol).empty();
  const auto ticker = read_ticker(reader);
  // A symbol that is named must have a value even where none is needed: close_all would close more than was
  // meant.
  if (!has_symbol && (needs_symbol(signal.action) || reader.has(Field::symbol))) {
    reader.report_missing(Field::symbol, "symbol", "a symbol such as BTCUSDT");
  }
  signal.exchange = exchange_name(reader.text(Field::exchange, kLongestExchange));
  if (!signal.exchange.empty() && dialect == Dialect::alert && !is_canonical_body(reader) &&
      !is_accepted(signal.exchange, options)) {
    reader.report(FindingCode::unknown_exchange, Field::exchange, "exchange",
                  shown(signal.exchange) + " is not a known exchange; expected one of " +
                      accepted_list(options) + " (more can be listed in [listen] exchanges)");
  }
  if (ticker) {
    signal.symbol = ticker->symbol;
    signal.market = ticker->market;
    if (signal.exchange.empty()) {
      signal.exchange = ticker->prefix;
    } else if (!ticker->prefix.empty() && ticker->prefix != signal.exchange) {
      reader.report(FindingCode::conflicting_fields, Field::symbol, "symbol",
                    "its prefix " + shown(ticker->prefix) + " contradicts exchange " + shown(signal.exchange));
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
