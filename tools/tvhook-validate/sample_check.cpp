#include "tvhook-validate/sample_check.hpp"

#include <algorithm>
#include <array>

#include "tvhook-validate/finding_catalogue.hpp"

namespace tvh {
namespace {

using pine::FindingId;
using wire::Finding;
using wire::Severity;

// Of one message; what goes beyond is in no script a person wrote.
constexpr std::size_t kMostFindings = 200;

// Sets whose values may never come: a plot without value, an order's name with quotes in it.
bool is_unlikely(const std::string& sample) { return sample == "na-plot" || sample == "quotes"; }

struct Pair {
  std::string_view of_alert;
  FindingId of_message;
  enum class Where { same_place, same_message } where;
};

// The same advice, which an alert and its template are given each in its own words: the template's is kept.
constexpr std::array kPairs{
    Pair{"size_without_strategy", FindingId::no_strategy_name, Pair::Where::same_message},
    Pair{"fire_time_as_bar_time", FindingId::timenow_as_identity, Pair::Where::same_place},
    Pair{"price_as_text", FindingId::number_as_text, Pair::Where::same_place},
};

// What is advice about the message as a whole explains no error at the place it is told at.
bool is_cause(FindingId id) {
  static constexpr std::array kAdvice{FindingId::number_as_text,         FindingId::timenow_as_identity,
                                      FindingId::secret_in_body,         FindingId::no_order_id,
                                      FindingId::no_strategy_name,       FindingId::bar_volume_as_size,
                                      FindingId::message_without_secret, FindingId::freq_all_no_identity,
                                      FindingId::condition_in_strategy,  FindingId::condition_not_global,
                                      FindingId::order_without_message,  FindingId::message_not_sent,
                                      FindingId::message_edge_newline,   FindingId::string_wrapped,
                                      FindingId::string_not_indented,    FindingId::cannot_evaluate,
                                      FindingId::too_many_variants};
  return std::find(kAdvice.begin(), kAdvice.end(), id) == kAdvice.end();
}

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;

  // A value's own quotes count: some checks tell of the value, others of what is between the quotes.
  bool holds(std::size_t offset) const { return offset + 1 >= begin && offset <= end + 1; }
};

// The value that begins at `offset` of an alert: a string to its closing quote, anything else to its end.
std::size_t end_of_value(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return text.size();
  const bool is_string = text[offset] == '"';
  for (std::size_t at = offset + (is_string ? 1 : 0); at < text.size(); ++at) {
    if (is_string && text[at] == '\\') {
      ++at;
    } else if (is_string ? text[at] == '"' || text[at] == '\n'
                         : std::string_view(",}] \t\r\n").find(text[at]) != std::string_view::npos) {
      return at;
    }
  }
  return text.size();
}

std::string title_of(const Finding& finding) { return finding.code + " " + finding.name; }
std::string title_of(FindingId id) {
  const CatalogueEntry& entry = catalogue_entry(id);
  return entry.code + " " + std::string(entry.name);
}

class MessageCheck {
 public:
  MessageCheck(const std::vector<pine::Finding>& said, const CheckRules& rules) : said_(said), rules_(rules) {}

  void add(const MessageText& text) {
    const auto fillings = text.fillings.empty() ? text.message.fill_all() : text.fillings;
    for (const auto& filled : fillings) {
      std::string name = text.name;
      if (fillings.size() > 1) name += (name.empty() ? "" : ", ") + filled.sample_name;
      add_filled(text, filled, name);
    }
  }

  CheckedMessage take() && {
    for (auto& told : told_) {
      const bool is_of_all = told.samples.size() == checked_.outcomes.size();
      if (!is_of_all && !told.samples.front().empty()) {
        std::string names;
        for (const auto& sample : told.samples) names += (names.empty() ? "" : ", ") + sample;
        told.finding.message = "with sample" + std::string(told.samples.size() == 1 ? " " : "s ") + names +
                               ": " + told.finding.message;
      }
      checked_.findings.push_back(std::move(told.finding));
    }
    return std::move(checked_);
  }

