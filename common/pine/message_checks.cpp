#include "pine/message_checks.hpp"

#include <algorithm>
#include <array>

#include "pine/characters.hpp"
#include "pine/template_checks.hpp"

namespace tvh::pine {
namespace {

constexpr int kFirstVersionWithPlaceholders = 4;

bool is_order_message(MessageKind kind) {
  return kind == MessageKind::order || kind == MessageKind::order_profit || kind == MessageKind::order_loss ||
         kind == MessageKind::order_trailing;
}

bool is_json(const std::string& text) {
  const auto first = std::find_if(text.begin(), text.end(), [](char c) { return !is_space(c); });
  if (first == text.end()) return false;
  // Two braces are a placeholder.
  const bool is_placeholder = std::string_view(first, text.end()).starts_with("{{");
  return !is_placeholder && (*first == '{' || *first == '[');
}

// Something a program is to read, not "Buy signal!".
bool is_for_a_program(const std::string& text) { return is_json(text) || text.find('=') != std::string::npos; }

// How Pine says what a placeholder stands for; "" for what only an order's alert knows.
std::string_view pine_expression(std::string_view placeholder) {
  struct Row {
    std::string_view placeholder;
    std::string_view expression;
  };
  static constexpr std::array kRows{
      Row{"ticker", "syminfo.ticker"},
      Row{"exchange", "syminfo.prefix"},
      Row{"open", "str.tostring(open)"},
      Row{"high", "str.tostring(high)"},
      Row{"low", "str.tostring(low)"},
      Row{"close", "str.tostring(close)"},
      Row{"volume", "str.tostring(volume)"},
      Row{"time", "str.tostring(time)"},
      Row{"timenow", "str.tostring(timenow)"},
      Row{"interval", "timeframe.period"},
      Row{"syminfo.currency", "syminfo.currency"},
      Row{"syminfo.basecurrency", "syminfo.basecurrency"},
      Row{"strategy.position_size", "str.tostring(strategy.position_size)"},
  };
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [placeholder](const Row& each) { return each.placeholder == placeholder; });
  return row == kRows.end() ? std::string_view() : row->expression;
}

// "write ' + syminfo.ticker + ' in its place", with the quotes that go around such a message; "" where Pine has
// no such value.
std::string mend_in_pine(const Slot& slot, std::string_view message) {
  const std::string_view expression = pine_expression(slot.name);
  if (expression.empty()) return "";
  // Messages that hold double quotes stand in single ones.
  const std::string quote = message.find('"') == std::string_view::npos ? "\"" : "'";
  return "write " + quote + " + " + std::string(expression) + " + " + quote + " in its place";
}

bool holds_alert_message(const Template& message) {
  return std::any_of(message.slots().begin(), message.slots().end(),
                     [](const Slot& slot) { return slot.kind == ValueKind::message; });
}

class Check {
 public:
  // `orders_are_seen`: those without a message are told of one by one.
  Check(const FoundMessage& found, const ScriptReport& script, bool orders_are_seen, Findings& findings)
      : message_(found.message), script_(script), orders_are_seen_(orders_are_seen), findings_(findings) {}

  void run() {
    for (const auto& variant : message_.variants) {
      if (findings_.full()) return;
      check_variant(variant);
    }
    check_secret();
    check_frequency();
  }

 private:
  std::size_t source_of(const Variant& variant, std::size_t offset) const {
    return variant.to_source.original_of(offset);
  }

  void check_variant(const Variant& variant) {
    const std::string& text = variant.message.text();
    for (const auto& finding : variant.message.findings()) {
      const bool is_box = message_.kind == MessageKind::strategy_box;
      if (finding.id == FindingId::message_may_be_empty && is_box && orders_are_seen_) continue;
      const bool is_na_itself =
          finding.id == FindingId::bare_may_be_nan &&
          findings_.holds(FindingId::tostring_na, source_of(variant, finding.place.offset));
      if (is_na_itself) continue;
      // What a bar without values does is said once, by bare_may_be_nan.
      findings_.add(finding.id, finding.severity, source_of(variant, finding.place.offset), finding.message,
                    finding.mend);
    }
    for (const auto& slot : variant.message.slots()) check_slot(variant, slot);
    if (trim(text).empty()) {
      findings_.add(FindingId::empty_message, message_.place.offset, "the message is empty");
    } else if (is_json(text) && (text.front() == '\n' || text.back() == '\n')) {
      findings_.add(FindingId::message_edge_newline,
                    source_of(variant, text.back() == '\n' ? text.size() - 1 : 0),
                    "a line break at the edge of the message");
    }
  }

