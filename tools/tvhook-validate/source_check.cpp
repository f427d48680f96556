#include "tvhook-validate/source_check.hpp"

#include <algorithm>
#include <utility>

#include "pine/messages.hpp"
#include "tvhook-validate/finding_catalogue.hpp"
#include "tvhook-validate/sample_check.hpp"
#include "tvhook-validate/template_repair.hpp"
#include "wire/finding_codes.hpp"

namespace tvh {
namespace {

using pine::MessageKind;
using wire::Finding;
using wire::Severity;

// Texts of one script that are filled and checked: more than scripts have, less than hostile ones could.
constexpr std::size_t kMostTexts = 2'000;
constexpr std::size_t kMostMessages = 1'000;  // pine finds no more
constexpr std::size_t kMostFindings = 1'000;

bool is_order(MessageKind kind) {
  return kind == MessageKind::order || kind == MessageKind::order_profit || kind == MessageKind::order_loss ||
         kind == MessageKind::order_trailing;
}

// Gathers what is said of one source, each thing once.
class Verdict {
 public:
  Verdict(const std::vector<pine::Finding>& said, const CheckRules& rules)
      : said_(said), rules_(rules), is_decisive_(said.size()) {}

  void add(CheckedMessage message, const pine::Place& place, const std::string& label) {
    ++checked_.messages;
    for (const auto index : message.decisive) is_decisive_[index] = true;
    for (auto& finding : message.findings) add_once(std::move(finding));
    for (auto& outcome : message.outcomes) {
      outcome.line = place.line;
      outcome.column = place.column;
      outcome.message = label;
      checked_.outcomes.push_back(std::move(outcome));
    }
  }

  void tell(pine::FindingId id, std::size_t offset, std::string message) {
    pine::Finding finding;
    finding.id = id;
    finding.severity = pine::kind_of(id).severity;
    finding.message = std::move(message);
    finding.mend = pine::kind_of(id).mend;
    finding.place.offset = offset;
    checked_.findings.push_back(numbered(finding));
  }

  CheckedSource take() && {
    if (said_.size() >= pine::Findings::kMost) {
      tell(pine::FindingId::script_too_complex, said_.back().place.offset,
           "over 200 findings; mend these first, those behind this place are left out");
    }
    for (std::size_t i = 0; i < said_.size(); ++i) {
      checked_.findings.push_back(numbered(said_[i]));
      wire::redact_finding(checked_.findings.back(), rules_.secrets);
      if (is_decisive_[i]) checked_.findings.back().severity = Severity::error;
    }
    std::stable_sort(checked_.findings.begin(), checked_.findings.end(),
                     [](const Finding& left, const Finding& right) { return left.offset < right.offset; });
    if (rules_.strictness == Strictness::warnings_too) {
      for (auto& finding : checked_.findings) {
        if (finding.severity == Severity::warning) finding.severity = Severity::error;
      }
    }
    return std::move(checked_);
  }

 private:
  void add_once(Finding finding) {
    for (auto& known : checked_.findings) {
      if (known.code != finding.code || known.offset != finding.offset) continue;
      if (finding.severity == Severity::error) known.severity = Severity::error;
      return;
    }
    if (checked_.findings.size() < kMostFindings) {
      checked_.findings.push_back(std::move(finding));
    } else if (!std::exchange(is_full_, true)) {
      tell(pine::FindingId::script_too_complex, finding.offset,
           "over 1,000 findings; mend these first, those behind this place are left out");
    }
  }

  const std::vector<pine::Finding>& said_;
  const CheckRules& rules_;
  std::vector<bool> is_decisive_;
  bool is_full_ = false;
  CheckedSource checked_;
};

// As they stand: what samples become is judged, strictness and repairs are the source's.
CheckRules rules_for_samples(const CheckRules& rules) {
  CheckRules plain = rules;
  plain.strictness = Strictness::errors_only;
  plain.repairs = Repairs::none;
  return plain;
}

// How orders' messages leave a script: through {{strategy.order.alert_message}} in the message box.
enum class Box {
  unknown,        // the script does not say
  message_alone,  // it is all there is in the box
  part_of_text,   // it stands within other text
  without,
};

bool is_message_slot(const pine::Slot& slot) { return slot.kind == pine::ValueKind::message; }

Box box_of(const pine::ScriptReport& script) {
  for (const auto& message : script.messages) {
    if (message.kind != MessageKind::strategy_box || message.variants.empty()) continue;
    const auto& text = message.variants.front().message;
    const auto slots = text.slots();
    if (std::none_of(slots.begin(), slots.end(), is_message_slot)) return Box::without;
    const auto around = [&](std::size_t begin, std::size_t end) {
      return text.text().find_first_not_of(" \t\r\n", begin) < end;
    };
    const bool is_alone =
        slots.size() == 1 && !around(0, slots[0].begin) && !around(slots[0].end, text.text().size());
    return is_alone ? Box::message_alone : Box::part_of_text;
  }
  return Box::unknown;
}

// The box's text with each of the script's own messages in it.
std::vector<pine::Filled> fill_box(const pine::Template& box, const pine::ScriptReport& script) {
  constexpr std::size_t kMostFillings = 64;
  std::vector<pine::Filled> all;
  for (const auto& message : script.messages) {
    if (!is_order(message.kind)) continue;
    for (const auto& variant : message.variants) {
      if (all.size() >= kMostFillings) return all;
      pine::SampleSet samples = pine::sample_sets().front();
      samples.name = "line " + std::to_string(message.call.line) + (variant.samples == "na" ? ", na" : "");
      samples.alert_message = variant.message.text();
      all.push_back(box.fill(samples));
    }
  }
  return all;
}

class ScriptCheck {
 public:
  ScriptCheck(const pine::ScriptReport& script, const CheckRules& rules)
      : script_(script),
        rules_(rules_for_samples(rules)),
        box_(box_of(script)),
        verdict_(script.findings, rules) {
    rules_.secret_values = SecretValues::only_hidden;
  }

