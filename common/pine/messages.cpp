#include "pine/messages.hpp"

#include <algorithm>

#include "pine/characters.hpp"
#include "pine/evaluator.hpp"
#include "pine/lexer.hpp"
#include "pine/message_checks.hpp"
#include "pine/parser.hpp"

namespace tvh::pine {
namespace {

constexpr std::string_view kBoxAnnotation = "//@strategy_alert_message";
constexpr int kFirstVersionWithPlaceholders = 4;

ScriptKind kind_of_script(std::string_view source, const TokenList& list) {
  const auto text = [&](const Token& token) { return source.substr(token.begin, token.end - token.begin); };
  for (std::size_t i = 1; i + 1 < list.tokens.size(); ++i) {
    const bool begins_line = list.tokens[i - 1].kind == TokenKind::new_line;
    if (!begins_line || list.tokens[i].kind != TokenKind::name || text(list.tokens[i + 1]) != "(") continue;
    const auto word = text(list.tokens[i]);
    if (word == "strategy") return ScriptKind::strategy;
    if (word == "indicator" || word == "study") return ScriptKind::indicator;
    if (word == "library") return ScriptKind::library;
  }
  return ScriptKind::unknown;
}

MessageKind kind_of_message(const Emission& emission) {
  if (emission.callee == "alert") return MessageKind::alert;
  if (emission.callee == "alertcondition") return MessageKind::alert_condition;
  if (emission.argument == "alert_profit") return MessageKind::order_profit;
  if (emission.argument == "alert_loss") return MessageKind::order_loss;
  if (emission.argument == "alert_trailing") return MessageKind::order_trailing;
  return MessageKind::order;
}

Use use_of(MessageKind kind, int version) {
  switch (kind) {
    case MessageKind::alert:
      return Use::never_filled;
    case MessageKind::alert_condition:
      return version < kFirstVersionWithPlaceholders ? Use::never_filled : Use::indicator_box;
    case MessageKind::strategy_box:
      return Use::strategy_box;
    case MessageKind::order:
    case MessageKind::order_profit:
    case MessageKind::order_loss:
    case MessageKind::order_trailing:
      return Use::alert_message;
  }
  return Use::message_box;
}

std::vector<Slot> slots_of(const Text& text, const std::vector<UsedValue>& values) {
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < text.bytes.size();) {
    const std::uint32_t id = text.values[i];
    const std::size_t begin = i;
    while (i < text.bytes.size() && text.values[i] == id) ++i;
    if (id == 0) continue;
    const UsedValue& value = values[id - 1];
    slots.push_back({begin, i, value.kind, std::string(value.name), false});
  }
  return slots;
}

class MessageFinder {
 public:
  explicit MessageFinder(std::string_view source) : source_(source.substr(0, kMostSourceBytes)) {
    tokens_ = read_tokens(source, findings_);
    script_ = parse_script(source_, tokens_, findings_);
    report_.version = tokens_.version;
    report_.kind = kind_of_script(source_, tokens_);
  }

  ScriptReport run() {
    const Evaluation evaluation = Evaluator(source_, tokens_, script_, Series::have_values, findings_).run();
    add_emissions(evaluation, "values");
    // Bars without values say the same things again; only their texts are wanted.
    Findings said_already;
    const Evaluation without = Evaluator(source_, tokens_, script_, Series::are_na, said_already).run();
    add_emissions(without, "na");
    for (const auto& annotation : script_.annotations) add_annotation(annotation);
    std::stable_sort(found_.begin(), found_.end(), [](const FoundMessage& left, const FoundMessage& right) {
      return left.message.place.offset < right.message.place.offset;
    });
    check_messages(found_, evaluation, report_, findings_);
    const LineIndex lines(source_);
    for (auto& found : found_) {
      found.message.call = lines.place_of(found.message.call.offset);
      found.message.place = lines.place_of(found.message.place.offset);
      report_.messages.push_back(std::move(found.message));
    }
    report_.findings = std::move(findings_).take(lines);
    return std::move(report_);
  }

 private:
  void add_emissions(const Evaluation& evaluation, std::string_view samples) {
    for (const auto& emission : evaluation.emissions) {
      if (emission.message == nullptr) continue;
      FoundMessage& found = message_of(emission);
      for (const auto& alternative : *emission.message) {
        add_variant(found.message, alternative.value, evaluation, samples);
      }
    }
  }

