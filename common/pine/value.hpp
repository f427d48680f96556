// What an expression can come out as: several values, each under the branches that lead to it. Internal to the
// room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "pine/slot.hpp"
#include "pine/text.hpp"

namespace tvh::pine {

enum class ValueType : std::uint8_t { unknown, na, text, number, boolean, list, other };

struct Value {
  ValueType type = ValueType::unknown;
  bool is_sample = false;  // of a series, or of what a user may change: another value on another bar
  bool may_be_na = false;
  bool is_true = false;  // of a boolean that is no sample
  bool negated = false;  // of a boolean that is one: the opposite of the condition `key` stands for
  ValueKind kind = ValueKind::number;  // of a number: bar_time and fire_time are told apart
  std::uint32_t origin = 0;            // where its expression begins
  std::uint64_t key = 0;               // equal for expressions that say the same
  Decimal number;
  SharedText text;
  std::shared_ptr<const std::vector<Value>> items;
  std::string_view name;  // the expression, for a person; of `other`, its name
};

// A condition, and whether it holds (or, for loops and switches, which way is taken).
struct Choice {
  std::uint64_t key = 0;
  std::uint32_t way = 0;

  friend bool operator==(const Choice&, const Choice&) = default;
};
// Sorted by key; at most kMostChoices: what goes beyond is forgotten, so that more combinations seem possible.
using Choices = std::vector<Choice>;
inline constexpr std::size_t kMostChoices = 24;

struct Alternative {
  Value value;
  Choices choices;
};

// Never empty; at most kMostAlternatives.
using Values = std::vector<Alternative>;
using SharedValues = std::shared_ptr<const Values>;
inline constexpr std::size_t kMostAlternatives = 16;

// Both hold at once. False: they contradict each other.
bool merge(const Choices& left, const Choices& right, Choices& merged);
// The way a condition goes under these choices, or kUndecided.
inline constexpr std::uint32_t kUndecided = UINT32_MAX;
std::uint32_t way_of(const Choices& choices, std::uint64_t key);

std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0);
std::uint64_t combine(std::uint64_t left, std::uint64_t right);

// Adds an alternative, or widens an equal one. False when there was no place for it.
bool add_alternative(Values& values, Alternative alternative);
SharedValues only(Value value);

}  // namespace tvh::pine
