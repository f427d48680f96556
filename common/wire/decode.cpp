#include "wire/decode.hpp"

#include <algorithm>
#include <array>

#include "base/invariant.hpp"
#include "wire/secret_text.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using model::Action;
using model::Signal;

constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestComment = 1024;

std::optional<Action> action_of(const std::string& text) {
  const std::string name = lower(text);
  if (const auto action = model::parse_text<Action>(name)) return action;
  if (name == "compra" || name == "comprar") return Action::buy;
  if (name == "venda" || name == "vender") return Action::sell;
  return std::nullopt;
}

void read_action(FieldReader& reader, Signal& signal) {
  const auto expected = [] { return "one of " + std::string(model::all_texts<Action>()); };
  const JsonMember* first = nullptr;
  const auto members = reader.members(Field::action);
  if (members.empty()) return reader.report_missing(Field::action, "action", expected());
  for (const JsonMember* member : members) {
    const auto text = reader.words_of(*member);
    if (!text) continue;
    const auto meaning = reader.meaning_of(Field::action, *member, *text);
    if (!meaning) continue;
    const auto action = action_of(*meaning);
    if (!action) {
      reader.report(FindingCode::unknown_action, *member,
                    shown(*text) + " is not an action; expected " + expected());
    } else if (first == nullptr) {
      first = member;
      signal.action = *action;
    } else if (signal.action != *action) {
      reader.report_conflict(*first, *member);
    }
  }
  if (reader.truth(Field::close_position).value_or(false)) signal.action = Action::close_all;
  if (!reader.members(Field::target).empty()) signal.action = Action::target;
}

void read_order_terms(FieldReader& reader, Signal& signal) {
  signal.price = reader.number(Field::price, Sign::positive);
  signal.limit_price = reader.number(Field::limit_price, Sign::positive);
  signal.stop_price = reader.number(Field::stop_price, Sign::positive);
  signal.stop_loss = reader.number(Field::stop_loss, Sign::positive);
  signal.take_profit = reader.number(Field::take_profit, Sign::positive);
  signal.leverage = reader.number(Field::leverage, Sign::positive);
  signal.reduce_only = reader.truth(Field::reduce_only);
  signal.time_in_force = reader.word<model::TimeInForce>(Field::time_in_force);
  signal.trailing_json = reader.json(Field::trailing);
  signal.legs_json = reader.json(Field::legs);
  if (const auto type = reader.word<model::OrderType>(Field::order_type)) {
    signal.order_type = *type;
  } else if (signal.limit_price) {
    // No type named, but prices: they say which.
    signal.order_type = signal.stop_price ? model::OrderType::stop_limit : model::OrderType::limit;
  } else if (signal.stop_price) {
    signal.order_type = model::OrderType::stop;
  }
  if (const auto price = reader.number(Field::order_price, Sign::positive)) {
    const bool is_limit =
        signal.order_type == model::OrderType::limit || signal.order_type == model::OrderType::stop_limit;
    (is_limit ? signal.limit_price : signal.price) = price;
  }
  if (reader.is_foreign()) read_distances(reader, signal);
}

void read_names(FieldReader& reader, Signal& signal) {
  if (std::string strategy = reader.text(Field::strategy, kLongestName); !strategy.empty()) {
    signal.strategy = std::move(strategy);
  }
  signal.order_id = reader.text(Field::order_id, kLongestName);
  signal.comment = reader.text(Field::comment, kLongestComment);
  signal.signal_id = reader.text(Field::author_id, kLongestName);
  signal.bare_id = reader.text(Field::bare_id, kLongestName);
  signal.max_age = reader.duration(Field::max_age);
  if (!signal.max_age) signal.max_age = reader.dialect().max_age;
}

// Whether reading an order without this field would make it another order.
bool changes_the_order(std::string_view key) {
  constexpr std::array<std::string_view, 8> kHarmless{"alert_id", "comment", "exchange",  "id",
                                                      "kind",     "time",    "timestamp", "v"};
  return std::find(kHarmless.begin(), kHarmless.end(), key) == kHarmless.end();
}

bool differs_in_spelling_only(std::string_view left, std::string_view right) {
  const auto letters = [](std::string_view text) {
    std::string result = lower(text);
    std::erase_if(result, [](char c) { return c == '_' || c == '-' || c == ' '; });
    return result;
  };
  return letters(left) == letters(right);
}

void judge_unknown_key(FieldReader& reader, const JsonMember& member) {
  const std::string_view known =
      reader.is_foreign() ? similar_key_of(reader.dialect(), member.key) : similar_key(member.key);
  if (known.empty() || is_secret_field(known)) return;
  const bool refuse = differs_in_spelling_only(member.key, known) && changes_the_order(known);
  reader.report(refuse ? FindingCode::misspelled_field : FindingCode::similar_field, member,
                "is not a known field; write " + std::string(known) + " if that was meant");
}

