// What there is to say about a message template or a Pine script, and the one table of its kinds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pine/place.hpp"

namespace tvh::pine {

enum class Severity : std::uint8_t { error, warning, note };
std::string_view to_text(Severity severity);

// The order is that of the table and never changes: new ones go to the end of their family.
enum class FindingId : std::uint8_t {
  // Templates.
  placeholder_unknown,
  placeholder_case,
  placeholder_spaces,
  placeholder_expression,
  placeholder_braces,
  plot_quotes,
  plot_number,
  strategy_placeholder,
  text_arithmetic,
  number_as_text,
  text_unquoted,
  bare_may_be_nan,
  text_may_hold_quotes,
  message_may_be_empty,
  message_inside_text,
  timenow_as_identity,
  secret_in_body,
  no_order_id,
  no_strategy_name,
  bar_volume_as_size,
  position_as_size,
  message_too_long,
  // Pine source.
  placeholder_in_alert,
  placeholder_in_alert_message,
  version_without_placeholders,
  format_grouping,
  format_braces,
  format_apostrophe,
  format_argument,
  tostring_na,
  tostring_format,
  message_without_secret,
  freq_all_no_identity,
  condition_in_strategy,
  condition_not_constant,
  condition_not_global,
  order_without_message,
  message_not_sent,
  empty_message,
  message_edge_newline,
  string_wrapped,
  string_not_indented,
  string_unclosed,
  curly_quote,
  bracket_unclosed,
  cannot_evaluate,
  too_many_variants,
  script_too_complex,
  script_too_large,
  count_of_kinds,
};

enum class Family : std::uint8_t { message_template, pine_source };

struct FindingKind {
  FindingId id{};
  std::string_view name;  // "placeholder_unknown": stable
  Family family{};
  Severity severity{};
  std::string_view what;    // what is wrong, in general
  std::string_view why;     // what comes of it
  std::string_view mend;    // what to do
  std::string_view wrong;   // an example of it
  std::string_view mended;  // the same, right; "" where there is none to show
};

// All kinds, in the order of FindingId.
std::span<const FindingKind> finding_kinds();
const FindingKind& kind_of(FindingId id);
// By name, or nullptr.
const FindingKind* find_kind(std::string_view name);
// The page --explain prints: what, why, how to mend, an example; lines of at most 78 bytes, ends with a
// newline.
std::string explanation(const FindingKind& kind);

struct Finding {
  FindingId id{};
  Severity severity{};
  std::string message;  // what was found here, one line; no secret, and no value of the message's fields
  std::string mend;     // how to mend it here, one line
  Place place;          // in the text that was given: the template, or the Pine source

  std::string_view name() const { return kind_of(id).name; }
  std::string_view why() const { return kind_of(id).why; }
};

// Gathers findings, each once a place, at most kMost of them.
class Findings {
 public:
  static constexpr std::size_t kMost = 200;

  // `mend` "": that of the kind.
  void add(FindingId id, std::size_t offset, std::string message, std::string mend = "");
  void add(FindingId id, Severity severity, std::size_t offset, std::string message, std::string mend = "");
  bool full() const { return list_.size() >= kMost; }
  bool holds(FindingId id, std::size_t offset) const;
  // In the order of their offsets; places are looked up in `lines`.
  std::vector<Finding> take(const LineIndex& lines) &&;

 private:
  std::vector<Finding> list_;
};

}  // namespace tvh::pine