  void check_slot(const Variant& variant, const Slot& slot) {
    const std::string& text = variant.message.text();
    const std::size_t at = source_of(variant, slot.begin);
    if (!slot.is_placeholder) {
      if (slot.kind == ValueKind::unknown) {
        findings_.add(FindingId::cannot_evaluate, at, shown(slot.name) + " cannot be evaluated");
      }
      return;
    }
    const std::string name = shown("{{" + slot.name + "}}");
    if (message_.kind == MessageKind::alert) {
      findings_.add(FindingId::placeholder_in_alert, at, name + " is never filled inside alert()",
                    mend_in_pine(slot, text));
    } else if (is_order_message(message_.kind)) {
      findings_.add(FindingId::placeholder_in_alert_message, at,
                    name + " may not be filled inside alert_message", mend_in_pine(slot, text));
    } else if (message_.kind == MessageKind::alert_condition &&
               script_.version < kFirstVersionWithPlaceholders) {
      findings_.add(FindingId::version_without_placeholders, at,
                    name + " is not filled in a script of version " + std::to_string(script_.version));
    }
  }

  void check_secret() {
    const bool has_need =
        std::any_of(message_.variants.begin(), message_.variants.end(), [](const Variant& variant) {
          return is_for_a_program(variant.message.text()) && variant.is_complete &&
                 !holds_alert_message(variant.message);
        });
    const bool has_secret =
        std::any_of(message_.variants.begin(), message_.variants.end(), [](const Variant& variant) {
          return find_secret(variant.message.text(), variant.message.slots()) == Presence::present;
        });
    if (has_need && !has_secret) {
      findings_.add(FindingId::message_without_secret, message_.place.offset, "this message carries no secret");
    }
  }

  void check_frequency() {
    if (message_.frequency != "alert.freq_all") return;
    const bool is_told_apart =
        std::all_of(message_.variants.begin(), message_.variants.end(), [](const Variant& variant) {
          return find_identity(variant.message.text(), variant.message.slots()) == Presence::present;
        });
    if (is_told_apart && !message_.variants.empty()) return;
    findings_.add(FindingId::freq_all_no_identity, message_.call.offset,
                  "alert.freq_all, and nothing tells one message from the next");
  }

  const Message& message_;
  const ScriptReport& script_;
  bool orders_are_seen_;
  Findings& findings_;
};

void check_conditions(const Evaluation& evaluation, ScriptKind kind, Findings& findings) {
  for (const auto& emission : evaluation.emissions) {
    if (emission.callee != "alertcondition") continue;
    if (kind == ScriptKind::strategy) {
      findings.add(FindingId::condition_in_strategy, emission.call_at,
                   "alertcondition() does nothing in a strategy");
    }
    if (!emission.is_global) {
      findings.add(FindingId::condition_not_global, emission.call_at, "alertcondition() stands inside a block");
    }
    if (!emission.is_constant) {
      findings.add(FindingId::condition_not_constant, emission.argument_at,
                   "this message is not a constant text");
    }
  }
}

// What concerns the script as a whole: its order calls and its message box.
void check_orders(const std::vector<FoundMessage>& messages, const Evaluation& evaluation, Findings& findings) {
  const FoundMessage* first = nullptr;
  bool is_sent = false;
  for (const auto& found : messages) {
    if (is_order_message(found.message.kind) && first == nullptr) first = &found;
    if (found.message.kind != MessageKind::strategy_box) continue;
    for (const auto& variant : found.message.variants)
      is_sent = is_sent || holds_alert_message(variant.message);
  }
  if (first != nullptr && !is_sent) {
    findings.add(FindingId::message_not_sent, first->message.call.offset,
                 "nothing in the script puts alert_message into the alert's message box");
  }
  if (first == nullptr && !is_sent) return;
  for (const auto& emission : evaluation.emissions) {
    const bool is_order = emission.callee.starts_with("strategy.");
    if (!is_order || !emission.argument.empty() || emission.is_disabled) continue;
    findings.add(FindingId::order_without_message, emission.call_at,
                 std::string(emission.callee) + "() has no alert_message: its alert is empty");
  }
}

}  // namespace

void check_messages(const std::vector<FoundMessage>& messages, const Evaluation& evaluation,
                    const ScriptReport& script, Findings& findings) {
  const bool orders_are_seen =
      std::any_of(evaluation.emissions.begin(), evaluation.emissions.end(),
                  [](const Emission& emission) { return emission.callee.starts_with("strategy."); });
  for (const auto& found : messages) Check(found, script, orders_are_seen, findings).run();
  check_conditions(evaluation, script.kind, findings);
  check_orders(messages, evaluation, findings);
  for (const auto at : evaluation.truncated) {
    findings.add(FindingId::too_many_variants, at, "this text can come out in more than 16 ways");
  }
}

}  // namespace tvh::pine