// Unknown keys, and those of `extra`, as one object with sorted keys.
std::string read_extra(FieldReader& reader, const std::vector<NamedSecret>* secrets) {
  std::vector<const JsonMember*> members = reader.unknown();
  if (!reader.is_record()) {
    for (const JsonMember* member : members) {
      judge_unknown_key(reader, *member);
      reader.judge_unknown_value(*member);
    }
  }
  for (const JsonMember* extra : reader.members(Field::extra)) {
    if (extra->value.kind != JsonValue::Kind::object) {
      reader.report(FindingCode::wrong_type, *extra, "expected an object");
      continue;
    }
    for (const auto& member : extra->value.members) members.push_back(&member);
  }
  if (members.empty()) return {};
  JsonValue object;
  object.kind = JsonValue::Kind::object;
  for (const JsonMember* member : members) {
    if (object.find(member->key) == nullptr) object.members.push_back(*member);
  }
  std::string json;
  append_redacted_json(json, object, secrets);
  return json;
}

// The tutorials' habits that change what an alert does. What can only be mended in the template, the secret in
// the body and the order that is not named, is said of templates alone.
void report_habits(FieldReader& reader, const Signal& signal) {
  for (const JsonMember* member : reader.members(Field::price)) {
    if (member->value.kind == JsonValue::Kind::string) {
      reader.report(FindingCode::price_as_text, *member, "the number is sent as text; write it without quotes");
    }
  }
  if (signal.quantity && signal.strategy == "default") {
    reader.report(FindingCode::size_without_strategy, Field::strategy, "strategy",
                  "missing; an alert with a size and no strategy counts as the strategy \"default\"");
  }
  if (signal.action == Action::heartbeat || signal.action == Action::cancel) return;
  const bool has_id = !signal.signal_id.empty() || !signal.bare_id.empty();
  if (!has_id && !signal.bar_time && !signal.fired_at) {
    reader.report(FindingCode::no_time, Field::time, "time",
                  "missing; a copy is recognised only within the resend window (send {{time}})");
  }
}

// Keys that a dialect has and this toolkit has not: harmless only while they ask for nothing.
void refuse_what_is_not_supported(FieldReader& reader) {
  for (const JsonMember* member : reader.members(Field::not_supported)) {
    const JsonValue& value = member->value;
    const std::string text = lower(trim(value.text));
    const auto number = Decimal::parse(text);
    const bool asks_nothing = (value.kind == JsonValue::Kind::boolean && !value.boolean) || text == "false" ||
                              (number && number->is_zero()) ||
                              (value.kind == JsonValue::Kind::array && value.items.empty());
    if (asks_nothing) continue;
    reader.report(FindingCode::not_supported, *member,
                  "what it asks for in " + std::string(reader.dialect().title) +
                      " cannot be done from the alert alone; remove it, or set it to false or 0");
  }
}

// The cancel that some alerts ask for before their order.
void add_cancel(FieldReader& reader, const Signal& signal, std::vector<Signal>& earlier) {
  if (!reader.truth(Field::cancel_orders).value_or(false) || signal.action == Action::cancel) return;
  Signal cancel;
  cancel.strategy = signal.strategy;
  cancel.exchange = signal.exchange;
  cancel.symbol = signal.symbol;
  cancel.market = signal.market;
  cancel.action = Action::cancel;
  cancel.bar_time = signal.bar_time;
  cancel.fired_at = signal.fired_at;
  cancel.timeframe = signal.timeframe;
  earlier.push_back(std::move(cancel));
}

void sort_by_place(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.offset < b.offset; });
}

}  // namespace

void decode(const JsonValue& object, const Dialect& dialect, const DecodeOptions& options, Decoded& decoded) {
  TVH_INVARIANT(object.kind == JsonValue::Kind::object, "only objects are decoded");
  FieldReader reader(object, dialect, options.secrets);
  Signal& signal = decoded.signal.emplace();
  read_action(reader, signal);
  read_instrument(reader, options, signal);
  read_size(reader, signal);
  read_order_terms(reader, signal);
  read_names(reader, signal);
  read_times(reader, signal);
  if (reader.is_foreign()) refuse_what_is_not_supported(reader);
  signal.extra_json = read_extra(reader, options.secrets);
  if (!reader.has_error()) check_consistency(reader, signal);
  // Another service's alert is written as that service wants it.
  if (!reader.is_record() && !reader.is_foreign()) report_habits(reader, signal);
  if (reader.is_foreign() && !reader.has_error()) add_cancel(reader, signal, decoded.earlier);
  decoded.findings = reader.take_findings();
  if (decoded.findings.size() > 1) sort_by_place(decoded.findings);
  if (has_error(decoded.findings)) decoded.signal.reset();
}

Decoded decode_alert(const ParsedAlert& alert, const DecodeOptions& options) {
  Decoded decoded;
  decode_alert(alert, options, decoded);
  return decoded;
}

void decode_alert(const ParsedAlert& alert, const DecodeOptions& options, Decoded& all) {
  if (alert.json.kind == JsonValue::Kind::object) return decode(alert.json, *alert.dialect, options, all);
  std::vector<Signal> signals;
  for (const auto& item : alert.json.items) {
    Decoded one;
    decode(item, *alert.dialect, options, one);
    all.findings.insert(all.findings.end(), std::make_move_iterator(one.findings.begin()),
                        std::make_move_iterator(one.findings.end()));
    for (auto& earlier : one.earlier) signals.push_back(std::move(earlier));
    if (one.signal) signals.push_back(*std::move(one.signal));
  }
  if (has_error(all.findings) || signals.empty()) return;
  all.signal = std::move(signals.back());
  signals.pop_back();
  all.earlier = std::move(signals);
}

}  // namespace tvh::wire
