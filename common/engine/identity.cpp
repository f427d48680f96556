#include "engine/identity.hpp"

#include <array>
#include <charconv>
#include <span>

namespace tvh::engine {
namespace {

using model::Identity;
using model::Signal;

void add_number(PartsHash& hash, std::int64_t number) {
  std::array<char, 20> text;
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  hash.add({text.data(), std::size_t(end - text.data())});
}

template <class Value>
void add_optional(PartsHash& hash, const std::optional<Value>& value) {
  if constexpr (std::is_same_v<Value, Decimal>) {
    hash.add(value ? value->text().view() : std::string_view());
  } else {
    hash.add(value ? to_text(*value) : std::string_view());
  }
}

void add_position(PartsHash& hash, const std::optional<model::PositionChange>& position) {
  hash.add(position ? "position" : "");
  if (!position) return;
  hash.add(to_text(position->side));
  add_optional(hash, position->size);
  add_optional(hash, position->prev_side);
  add_optional(hash, position->prev_size);
}

void add_prices(PartsHash& hash, const Signal& signal) {
  add_optional(hash, signal.limit_price);
  add_optional(hash, signal.stop_price);
  add_optional(hash, signal.stop_loss);
  add_optional(hash, signal.take_profit);
}

// Where the JSON string that begins at `begin` ends, after its closing quote.
std::size_t string_end(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2u : 1u;
  return at < json.size() ? at + 1 : json.size();
}

// JSON text without the strings in it that are ISO times: an unknown field filled from {{timenow}} must not
// make a resend look new. Epoch numbers stay: they may be somebody's serial numbers.
std::string without_times(std::string_view json) {
  constexpr std::size_t kShortestTime = sizeof("2026-11-20T10:15") - 1;
  std::string result;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = json[at] == '"' ? string_end(json, at) : at + 1;
    const std::string_view token = json.substr(at, end - at);
    const bool is_time = token.size() >= kShortestTime + 2 && token[5] == '-' &&
                         parse_time(token.substr(1, token.size() - 2)).has_value();
    if (!is_time) result += token;
    at = end;
  }
  return result;
}

std::string_view order_name(const Signal& signal) {
  return signal.order_id.empty() ? std::string_view(signal.comment) : std::string_view(signal.order_id);
}

std::string instrument_of(const Signal& signal) { return model::instrument_name(signal.symbol, signal.market); }

Digest author_key(const Signal& signal) {
  PartsHash hash;
  hash.add("author");
  hash.add(signal.strategy);
  hash.add(signal.signal_id);
  return hash.digest();
}

Digest bare_key(const Signal& signal) {
  PartsHash hash;
  hash.add("bare");
  hash.add(signal.strategy);
  hash.add(instrument_of(signal));
  hash.add(to_text(signal.action));
  hash.add(signal.bare_id);
  return hash.digest();
}

Digest trade_key(const Signal& signal, TimePoint bar) {
  PartsHash hash;
  hash.add("trade");
  hash.add(signal.strategy);
  hash.add(instrument_of(signal));
  hash.add(to_text(signal.action));
  hash.add(order_name(signal));
  add_optional(hash, signal.quantity);
  hash.add(to_text(signal.size_unit));
  add_prices(hash, signal);
  add_position(hash, signal.position);
  add_number(hash, nanoseconds_since_epoch(bar));
  return hash.digest();
}

// Two bars taken for one are a lost trade; one bar taken for two is at worst an alert that rule 3 has to fold.
// Bars of a length that does not fit a day begin anew with each trading day, which not every market begins at
// 00:00 UTC, so that the last one of it may begin less than a length before the first of the next. Who says
// when his bar began is believed there.
TimePoint bar_of(const Signal& signal, TimePoint at) {
  const bool is_start = signal.bar_time && !model::bars_fit_day(signal.timeframe);
  return is_start ? at : model::bar_start(at, signal.timeframe);
}

Digest content_of(const Signal& signal) {
  PartsHash hash;
  hash.add("content");
  hash.add(signal.strategy);
  hash.add(signal.exchange);
  hash.add(instrument_of(signal));
  hash.add(to_text(signal.action));
  add_optional(hash, signal.quantity);
  hash.add(to_text(signal.size_unit));
  hash.add(to_text(signal.order_type));
  add_prices(hash, signal);
  hash.add(without_times(signal.trailing_json));
  hash.add(without_times(signal.legs_json));
  hash.add(!signal.reduce_only ? "" : *signal.reduce_only ? "true" : "false");
  add_optional(hash, signal.leverage);
  add_optional(hash, signal.time_in_force);
  hash.add(signal.order_id);
  hash.add(signal.comment);
  hash.add(signal.timeframe);
  hash.add(signal.max_age ? std::to_string(signal.max_age->count()) : std::string());
  add_position(hash, signal.position);
  hash.add(signal.signal_id);
  hash.add(signal.bare_id);
  hash.add(without_times(signal.extra_json));
  return hash.digest();
}

// Seconds in 40 bits, which are 8 characters; 88 bits of the hash are left.
void begin_with_time(Digest& digest, TimePoint at) {
  std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  for (std::size_t i = 5; i > 0; --i) {
    digest[i - 1] = std::uint8_t(seconds & 0xff);
    seconds >>= 8;
  }
}

}  // namespace

