#include "pine/message_template.hpp"

#include <algorithm>

#include "pine/placeholder_reader.hpp"
#include "pine/template_checks.hpp"

namespace tvh::pine {

Template Template::parse(std::string_view text, Use use, std::vector<Slot> values) {
  Template result;
  result.text_ = std::string(text);
  result.use_ = use;
  Findings findings;
  std::vector<Slot> read = read_placeholders(text, use, values, findings);
  std::size_t v = 0;
  const auto add_values_before = [&](std::size_t offset) {
    for (; v < values.size() && values[v].begin < offset; ++v) result.slots_.push_back(std::move(values[v]));
  };
  for (auto& slot : read) {
    add_values_before(slot.begin);
    // A value inside of braces: the braces are text of the author's, joined around it.
    if (!result.slots_.empty() && result.slots_.back().end > slot.begin) continue;
    if (v < values.size() && values[v].begin < slot.end) continue;
    result.slots_.push_back(std::move(slot));
  }
  add_values_before(text.size() + 1);
  check_message(result.text_, result.slots_, findings);
  result.findings_ = std::move(findings).take(LineIndex(text));
  return result;
}

Filled Template::fill(const SampleSet& samples) const {
  Filled filled;
  std::vector<std::uint32_t> origins;
  const auto copy = [&](std::size_t begin, std::size_t end) {
    end = std::min(end, begin + (kMostFilledBytes - std::min(kMostFilledBytes, filled.text.size())));
    filled.text.append(text_, begin, end - begin);
    for (std::size_t i = begin; i < end; ++i) origins.push_back(static_cast<std::uint32_t>(i));
  };
  std::size_t done = 0;
  for (std::size_t i = 0; i < slots_.size() && filled.text.size() < kMostFilledBytes; ++i) {
    const Slot& slot = slots_[i];
    if (!slot.is_placeholder || slot.kind == ValueKind::unfilled) continue;
    copy(done, slot.begin);
    const std::string value = samples.value_of(slot.name);
    filled.text += value;
    origins.insert(origins.end(), value.size(), static_cast<std::uint32_t>(slot.begin));
    done = slot.end;
  }
  copy(done, text_.size());
  filled.to_template = PositionMap(std::move(origins), text_.size());
  filled.sample_name = samples.name;
  return filled;
}

std::vector<Filled> Template::fill_all() const {
  // A message that is put into a text is one that can stand there: a word, not JSON. One that stands alone is
  // whole, whatever ids and comments hold.
  const bool is_inside_text = std::any_of(findings_.begin(), findings_.end(), [](const Finding& finding) {
    return finding.id == FindingId::message_inside_text;
  });
  std::vector<Filled> all;
  for (SampleSet samples : sample_sets()) {
    if (is_inside_text && samples.name != "quotes") samples.alert_message = samples.name;
    if (!is_inside_text && samples.name == "quotes")
      samples.alert_message = sample_sets().front().alert_message;
    Filled filled = fill(samples);
    const bool is_known = std::any_of(all.begin(), all.end(),
                                      [&filled](const Filled& other) { return other.text == filled.text; });
    if (!is_known) all.push_back(std::move(filled));
  }
  return all;
}

}  // namespace tvh::pine
