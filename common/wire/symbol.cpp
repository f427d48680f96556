#include "wire/symbol.hpp"

#include <algorithm>

#include "model/instrument.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using model::Market;
using Parsed = std::variant<Ticker, BadSymbol>;

constexpr std::size_t kShortest = 3;
constexpr std::size_t kLongest = 20;

bool is_plain(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool take_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

Parsed of_parts(std::string symbol, std::string_view base, std::string_view quote, Market market) {
  Parsed parsed;
  if (symbol.size() < kShortest || symbol.size() > kLongest || !is_plain(symbol)) {
    parsed = BadSymbol{
        false,
        "is not a symbol; expected 3 to 20 letters and digits such as BTCUSDT, BINANCE:BTCUSDT or BTCUSDT.P"};
    return parsed;
  }
  Ticker& ticker = std::get<Ticker>(parsed);
  ticker.base = base;
  ticker.quote = quote;
  ticker.symbol = std::move(symbol);
  ticker.market = market;
  return parsed;
}

Parsed finished(std::string base, std::string quote, Market market) {
  return of_parts(base + quote, base, quote, market);
}

Parsed glued(std::string text, Market market) {
  const auto pair = model::split_symbol(text);
  if (!pair) return of_parts(std::move(text), "", "", market);
  return of_parts(std::move(text), pair->base, pair->quote, market);
}

BadSymbol no_quote(const std::string& base) {
  return {true, "is a perpetual that names no quote asset; write it whole, such as " +
                    (is_plain(base) ? base : "BTC") + "USDT.P"};
}

Parsed perp_of(std::string base, std::string_view perp_quote) {
  if (perp_quote.empty()) return no_quote(base);
  return finished(std::move(base), std::string(perp_quote), Market::perp);
}

// "BTC/USDT" and, of perpetuals, "BTC/USDT:USDT": what it is settled in stands after the colon.
Parsed slashed(std::string_view base, std::string_view rest) {
  const auto colon = rest.find(':');
  const std::string_view quote = rest.substr(0, colon);
  if (base.empty() || quote.empty()) return finished("", "", Market::spot);
  if (colon == std::string_view::npos) return finished(std::string(base), std::string(quote), Market::spot);
  const std::string_view settled = rest.substr(colon + 1);
  if (settled == quote) return finished(std::string(base), std::string(quote), Market::perp);
  if (settled.find('-') != std::string_view::npos) {
    return BadSymbol{false, "is a dated future or an option; only spot and perpetuals are traded"};
  }
  return BadSymbol{false, "is settled in another asset than its quote (coin-margined), which is not traded"};
}

// "BTC-USDT", "BTC-USDT-SWAP", "BTC-PERP".
Parsed dashed(const std::string& text, bool is_perp, std::string_view perp_quote) {
  const auto first = text.find('-');
  std::string base = text.substr(0, first);
  const std::string rest = text.substr(first + 1);
  if (rest == "PERP") return perp_of(std::move(base), perp_quote);
  const auto second = rest.find('-');
  std::string quote = rest.substr(0, second);
  if (base.empty() || quote.empty()) return finished("", "", Market::spot);
  if (second == std::string::npos) {
    return finished(std::move(base), std::move(quote), is_perp ? Market::perp : Market::spot);
  }
  const std::string kind = rest.substr(second + 1);
  if (kind != "SWAP" && kind != "PERP") {
    return BadSymbol{false, "is a dated future or an option; only spot and perpetuals are traded"};
  }
  if (quote == "USD" && kind == "SWAP") {
    return BadSymbol{false,
                     "is a coin-margined perpetual, which is not traded; its twin is " + base + "-USDT-SWAP"};
  }
  return finished(std::move(base), std::move(quote), Market::perp);
}

// BTCUSDT, BTCUSDTPERP.
Parsed plain(std::string text, std::string_view perp_quote) {
  constexpr std::string_view kPerp = "PERP";
  if (text.size() > kPerp.size() && text.ends_with(kPerp)) {
    std::string rest = text.substr(0, text.size() - kPerp.size());
    if (model::split_symbol(rest)) return glued(std::move(rest), Market::perp);
    if (is_plain(rest)) return perp_of(std::move(rest), perp_quote);
  }
  return glued(std::move(text), Market::spot);
}

Parsed without_prefix(std::string text, std::string_view perp_quote) {
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    return slashed(std::string_view(text).substr(0, slash), std::string_view(text).substr(slash + 1));
  }
  const bool is_perp = take_suffix(text, ".P");
  if (text.find('-') != std::string::npos) return dashed(text, is_perp, perp_quote);
  if (const auto line = text.find('_'); line != std::string::npos) {
    const std::string parts[] = {text.substr(0, line), text.substr(line + 1)};
    if (is_plain(parts[0]) && is_plain(parts[1]) && !is_digit(parts[1].front())) {
      return BadSymbol{true, "is base_quote at some services and quote_base at others; write " + parts[0] +
                                 parts[1] + " or " + parts[1] + parts[0]};
    }
  }
  if (text.ends_with("!")) {
    return BadSymbol{false, "is a continuous future, which is a chart and no instrument; name the contract"};
  }
  if (is_perp) return glued(std::move(text), Market::perp);
  return plain(std::move(text), perp_quote);
}

}  // namespace

std::string feed_name(std::string_view text) {
  std::string name = lower(text);
  if (!take_suffix(name, "_dly")) take_suffix(name, "_dl");
  return name;
}

std::variant<Ticker, BadSymbol> parse_symbol(std::string_view text, std::string_view perp_quote) {
  std::string symbol = upper(text);
  // The plainest first; anything with a mark in it goes the long way.
  if (is_plain(symbol)) return plain(std::move(symbol), perp_quote);
  std::string exchange;
  // A colon after a slash is ccxt's, not a prefix.
  const auto colon = symbol.find(':');
  if (colon != std::string::npos && symbol.find('/') > colon) {
    exchange = feed_name(std::string_view(symbol).substr(0, colon));
    symbol.erase(0, colon + 1);
  }
  Parsed parsed = without_prefix(std::move(symbol), perp_quote);
  if (auto* ticker = std::get_if<Ticker>(&parsed)) ticker->exchange = std::move(exchange);
  return parsed;
}

}  // namespace tvh::wire