Identity identity_of(const Signal& signal, Nanoseconds resend_window, Content content) {
  Identity identity;
  identity.window = resend_window;
  identity.direction = model::direction_of(signal.action);
  identity.both_directions =
      signal.action == model::Action::close_all || signal.action == model::Action::target;
  identity.event_at = signal.fired_at ? signal.fired_at : signal.bar_time;
  if (!signal.signal_id.empty()) {
    identity.rule = Identity::Rule::author_id;
    identity.key = author_key(signal);
  } else if (!signal.bare_id.empty()) {
    identity.rule = Identity::Rule::author_id;
    identity.key = bare_key(signal);
    identity.key_expires = true;
    // 0 turns rule 3 off, not this rule: a bare id without a window would never be recognised.
    if (identity.window <= Nanoseconds(0)) identity.window = kDefaultResendWindow;
  } else if (const auto at = signal.bar_time ? signal.bar_time : signal.fired_at) {
    identity.rule = Identity::Rule::trade_and_bar;
    identity.key_at = bar_of(signal, *at);
    identity.key = trade_key(signal, *identity.key_at);
  }
  const bool is_identity = identity.rule == Identity::Rule::content_window;
  if (is_identity || content == Content::always) identity.content = content_of(signal);
  return identity;
}

Identity identity_of(const Signal& last, const std::vector<Signal>& earlier, Nanoseconds resend_window,
                     Content content) {
  if (earlier.empty()) return identity_of(last, resend_window, content);
  Identity identity = identity_of(last, resend_window);
  PartsHash keys;
  PartsHash contents;
  const auto add = [](PartsHash& hash, const Digest& digest) {
    hash.add(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  };
  for (const Signal& signal : earlier) {
    const Identity one = identity_of(signal, resend_window);
    add(keys, one.rule == Identity::Rule::content_window ? one.content : one.key);
    add(contents, one.content);
  }
  add(keys, identity.key);
  add(contents, identity.content);
  identity.key = keys.digest();
  identity.content = contents.digest();
  return identity;
}

namespace {

Digest hash_of(const Identity& identity, std::string_view salt) {
  PartsHash hash;
  hash.add("signal");
  add_number(hash, int(identity.rule));
  const Digest& named = identity.rule == Identity::Rule::content_window ? identity.content : identity.key;
  hash.add(std::string_view(reinterpret_cast<const char*>(named.data()), named.size()));
  hash.add(salt);
  return hash.digest();
}

// 16 bytes are 26 characters.
std::string to_id(const Digest& digest) { return to_base32(std::span(digest).first(16)); }

}  // namespace

std::string signal_id(const Identity& identity, std::string_view salt, std::optional<TimePoint> salted_at) {
  Digest digest = hash_of(identity, salt);
  if (const auto at = identity.key_at ? identity.key_at : salted_at) begin_with_time(digest, *at);
  return to_id(digest);
}

std::string former_signal_id(const Identity& identity) {
  return identity.key_at ? to_id(hash_of(identity, "")) : std::string();
}

}  // namespace tvh::engine