 private:
  void add_filled(const MessageText& text, const pine::Filled& filled, const std::string& name) {
    CheckedAlert alert = check_alert(filled.text, rules_);
    const bool is_sure = text.is_certain && text.name != "na" && !is_unlikely(filled.sample_name);
    wire::SampleOutcome outcome;
    outcome.sample = name;
    for (auto& finding : alert.findings) {
      const bool is_error = finding.severity == Severity::error;
      const std::size_t begin = filled.to_template.original_of(finding.offset);
      const std::size_t end = filled.to_template.original_of(end_of_value(filled.text, finding.offset));
      const Stretch in_message{begin, std::max(begin, end)};
      const auto cause = cause_of(source_of(text, in_message));
      if (is_error && outcome.refused.empty())
        outcome.refused = cause ? title_of(said_[*cause].id) : title_of(finding);
      if (is_said_in(text.message, finding.name, in_message)) continue;
      if (cause) {
        if (is_error && is_sure) checked_.decisive.push_back(*cause);
        continue;
      }
      if (is_error && !is_sure) finding.severity = Severity::warning;
      finding.offset = text.to_source(begin);
      tell(std::move(finding), name);
    }
    outcome.signal = std::move(alert.signal);
    outcome.earlier = std::move(alert.earlier);
    checked_.outcomes.push_back(std::move(outcome));
  }

  static bool is_said_in(const pine::Template& message, std::string_view name, const Stretch& value) {
    // What a size is filled from is seen in the template, and said there if it is the bar's volume.
    if (name == "volume_as_size" && is_filled(message, value)) return true;
    for (const auto& pair : kPairs) {
      if (pair.of_alert != name) continue;
      for (const auto& finding : message.findings()) {
        const bool is_near = pair.where == Pair::Where::same_message || value.holds(finding.place.offset);
        if (finding.id == pair.of_message && is_near) return true;
      }
    }
    return false;
  }

  static constexpr std::size_t kLongestExpression = 200;

  // Where that stretch of a message comes from. The value of an expression comes from all of the expression:
  // from behind the text before it to the text behind it.
  static Stretch source_of(const MessageText& text, const Stretch& stretch) {
    std::size_t begin = text.to_source(stretch.begin);
    std::size_t end = text.to_source(stretch.end);
    for (const auto& slot : text.message.slots()) {
      if (slot.is_placeholder || slot.end <= stretch.begin || slot.begin > stretch.end) continue;
      const std::size_t from = slot.begin > 0 ? text.to_source(slot.begin - 1) : begin;
      const std::size_t to = text.to_source(slot.end);
      // Texts that are joined from places far apart have no expression between them.
      if (from <= begin && begin - from <= kLongestExpression) begin = from;
      if (to >= end && to - end <= kLongestExpression) end = to;
    }
    return {begin, std::max(begin, end)};
  }

  static bool is_filled(const pine::Template& message, const Stretch& value) {
    const auto slots = message.slots();
    return std::any_of(slots.begin(), slots.end(),
                       [&value](const pine::Slot& slot) { return value.holds(slot.begin); });
  }

  // The source's own finding that explains what is wrong with that stretch of it.
  std::optional<std::size_t> cause_of(const Stretch& stretch) const {
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (is_cause(said_[i].id) && stretch.holds(said_[i].place.offset)) return i;
    }
    return std::nullopt;
  }

  void tell(Finding finding, const std::string& sample) {
    for (auto& told : told_) {
      if (told.finding.code != finding.code || told.finding.offset != finding.offset) continue;
      if (finding.severity == Severity::error) told.finding.severity = Severity::error;
      if (told.samples.back() != sample) told.samples.push_back(sample);
      return;
    }
    if (told_.size() < kMostFindings) told_.push_back({std::move(finding), {sample}});
  }

  struct Told {
    Finding finding;
    std::vector<std::string> samples;
  };

  const std::vector<pine::Finding>& said_;
  const CheckRules& rules_;
  std::vector<Told> told_;
  CheckedMessage checked_;
};

}  // namespace

CheckedMessage check_message_texts(const std::vector<MessageText>& texts,
                                   const std::vector<pine::Finding>& said, const CheckRules& rules) {
  MessageCheck check(said, rules);
  for (const auto& text : texts) check.add(text);
  return std::move(check).take();
}

}  // namespace tvh
