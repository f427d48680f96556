// Dialects as data: what other services' alerts look like, by which marks they are recognised, and what their
// keys, words and units mean. Sources: the services' own pages as kept in the project's facts about alerts; one
// without a published sample is marked unverified. A new dialect is a new table and a sample, no new code.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "model/names.hpp"
#include "wire/alert_fields.hpp"
#include "wire/finding.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

// What the text is before it is fields.
enum class Shape {
  json,           // an object, or a list of objects
  csv_command,    // LICENCE,command,symbol,key=value,…
  stub_command,   // stub:command key=value key=value; one a line
  pairs,          // key=value, separated by semicolons, line breaks, commas or blanks
  piped_command,  // action | symbol@price | order id
};

// Present: one of the keys in `paths` (nested ones with points, alternatives with |), and, where `values` are
// given, with one of these (lower case, alternatives with |). "{}" stands for: it is an object.
struct Mark {
  std::string_view paths;
  std::string_view values = {};
};

struct KeyRule {
  std::string_view path;  // "order.amount"
  Field field;
  std::string_view unit = {};  // of a size: one of the dialect's units, where the key itself says which
};

// A word of this field means that other one; "" is a word the dialect has and this toolkit has not. A field
// with any word here takes no others.
struct WordRule {
  Field field;
  std::string_view text;
  std::string_view means;
};

enum class Amount {
  plain,
  ratio,          // 1.0 is 100 %
  dollars,        // quote, where the symbol is quoted in dollars
  not_supported,  // what it counts cannot be told from the alert
};

struct UnitRule {
  std::string_view text;  // as the alert names it
  model::SizeUnit unit = model::SizeUnit::base;
  Amount amount = Amount::plain;
};

struct Dialect {
  std::string_view name;   // "traderspost": for --dialect and [strategy.NAME] dialect
  std::string_view title;  // "TradersPost"
  bool is_verified = false;
  Shape shape = Shape::json;
  std::span<const Mark> marks = {};
  std::span<const KeyRule> keys = {};
  std::span<const WordRule> words = {};
  // What sizes count. The first holds when the alert names none.
  std::span<const UnitRule> units = {};
  // Sizes such as "50%": of what; of a closing order where that differs. None: such a size is refused.
  std::optional<model::SizeUnit> percent = {};
  std::optional<model::SizeUnit> closing_percent = {};
  std::string_view perp_quote = {};         // of a symbol such as BTC-PERP, which names none
  std::optional<Nanoseconds> max_age = {};  // when the alert gives none
  bool zero_is_unset = false;               // prices and sizes of 0
  bool takes_lists = false;                 // one alert, several signals
  bool position_needs_order = false;        // a position beside an exit or a cancel contradicts it
  bool exchange_must_be_known = false;      // the tutorials': anything else is probably the wrong chart
};

// All dialects a person can name, "canonical" and "plain" (the tutorials') first.
std::span<const Dialect> dialects();
const Dialect* find_dialect(std::string_view name);
const Dialect& plain_dialect();
const Dialect& canonical_dialect();
// Our own signal records. Has no name: a record says itself what it is.
const Dialect& record_dialect();

// The dialect whose marks an object (the first one of a list) bears; of several the one with the most marks;
// plain when it bears nobody's. Two with equally many are an error that names both.
std::variant<const Dialect*, Finding> recognise_json(const JsonValue& value);
// By the look of a text that does not begin as JSON; nullptr when it looks like none.
std::variant<const Dialect*, Finding> recognise_text(std::string_view text);

// plain_field() of a member's key.
std::optional<Field> plain_field_of(const JsonMember& member);

// The value at a path, or nullptr.
const JsonMember* find_path(const JsonValue& object, std::string_view path);

// What its keys are in this dialect: its own, else the ones that all dialects take (secrets, strategy, ids).
const KeyRule* find_rule(const Dialect& dialect, std::string_view path);
// Whether some path of the dialect leads through `path`.
bool leads_further(const Dialect& dialect, std::string_view path);
// The dialect's key that `path` is almost, or "".
std::string_view similar_key_of(const Dialect& dialect, std::string_view path);

}  // namespace tvh::wire