  // The message of that call, and of that argument: a call inside a function may be evaluated several times.
  FoundMessage& message_of(const Emission& emission) {
    const auto key = std::make_pair(emission.call_at, emission.argument);
    const auto known = by_call_.find(key);
    if (known != by_call_.end()) return found_[known->second];
    by_call_[key] = found_.size();
    FoundMessage found;
    found.message.kind = kind_of_message(emission);
    found.message.callee = std::string(emission.callee);
    found.message.call.offset = emission.call_at;
    found.message.place.offset = emission.argument_at;
    found.message.frequency = std::string(emission.frequency);
    found_.push_back(std::move(found));
    return found_.back();
  }

  void add_variant(Message& message, const Value& value, const Evaluation& evaluation,
                   std::string_view samples) {
    constexpr std::size_t kMostTextOfAll = std::size_t{16} << 20;
    if (value.type != ValueType::text) {
      findings_.add(FindingId::cannot_evaluate, value.origin == 0 ? message.place.offset : value.origin,
                    value.type == ValueType::na ? "this message is na" : "this message cannot be evaluated");
      return;
    }
    const Text& text = *value.text;
    const bool is_known =
        std::any_of(message.variants.begin(), message.variants.end(),
                    [&](const Variant& variant) { return variant.message.text() == text.bytes; });
    if (is_known) return;
    if (message.variants.size() >= kMostAlternatives || text_made_ + text.bytes.size() > kMostTextOfAll) {
      // A bar without values may have no place any more; only what is left out of the others is worth a word.
      if (samples == "values") {
        findings_.add(FindingId::too_many_variants, message.place.offset,
                      "not all texts of this message are checked");
      }
      return;
    }
    text_made_ += text.bytes.size();
    Variant variant;
    variant.samples = std::string(samples);
    auto slots = slots_of(text, evaluation.values);
    variant.is_complete = std::none_of(slots.begin(), slots.end(),
                                       [](const Slot& slot) { return slot.kind == ValueKind::unknown; });
    variant.message = Template::parse(text.bytes, use_of(message.kind, report_.version), std::move(slots));
    // What is missing at the end of a script comes from its end.
    const std::size_t end = text.origins.empty()
                                ? message.place.offset
                                : std::min(source_.size(), text.origins.back() + std::size_t{1});
    variant.to_source = PositionMap(text.origins, end);
    message.variants.push_back(std::move(variant));
  }

  void add_annotation(const Annotation& annotation) {
    constexpr std::size_t kMostAnnotations = 64;
    if (!annotation.text.starts_with(kBoxAnnotation) || annotations_++ >= kMostAnnotations) return;
    std::string_view text = annotation.text.substr(kBoxAnnotation.size());
    std::size_t begin = annotation.begin + kBoxAnnotation.size();
    while (!text.empty() && is_blank(text.front())) {
      text.remove_prefix(1);
      ++begin;
    }
    text = text.substr(0, Template::kMostBytes + 1);
    FoundMessage found;
    found.message.kind = MessageKind::strategy_box;
    found.message.call.offset = annotation.begin;
    found.message.place.offset = begin;
    Variant variant;
    variant.samples = "values";
    variant.message = Template::parse(text, Use::strategy_box);
    std::vector<std::uint32_t> origins(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) origins[i] = static_cast<std::uint32_t>(begin + i);
    variant.to_source = PositionMap(std::move(origins), begin + text.size());
    found.message.variants.push_back(std::move(variant));
    found_.push_back(std::move(found));
  }

  std::string_view source_;
  Findings findings_;
  TokenList tokens_;
  Script script_;
  ScriptReport report_;
  std::vector<FoundMessage> found_;
  std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> by_call_;
  std::size_t text_made_ = 0;
  std::size_t annotations_ = 0;
};

}  // namespace

std::string_view to_text(MessageKind kind) {
  switch (kind) {
    case MessageKind::alert:
      return "alert()";
    case MessageKind::alert_condition:
      return "alertcondition()";
    case MessageKind::order:
      return "alert_message";
    case MessageKind::order_profit:
      return "alert_profit";
    case MessageKind::order_loss:
      return "alert_loss";
    case MessageKind::order_trailing:
      return "alert_trailing";
    case MessageKind::strategy_box:
      return "@strategy_alert_message";
  }
  return "";
}

ScriptReport find_messages(std::string_view source) { return MessageFinder(source).run(); }

}  // namespace tvh::pine
