#include "wire/finding_codes.hpp"

#include <array>

#include "base/invariant.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using C = FindingCode;
constexpr Severity kError = Severity::error;
constexpr Severity kWarning = Severity::warning;
constexpr Severity kNote = Severity::note;

constexpr std::array kKinds{
    FindingKind{C::syntax, "TV001", "syntax", kError,
                R"(The message is not JSON. The usual causes, and their cures:
  a trailing comma            {"action":"buy",}        delete the last comma
  a missing comma             "a":1 "b":2              put a comma between fields
  smart or single quotes      {“action”: 'buy'}        plain double quotes: "
  a placeholder left in       "price": {{close}}       it was not filled in, see TV013
  text without quotes         "ticker": {{ticker}}     write "ticker": "{{ticker}}"
  NaN                         "sl": {{plot("SL")}}     the plot has no value on that bar
  a grouped number            "price": 12,345.6        str.tostring(x), not str.format
  a comment                   // entry                 delete it
Line and column say where the text stops being JSON.)"},
    FindingKind{C::duplicate_key, "TV002", "duplicate_key", kError,
                R"(A field stands twice in one object. Programs disagree on which of the two counts,
so neither is used. Delete one of them.)"},
    FindingKind{C::too_deep, "TV003", "too_deep", kError,
                "Objects or lists are nested more than 32 levels deep. No alert needs that."},
    FindingKind{C::too_many_fields, "TV004", "too_many_fields", kError,
                "The message has more than 256 fields. No alert needs that."},
    FindingKind{C::invalid_utf8, "TV005", "invalid_utf8", kError,
                R"(The message holds bytes that are not UTF-8 text. TradingView sends UTF-8; a relay or
an editor between it and here changed the encoding.)"},
    FindingKind{C::nul_byte, "TV006", "nul_byte", kError,
                "The message holds a NUL character, raw or as \\u0000. Text never does."},
    FindingKind{C::not_an_object, "TV007", "not_an_object", kError,
                R"(The message is JSON, but not one object in braces. A list of alerts is taken only in
the dialects that have lists; else send one message for each.)"},
    FindingKind{C::too_large, "TV008", "too_large", kError,
                "The message is over 64 KiB. TradingView's own bound is below that."},
    FindingKind{C::empty, "TV009", "empty", kError,
                R"(The message is empty. A strategy alert whose message is
{{strategy.order.alert_message}} is empty for every order call without alert_message.)"},
    FindingKind{C::wrong_secret, "TV010", "wrong_secret", kError,
                R"(The secret in the message is none of the configured ones. If several of `secret`,
`token`, `passphrase` and `segredo` are present, all must be right.)"},
    FindingKind{C::missing_secret, "TV011", "missing_secret", kError,
                R"(Secrets are configured, but the message has none. Put it in one of `secret`,
`token`, `passphrase` or `segredo`.)"},
    FindingKind{C::missing_field, "TV012", "missing_field", kError,
                R"(A required field is not there, or has no value (empty, null, na, NaN). Every alert
needs an action; all but close_all, cancel and heartbeat need a symbol. A size that is
named but has no value is refused too, rather than replaced by a default.)"},
    FindingKind{C::unsubstituted_placeholder, "TV013", "unsubstituted_placeholder", kError,
                R"(A {{placeholder}} arrived as it was written. TradingView fills placeholders only in
the alert dialog's message and in alertcondition(), never in alert(); those that begin
with strategy. only in order-fill alerts of a strategy; and it knows no arithmetic:
{{close * 0.98}} is sent as it stands. In alert(), build the text in Pine:
  '"symbol":"' + syminfo.ticker + '"')"},
    FindingKind{C::wrong_type, "TV014", "wrong_type", kError,
                "A field holds another kind of value than it should: an object where a number is\n"
                "expected, a number where a text is, and so on."},
    FindingKind{C::unknown_action, "TV015", "unknown_action", kError,
                R"(The action is none that is known: buy, sell (also COMPRA, VENDA), close_long,
close_short, close_all, cancel, target, heartbeat; in any case of letters.)"},
    FindingKind{C::bad_symbol, "TV016", "bad_symbol", kError,
                R"(The symbol is not 3 to 20 letters and digits. An EXCHANGE: prefix and a .P suffix
(perpetual) are understood and taken off: BYBIT:BTCUSDT.P is BTCUSDT, market perp.)"},
    FindingKind{C::unknown_exchange, "TV017", "unknown_exchange", kError,
                R"(The exchange is not one this toolkit trades at, so the alert is probably from the
wrong chart. To accept its feed name anyway, list it in the configuration:
  [listen]
  exchanges = ["kraken"])"},
    FindingKind{C::not_a_number, "TV018", "not_a_number", kError,
                R"(A field that is a number holds something else. Numbers may be bare or in quotes,
with a point and without grouping: 65000.5, "0.01", 1e-3.)"},
    FindingKind{C::out_of_range, "TV019", "out_of_range", kError,
                R"(A number is larger or finer than any price or quantity: more than 15 digits before
the point or 22 after it. Nothing is rounded to fit.)"},
    FindingKind{C::not_positive, "TV020", "not_positive", kError,
                R"(A quantity or price is zero or negative. The direction is said by the action, never
by the sign; to close a position use close_long, close_short or close_all.)"},
    FindingKind{C::conflicting_fields, "TV022", "conflicting_fields", kError,
                R"(Two fields that mean the same hold different values, for example symbol and ticker.
Neither is guessed to be right. Keep one.)"},
    FindingKind{C::contradiction, "TV023", "contradiction", kError,
                R"(Fields that are right one by one do not go together: a limit order without a limit
price, a market order with one, a spot market with a .P symbol, a stop loss above the
price of a buy, a flat position with a size.)"},
    FindingKind{C::bad_time, "TV024", "bad_time", kError,
                R"(A time is neither ISO 8601 (2026-11-20T10:15:00Z) nor seconds or milliseconds since
1970. {{time}}, {{timenow}} and str.tostring(time) are all right.)"},
    FindingKind{C::unknown_value, "TV025", "unknown_value", kError,
                "A field that takes one of a few words holds another one; the message lists them."},
    FindingKind{C::bad_text, "TV026", "bad_text", kError,
                "A name or id is longer than 128 bytes or holds control characters."},
    FindingKind{C::misspelled_field, "TV028", "misspelled_field", kError,
                R"(A field that shapes the order is spelled in another way than this toolkit reads
(stopLoss for stop_loss). Ignoring it would place another order than was meant.)"},
    FindingKind{C::bad_record, "TV029", "bad_record", kError,
                R"(A line that says "kind":"signal" is no canonical signal record: its id, time or one
of its fields is missing or wrong. Signal records are what tvhook-listen,
tvhook-validate and tvhook-replay print.)"},
    FindingKind{C::not_supported, "TV030", "not_supported", kError,
                R"(The alert asks, in the terms of another service, for what cannot be done from the alert
alone: a size times an unknown leverage, a limit price as an offset, a position turned
round by doubling. Reading it as something else would place another order than was
meant. Send the size as an amount or a percentage and prices as prices.)"},
    FindingKind{C::ambiguous_dialect, "TV031", "ambiguous_dialect", kError,
                R"(The alert bears the marks of two services' formats equally, and the same keys mean
different things in them. Say which it is, for one run with --dialect NAME, for good with
  [strategy.NAME]
  dialect = "traderspost")"},
    FindingKind{C::wrong_dialect, "TV032", "wrong_dialect", kError,
                R"(The strategy's dialect is fixed to a text format, but the alert is JSON. Correct
dialect in [strategy.NAME], or the message.)"},
    FindingKind{C::ambiguous_symbol, "TV034", "ambiguous_symbol", kError,
                R"(The symbol could be two instruments: BTC-PERP names no quote asset, and BTC_USDT is
base_quote at some services and quote_base at others. Write it whole, as TradingView
does: BTCUSDT for spot, BTCUSDT.P for the perpetual.)"},
    FindingKind{C::fire_time_as_bar_time, "TV040", "fire_time_as_bar_time", kWarning,
                R"(The time is not the start of a bar, so it is read as the moment the alert fired.
{{timenow}} does that: two alerts of one bar get two times, and cannot be recognised
as the same by it. Use {{time}}, the bar's start; {{timenow}} may go into "fired_at".)"},
    FindingKind{C::size_without_strategy, "TV041", "size_without_strategy", kWarning,
                R"(The alert trades a size but names no strategy, so it counts as the strategy
"default": positions, limits and duplicates of all such alerts are kept together.
Add "strategy_id":"a_name_of_its_own".)"},
    FindingKind{C::price_as_text, "TV044", "price_as_text", kWarning,
                R"(A number arrives as text ("65000.5"). It is read exactly, but other receivers and
jq will compare it as text. Write it without quotes: "price": {{close}}.)"},
    FindingKind{C::volume_as_size, "TV045", "volume_as_size", kWarning,
                R"(The size stands in `volume`. If that is filled from {{volume}} it is what the whole
market traded in the bar, not an order's size. Use "quantity":
{{strategy.order.contracts}}.)"},
    FindingKind{C::similar_field, "TV046", "similar_field", kWarning,
                R"(An unknown field is spelled almost like a known one. It is kept under `extra` and
changes nothing about the order. Correct the name if it was meant.)"},
    FindingKind{C::missing_optional, "TV047", "missing_optional", kWarning,
                R"(An optional field is named but has no value (empty, na, NaN, or a placeholder that
was not filled in). It is treated as if it were not there.)"},
    FindingKind{C::no_time, "TV048", "no_time", kNote,
                R"(The alert has no time. A copy of it is recognised only within the resend window
(30 s), and a wanted repetition within it is taken for a copy. Add "time":"{{time}}".)"},
    FindingKind{C::ignored_size, "TV049", "ignored_size", kWarning,
                R"(Several sizes with different values. The first of quantity, qty, qtd, contracts,
volume counts; the others are kept under `extra`.)"},
    FindingKind{C::odd_timeframe, "TV050", "odd_timeframe", kWarning,
                R"(The timeframe is not a length of time TradingView writes ("15", "240", "30S", "1D").
Without one, a time identifies an alert only if it is exactly the same.)"},
    FindingKind{C::incomplete_position, "TV051", "incomplete_position", kWarning,
                R"(The alert says something of its position (its size, or what it was before) but not
what it is now. Add "market_position":"{{strategy.market_position}}".)"},
    FindingKind{C::repaired, "TV052", "repaired", kNote,
                R"(The message is not right as it stands and was repaired because --lenient was given.
What was changed is listed, and the mended text follows. Correct the message: nothing
else repairs it, and tvhook-listen refuses it as it is.)"},
};

}  // namespace

std::span<const FindingKind> finding_kinds() { return kKinds; }

const FindingKind& kind_of(FindingCode code) {
  const auto& kind = kKinds[std::size_t(code)];
  TVH_INVARIANT(kind.value == code, "the table stands in the order of the enumeration");
  return kind;
}

const FindingKind* find_finding_kind(std::string_view code_or_name) {
  const std::string wanted = upper(code_or_name);
  for (const auto& kind : kKinds) {
    if (kind.code == wanted || kind.name == code_or_name) return &kind;
  }
  return nullptr;
}

Finding make_finding(FindingCode code, std::string field, std::string message, std::size_t offset) {
  const FindingKind& kind = kind_of(code);
  return {kind.severity,      std::string(kind.code), std::string(kind.name),
          std::move(message), std::move(field),       offset};
}

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

}  // namespace tvh::wire
