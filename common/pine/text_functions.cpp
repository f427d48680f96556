#include <algorithm>

#include "pine/characters.hpp"
#include "pine/evaluator.hpp"
#include "pine/message_template.hpp"
#include "pine/number_text.hpp"
#include "pine/samples.hpp"
#include "pine/string_format.hpp"

namespace tvh::pine {
namespace {

std::int64_t whole_number(const SharedValues& values, std::int64_t fallback) {
  if (values == nullptr || values->front().value.type != ValueType::number) return fallback;
  const std::string text = values->front().value.number.to_string();
  std::int64_t result = 0;
  for (const char c : text) {
    if (!is_digit(c) || result > 1'000'000) break;
    result = result * 10 + (c - '0');
  }
  return result;
}

// yyyy-MM-dd'T'HH:mm:ssZ of the sample bar; other letters stay.
std::string time_text(std::string_view pattern) {
  struct Part {
    std::string_view letters;
    std::string_view value;
  };
  constexpr Part kParts[] = {{"yyyy", "2026"}, {"MM", "11"}, {"dd", "20"}, {"HH", "10"},
                             {"hh", "10"},     {"mm", "15"}, {"ss", "00"}, {"SSS", "000"}};
  std::string text;
  bool is_quoted = false;
  for (std::size_t i = 0; i < pattern.size() && text.size() < 200;) {
    if (pattern[i] == '\'') {
      is_quoted = !is_quoted;
      ++i;
      continue;
    }
    const auto part = std::find_if(std::begin(kParts), std::end(kParts), [&](const Part& known) {
      return pattern.substr(i).starts_with(known.letters);
    });
    if (!is_quoted && part != std::end(kParts)) {
      text += part->value;
      i += part->letters.size();
    } else if (!is_quoted && pattern[i] == 'Z') {
      text += "+0000";
      ++i;
    } else {
      text += pattern[i++];
    }
  }
  return text;
}

}  // namespace

Value Evaluator::text_value(Text text, const Node& node, std::uint64_t key) {
  Value value;
  value.type = ValueType::text;
  value.origin = node.begin;
  value.key = key;
  value.name = slice(node);
  value.is_sample =
      std::any_of(text.values.begin(), text.values.end(), [](std::uint32_t id) { return id != 0; });
  if (text.bytes.size() > Template::kMostBytes) {
    findings_.add(FindingId::message_too_long, node.begin, "this text becomes longer than 40,960 bytes");
    text.bytes.resize(Template::kMostBytes);
    text.origins.resize(Template::kMostBytes);
    text.values.resize(Template::kMostBytes);
  }
  if (!spend_bytes(text.bytes.size())) {
    tell_exhausted(node.begin);
    text = {};
  }
  value.text = std::make_shared<const Text>(std::move(text));
  return value;
}

// What a value looks like as text.
Text Evaluator::text_of(const Value& value, std::string_view format) {
  Text text;
  switch (value.type) {
    case ValueType::text:
      return *value.text;
    case ValueType::number: {
      const ValueKind kind =
          value.may_be_na && value.kind == ValueKind::number ? ValueKind::number_or_na : value.kind;
      text.append(tostring_text(value.number, format), value.origin,
                  value.is_sample ? use_value(kind, value.name) : 0);
      return text;
    }
    case ValueType::boolean:
      text.append(value.is_true || value.is_sample ? "true" : "false", value.origin, 0);
      return text;
    case ValueType::na:
      text.append("NaN", value.origin, use_value(ValueKind::number_or_na, "na"));
      return text;
    case ValueType::unknown:
    case ValueType::list:
    case ValueType::other:
      text.append("text", value.origin, use_value(ValueKind::unknown, value.name));
      return text;
  }
  return text;
}

Value Evaluator::concatenate(const Value& left, const Value& right, const Node& node) {
  Text text = text_of(left);
  const Text second = text_of(right);
  const std::size_t room = Template::kMostBytes + 1 - std::min(Template::kMostBytes, text.bytes.size());
  text.append(second, 0, std::min(second.bytes.size(), room));
  return text_value(std::move(text), node, combine(combine(left.key, hash_of("+")), right.key));
}

Value Evaluator::tostring(const Value& value, const Value* format, const Node& node) {
  const bool has_name = format != nullptr && format->type != ValueType::text;
  const std::string_view how = format == nullptr ? ""
                               : has_name        ? format->name
                                                 : std::string_view(format->text->bytes);
  const auto key = combine(combine(value.key, hash_of("tostring")), hash_of(how));
  const bool is_number = value.type == ValueType::number;
  if (is_number && !writes_json_number(how)) {
    findings_.add(FindingId::tostring_format, node.begin, shown(how) + " does not write a JSON number");
  }
  if (value.type == ValueType::unknown) {
    // Most likely a number, of a library or an object.
    Text text;
    text.append("100", node.begin, use_value(ValueKind::unknown, value.name));
    return text_value(std::move(text), node, key);
  }
  Value named = value;
  if (!is_number || value.is_sample) named.origin = node.begin;
  return text_value(text_of(named, how.substr(0, 64)), node, key);
}

Value Evaluator::replace(const Value& source, const Value& target, const Value& replacement,
                         std::int64_t occurrence, const Node& node) {
  const auto key = combine(combine(source.key, target.key), combine(replacement.key, hash_of("replace")));
  if (source.type != ValueType::text || target.type != ValueType::text) return unknown(node, slice(node));
  const Text& text = *source.text;
  const std::string& wanted = target.text->bytes;
  const Text instead = text_of(replacement);
  if (wanted.empty()) return source;
  Text result;
  std::size_t done = 0;
  std::int64_t seen = 0;
  for (auto at = text.bytes.find(wanted); at != std::string::npos;
       at = text.bytes.find(wanted, at + wanted.size())) {
    if (occurrence >= 0 && seen++ != occurrence) continue;
    result.append(text, done, at);
    result.append(instead);
    done = at + wanted.size();
    if (result.bytes.size() > Template::kMostBytes) break;
  }
  result.append(text, done, text.bytes.size());
  return text_value(std::move(result), node, key);
}

Value Evaluator::format(const Value& pattern, const std::vector<Value>& arguments, const Node& node) {
  std::uint64_t key = combine(pattern.key, hash_of("format"));
  for (const auto& given : arguments) key = combine(key, given.key);
  if (pattern.type != ValueType::text) return unknown(node, slice(node));
  const auto write = [&](std::size_t index, const FormatStyle& style) {
    const Value& value = arguments[index];
    if (value.type != ValueType::number) return text_of(value);
    Text text;
    const bool is_time = style.type == "date" || style.type == "time";
    const ValueKind kind = value.kind != ValueKind::number ? value.kind
                           : value.may_be_na               ? ValueKind::number_or_na
                                                           : ValueKind::number;
    const std::string written = is_time ? time_text(style.pattern) : format_number(value.number, style);
    text.append(written, value.origin,
                value.is_sample ? use_value(is_time ? ValueKind::bar_time : kind, value.name) : 0);
    return text;
  };
  const auto is_grouped = [&](std::size_t index, const FormatStyle& style) {
    return arguments[index].type == ValueType::number && style.type.empty();
  };
  return text_value(format_message(*pattern.text, arguments.size(), write, is_grouped, findings_), node, key);
}

SharedValues Evaluator::format_call(const Call& call) {
  const Node& node = *call.node;
  constexpr std::size_t kMostArguments = 64;
  SharedValues pattern = argument(call, 0, "formatString");
  if (pattern == nullptr) return only(unknown(node, slice(node)));
  Value none = unknown(node, "");
  none.type = ValueType::list;
  none.items = std::make_shared<const std::vector<Value>>();
  SharedValues lists = only(std::move(none));
  for (std::size_t i = 1; i < call.arguments.size() && i <= kMostArguments; ++i) {
    lists = for_each_pair(lists, evaluate(call.arguments[i].node), [](Value list, const Value& added) {
      auto items = std::make_shared<std::vector<Value>>(*list.items);
      items->push_back(added);
      list.key = combine(list.key, added.key);
      list.items = std::move(items);
      return list;
    });
  }
  return for_each_pair(pattern, lists,
                       [&](const Value& text, const Value& list) { return format(text, *list.items, node); });
}

SharedValues Evaluator::call_text_function(const Call& call, std::string_view name) {
  const Node& node = *call.node;
  if (name == "format") return format_call(call);
  if (name == "format_time") {
    const SharedValues pattern = argument(call, 1, "format");
    const bool is_given = pattern != nullptr && pattern->front().value.type == ValueType::text;
    const std::string how = is_given ? pattern->front().value.text->bytes : "yyyy-MM-dd'T'HH:mm:ssZ";
    const SharedValues time = argument(call, 0, "time");
    const bool fires = time != nullptr && time->front().value.kind == ValueKind::fire_time;
    Text text;
    text.append(time_text(how), node.begin,
                use_value(fires ? ValueKind::fire_time : ValueKind::bar_time, slice(node)));
    return only(text_value(std::move(text), node, combine(hash_of(how), node.begin)));
  }
  SharedValues source = argument(call, 0, name == "tostring" ? "value" : "source");
  if (source == nullptr) source = argument(call, 0, name == "tostring" ? "x" : "string");
  if (source == nullptr) return only(unknown(node, slice(node)));
  if (name == "tostring") {
    const SharedValues format = argument(call, 1, "format");
    // On bars with values, those that begin as na have one.
    Values with_value;
    for (const auto& one : *source) {
      if (one.value.type != ValueType::na) with_value.push_back(one);
    }
    if (with_value.empty()) {
      if (series_ == Series::have_values) findings_.add(FindingId::tostring_na, node.begin, "this value is na");
    } else if (series_ == Series::have_values && with_value.size() < source->size()) {
      for (auto& one : with_value) one.value.may_be_na = true;
      source = std::make_shared<const Values>(std::move(with_value));
    }
    const Value* how = format == nullptr ? nullptr : &format->front().value;
    return for_each(source, [&](const Value& value) { return tostring(value, how, node); });
  }
  if (name == "replace" || name == "replace_all") {
    const SharedValues target = argument(call, 1, "target");
    const SharedValues replacement = argument(call, 2, "replacement");
    if (target == nullptr || replacement == nullptr) return source;
    const std::int64_t occurrence =
        name == "replace_all" ? -1 : whole_number(argument(call, 3, "occurrence"), 0);
    const Value wanted = target->front().value;
    return for_each_pair(source, replacement, [&](const Value& text, const Value& instead) {
      return replace(text, wanted, instead, occurrence, node);
    });
  }
  if (name == "upper" || name == "lower" || name == "trim" || name == "substring") {
    const auto begin = whole_number(argument(call, 1, "begin_pos"), 0);
    const auto end = whole_number(argument(call, 2, "end_pos"), INT64_MAX);
    return for_each(source, [&](const Value& value) {
      if (value.type != ValueType::text) return unknown(node, slice(node));
      const Text& text = *value.text;
      std::size_t first = 0;
      std::size_t last = text.bytes.size();
      if (name == "substring") {
        first = std::min(last, static_cast<std::size_t>(begin));
        last = std::max(first,
                        static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(last), end)));
      } else if (name == "trim") {
        while (first < last && is_space(text.bytes[first])) ++first;
        while (last > first && is_space(text.bytes[last - 1])) --last;
      }
      Text result;
      result.append(text, first, last);
      if (name == "upper") result.bytes = upper(result.bytes);
      if (name == "lower") result.bytes = lower(result.bytes);
      return text_value(std::move(result), node,
                        combine(value.key, combine(hash_of(name), first * 65536 + last)));
    });
  }
  if (name == "repeat") {
    const auto times = whole_number(argument(call, 1, "repeat"), 1);
    return for_each(source, [&](const Value& value) {
      if (value.type != ValueType::text) return unknown(node, slice(node));
      Text result;
      for (std::int64_t i = 0; i < times && result.bytes.size() <= Template::kMostBytes; ++i) {
        if (value.text->bytes.empty()) break;
        result.append(*value.text);
      }
      return text_value(std::move(result), node, combine(value.key, hash_of("repeat")));
    });
  }
  if (name == "contains" || name == "startswith" || name == "endswith") {
    const SharedValues part = argument(call, 1, "str");
    if (part == nullptr) return only(boolean_sample(node, hash_of(slice(node))));
    return for_each_pair(source, part, [&](const Value& text, const Value& wanted) {
      const bool is_known = text.type == ValueType::text && wanted.type == ValueType::text && !text.is_sample;
      if (!is_known) return boolean_sample(node, combine(combine(text.key, wanted.key), hash_of(name)));
      const std::string& whole = text.text->bytes;
      const std::string& piece = wanted.text->bytes;
      if (name == "contains") return constant(node, whole.find(piece) != std::string::npos);
      return constant(node, name == "startswith" ? whole.starts_with(piece) : whole.ends_with(piece));
    });
  }
  if (name == "length" || name == "pos" || name == "tonumber") {
    return for_each(source, [&](const Value& value) {
      Decimal number(5);
      if (value.type == ValueType::text && name == "length") {
        number = Decimal(static_cast<std::int64_t>(value.text->bytes.size()));
      } else if (value.type == ValueType::text && name == "tonumber") {
        const auto parsed = Decimal::parse(value.text->bytes);
        if (parsed) number = *parsed;
      }
      return number_sample(node, number, ValueKind::number, combine(value.key, hash_of(name)));
    });
  }
  return only(unknown(node, slice(node)));
}

}  // namespace tvh::pine