  CheckedSource run() && {
    for (const auto& message : script_.messages) check(message);
    if (script_.messages.size() >= kMostMessages) {
      verdict_.tell(pine::FindingId::script_too_complex, script_.messages.back().place.offset,
                    "only the first 1,000 messages are checked");
    }
    return std::move(verdict_).take();
  }

 private:
  void check(const pine::Message& message) {
    // What leaves through the box is told at the box, or at the order, not at both.
    const bool is_in_box = is_order(message.kind) && box_ == Box::part_of_text;
    const bool is_mere_box = message.kind == MessageKind::strategy_box && box_ == Box::message_alone;
    if (is_in_box || (is_mere_box && sends_orders())) return;
    std::vector<MessageText> texts;
    for (const auto& variant : message.variants) {
      if (checked_texts_++ == kMostTexts) {
        verdict_.tell(pine::FindingId::too_many_variants, message.place.offset,
                      "over 2,000 texts; those of the messages from here on are not filled");
      }
      if (checked_texts_ > kMostTexts) break;
      MessageText text{variant.message};
      if (variant.samples == "na") text.name = "na";
      text.to_source = [&variant](std::size_t offset) { return variant.to_source.original_of(offset); };
      // Whether an order's message is the whole alert is only known where the box is.
      text.is_certain =
          variant.is_complete && !(is_order(message.kind) && box_ == Box::unknown && !is_json(variant));
      if (message.kind == MessageKind::strategy_box && box_ == Box::part_of_text && sends_orders()) {
        text.fillings = fill_box(variant.message, script_);
      }
      texts.push_back(std::move(text));
    }
    verdict_.add(check_message_texts(texts, script_.findings, rules_), message.call, label_of(message));
  }

  static bool is_json(const pine::Variant& variant) {
    const auto& text = variant.message.text();
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{';
  }

  bool sends_orders() const {
    return std::any_of(script_.messages.begin(), script_.messages.end(),
                       [](const pine::Message& message) { return is_order(message.kind); });
  }

  static std::string label_of(const pine::Message& message) {
    if (!is_order(message.kind)) return std::string(pine::to_text(message.kind));
    return message.callee + "() " + std::string(pine::to_text(message.kind));
  }

  const pine::ScriptReport& script_;
  CheckRules rules_;
  Box box_;
  Verdict verdict_;
  std::size_t checked_texts_ = 0;
};

}  // namespace

static CheckedSource check_as_it_stands(const pine::Template& message, const CheckRules& rules) {
  const std::string& text = message.text();
  MessageText only{message};
  only.to_source = [](std::size_t offset) { return offset; };
  Verdict verdict(message.findings(), rules);
  const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  verdict.add(check_message_texts({only}, message.findings(), rules_for_samples(rules)),
              pine::LineIndex(text).place_of(first), "");
  return std::move(verdict).take();
}

CheckedSource check_template(std::string_view text, const CheckRules& rules) {
  const auto message = pine::Template::parse(text);
  const auto mended = rules.repairs == Repairs::allowed ? mend_template(message) : std::nullopt;
  if (!mended) return check_as_it_stands(message, rules);
  CheckedSource checked = check_as_it_stands(pine::Template::parse(mended->text), rules);
  for (auto& finding : checked.findings) finding.offset = 0;  // its place is one of the mended text
  const auto note = [&](std::string said, std::size_t offset) {
    checked.findings.push_back(wire::make_finding(wire::FindingCode::repaired, "", std::move(said), offset));
    wire::redact_finding(checked.findings.back(), rules.secrets);
  };
  for (const auto& repair : mended->repairs) note(repair.message, std::min(repair.offset, text.size()));
  note("mended: " + wire::redact_body(mended->text, nullptr, rules.secrets), text.size());
  return checked;
}

CheckedSource check_script(std::string_view source, const CheckRules& rules) {
  const auto script = pine::find_messages(source);
  return ScriptCheck(script, rules).run();
}

}  // namespace tvh
