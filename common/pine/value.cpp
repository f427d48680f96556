#include "pine/value.hpp"

#include <algorithm>

namespace tvh::pine {
namespace {

bool are_equal(const Value& left, const Value& right) {
  if (left.type != right.type || left.is_sample != right.is_sample) return false;
  switch (left.type) {
    case ValueType::text:
      return left.text == right.text || left.text->bytes == right.text->bytes;
    case ValueType::number:
      return left.number == right.number && left.kind == right.kind && left.may_be_na == right.may_be_na;
    case ValueType::boolean:
      return left.is_sample ? left.key == right.key && left.negated == right.negated
                            : left.is_true == right.is_true;
    case ValueType::na:
      return true;
    case ValueType::unknown:
    case ValueType::list:
    case ValueType::other:
      return left.key == right.key;
  }
  return false;
}

}  // namespace

bool merge(const Choices& left, const Choices& right, Choices& merged) {
  merged.clear();
  auto l = left.begin();
  auto r = right.begin();
  while (l != left.end() || r != right.end()) {
    if (r == right.end() || (l != left.end() && l->key < r->key)) {
      merged.push_back(*l++);
    } else if (l == left.end() || r->key < l->key) {
      merged.push_back(*r++);
    } else {
      if (l->way != r->way) return false;
      merged.push_back(*l++);
      ++r;
    }
  }
  if (merged.size() > kMostChoices) merged.resize(kMostChoices);
  return true;
}

std::uint32_t way_of(const Choices& choices, std::uint64_t key) {
  for (const auto& choice : choices) {
    if (choice.key == key) return choice.way;
  }
  return kUndecided;
}

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

std::uint64_t combine(std::uint64_t left, std::uint64_t right) {
  return (left ^ (right + 0x9e3779b97f4a7c15ULL + (left << 6) + (left >> 2))) * 1099511628211ULL;
}

bool add_alternative(Values& values, Alternative alternative) {
  for (auto& known : values) {
    if (!are_equal(known.value, alternative.value)) continue;
    // Whatever leads to either leads here.
    Choices common;
    std::set_intersection(known.choices.begin(), known.choices.end(), alternative.choices.begin(),
                          alternative.choices.end(), std::back_inserter(common),
                          [](const Choice& left, const Choice& right) {
                            return left.key != right.key ? left.key < right.key : left.way < right.way;
                          });
    known.choices = std::move(common);
    return true;
  }
  if (values.size() >= kMostAlternatives) return false;
  values.push_back(std::move(alternative));
  return true;
}

SharedValues only(Value value) { return std::make_shared<const Values>(Values{{std::move(value), {}}}); }

}  // namespace tvh::pine
