// The one table of finding codes: number, name, severity and the explanation tvhook-validate --explain prints.
// Codes are for ever: a new one takes a new number, and one that is given up (TV042, TV043) is not given again.
// TV1xx belong to the template checks, TV2xx to the Pine checks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wire/finding.hpp"

namespace tvh::wire {

enum class FindingCode {
  // The text.
  syntax,
  duplicate_key,
  too_deep,
  too_many_fields,
  invalid_utf8,
  nul_byte,
  not_an_object,
  too_large,
  empty,
  // The secret.
  wrong_secret,
  missing_secret,
  // The meaning.
  missing_field,
  unsubstituted_placeholder,
  wrong_type,
  unknown_action,
  bad_symbol,
  unknown_exchange,
  not_a_number,
  out_of_range,
  not_positive,
  conflicting_fields,
  contradiction,
  bad_time,
  unknown_value,
  bad_text,
  misspelled_field,
  bad_record,
  not_supported,
  ambiguous_dialect,
  wrong_dialect,
  ambiguous_symbol,
  // Accepted, but not as good as it could be.
  fire_time_as_bar_time,
  size_without_strategy,
  price_as_text,
  volume_as_size,
  similar_field,
  missing_optional,
  no_time,
  ignored_size,
  odd_timeframe,
  incomplete_position,
  repaired,
};

struct FindingKind {
  FindingCode value;
  std::string_view code;  // "TV012"
  std::string_view name;  // "missing_field"
  Severity severity;
  std::string_view explanation;  // what it means, why it matters, what to do; lines of at most 78 characters
};

// In the order of their codes.
std::span<const FindingKind> finding_kinds();
const FindingKind& kind_of(FindingCode code);
// By code ("TV012", "tv012") or name; nullptr when there is none.
const FindingKind* find_finding_kind(std::string_view code_or_name);

Finding make_finding(FindingCode code, std::string field, std::string message, std::size_t offset);

std::string_view to_text(Severity severity);

}  // namespace tvh::wire
