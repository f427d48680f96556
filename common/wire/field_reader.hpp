// Reads an alert's fields one by one, whatever names and spellings it uses, and collects what is wrong with
// them. Internal to the room.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/secret.hpp"
#include "model/names.hpp"
#include "wire/alert_fields.hpp"
#include "wire/dialect.hpp"
#include "wire/finding_codes.hpp"
#include "wire/json_value.hpp"
#include "wire/member_list.hpp"

namespace tvh::wire {

enum class Sign { positive, not_negative, any };

// How a value stands for nothing: null; "", "NaN", "na", "null"; a text with a {{placeholder}} in it.
enum class Absence { has_value, null, empty, placeholder };

class FieldReader {
 public:
  // `object` must outlive the reader; `secrets` may be null.
  FieldReader(const JsonValue& object, const Dialect& dialect, const std::vector<NamedSecret>* secrets);

  // Each returns nothing when the field is absent, has no value, or is wrong (then there is a finding).
  std::optional<Decimal> number(Field field, Sign sign) {
    return has(field) ? named_number(field, sign) : std::nullopt;
  }
  std::string text(Field field, std::size_t longest) {
    return has(field) ? named_text(field, longest) : std::string();
  }
  std::optional<bool> truth(Field field);
  std::optional<TimePoint> time(Field field);
  std::optional<Nanoseconds> duration(Field field);
  std::string json(Field field);  // compact, keys sorted, secrets taken out
  // One object of the field's members and `others` under their own names.
  std::string kept_as_sent(Field field, const std::vector<const JsonMember*>& others);
  template <class Enum>
  std::optional<Enum> word(Field field);

  // The members that name `field` and have a value, in the order sent.
  MemberList members(Field field) {
    MemberList result;
    if (has(field)) for_each_value(field, [&](const JsonMember& member) { result.push_back(&member); });
    return result;
  }
  // In a record only null is nothing: its texts were checked when they were an alert's.
  Absence absence_of(const JsonValue& value) const {
    if (value.kind == JsonValue::Kind::number) return Absence::has_value;
    if (value.kind == JsonValue::Kind::null) return Absence::null;
    return value.kind != JsonValue::Kind::string || is_record() ? Absence::has_value : absence_of(value.text);
  }
  // Named by the alert, but every time without a value.
  bool has_no_value(Field field) const;
  bool has(Field field) const { return first_[std::size_t(field)] != kNone; }
  const std::vector<const JsonMember*>& unknown() const { return unknown_; }
  // Says that its placeholder was not filled in, when it holds one.
  void judge_unknown_value(const JsonMember& member);
  const Dialect& dialect() const { return dialect_; }
  bool is_record() const { return &dialect_ == &record_dialect(); }
  // Another service's, with a table of its own.
  bool is_foreign() const { return !dialect_.keys.empty(); }
  // The dialect's rule for a member's key; nullptr in dialects without a table.
  const KeyRule* rule_of(const JsonMember& member) const;
  // What the dialect says that a word of this field means; the word itself where it has no say. Nothing, and a
  // finding, when the word is not one of its words, or means what this toolkit does not do.
  std::optional<std::string> meaning_of(Field field, const JsonMember& member, const std::string& word);

  // One member's value; nothing and a finding when it is wrong.
  std::optional<Decimal> number_of(const JsonMember& member, Sign sign);
  std::optional<std::string> text_of(const JsonMember& member);
  std::optional<std::string> words_of(const JsonMember& member);  // a number is not taken for a text
  std::optional<TimePoint> time_of(const JsonMember& member);
  template <class Enum>
  std::optional<Enum> word_of(Field field, const JsonMember& member);

  // A finding about a field by the name the alert gave it (or `field_name`, when it gave none).
  void report(FindingCode code, const JsonMember& member, const std::string& message);
  void report(FindingCode code, Field field, std::string_view field_name, const std::string& message);
  void report_conflict(const JsonMember& first, const JsonMember& second);
  // A required field that is absent or has no value.
  void report_missing(Field field, std::string_view field_name, const std::string& expected);

  // `text` in quotes, bounded, printable, without known secrets.
  std::string shown_value(std::string_view text) const;
  std::string clean(std::string_view text) const;

  std::vector<Finding> take_findings() { return std::move(findings_); }
  bool has_error() const { return wire::has_error(findings_); }

 private:
  static constexpr std::uint16_t kNone = 0xFFFF;
  // One member of a known field, and where the next one of that field stands in `known_`.
  struct Known {
    const JsonMember* member = nullptr;
    const KeyRule* rule = nullptr;
    Field field = Field::count_of_fields;
    std::uint16_t next = kNone;
    std::optional<Absence> absence;  // once it was asked for
  };

  std::optional<Decimal> named_number(Field field, Sign sign);
  std::string named_text(Field field, std::size_t longest);
  // False, and a finding, where it is no text that may stand there.
  bool read_text(const JsonMember& member, Field field, std::size_t longest, std::string& text);
  bool may_show_secrets() const { return secrets_ != nullptr && !secrets_->empty(); }
  const JsonMember* first_of(Field field) const {
    return has(field) ? known_[first_[std::size_t(field)]].member : nullptr;
  }
  // Calls `each` for the field's members that have a value.
  template <class Each>
  void for_each_value(Field field, Each each) {
    for (std::uint16_t at = first_[std::size_t(field)]; at != kNone; at = known_[at].next) {
      if (has_value(known_[at])) each(*known_[at].member);
    }
  }
  void bind(const JsonValue& object, const std::string& path);
  void bind_member(const JsonMember& member, Field field, const KeyRule* rule);
  void bind_wunder_code();
  bool is_unset_zero(Field field, const JsonValue& value) const {
    return dialect_.zero_is_unset && is_unset(field, value);
  }
  static bool is_unset(Field field, const JsonValue& value);
  // The field's value if all its members agree on one.
  template <class Value, class Read>
  std::optional<Value> agreed(Field field, Read read);
  static Absence absence_of(std::string_view text);
  bool has_value(Known& known) {
    // Most are named and have one.
    if (!known.absence) known.absence = absence_of(known.member->value);
    return *known.absence == Absence::has_value ? !is_unset_zero(known.field, known.member->value)
                                                : judge_absence(known);
  }
  // False; says so where it is not the caller's to judge.
  bool judge_absence(const Known& known);
  void report_placeholder(FindingCode code, const JsonMember& member);
  // The unknown member whose object holds the field, or nullptr.
  const JsonMember* object_around(Field field) const;

  const JsonValue& object_;
  const Dialect& dialect_;
  const std::vector<NamedSecret>* secrets_;
  std::array<std::uint16_t, std::size_t(Field::count_of_fields)> first_;  // places in `known_`
  std::vector<Known> known_;
  std::vector<const JsonMember*> unknown_;
  std::list<JsonMember> made_;  // what a composite value says, part by part
  std::vector<Finding> findings_;
};

}  // namespace tvh::wire
