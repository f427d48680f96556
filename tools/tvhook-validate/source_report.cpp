#include "tvhook-validate/source_report.hpp"

#include "tvhook-validate/finding_text.hpp"
#include "tvhook-validate/signal_summary.hpp"

namespace tvh {
namespace {

std::string summary_of_outcome(const wire::SampleOutcome& outcome) {
  if (!outcome.signal) return "refused, " + outcome.refused;
  std::string summary;
  for (const auto& signal : outcome.earlier) summary += summary_of(signal) + "; then ";
  return summary + summary_of(*outcome.signal);
}

bool is_same_message(const wire::SampleOutcome& left, const wire::SampleOutcome& right) {
  return left.line == right.line && left.column == right.column && left.message == right.message;
}

}  // namespace

std::string outcome_lines(const std::string& source, const std::vector<wire::SampleOutcome>& outcomes) {
  struct Line {
    const wire::SampleOutcome* first;
    std::string samples;
    std::string summary;
  };
  std::vector<Line> lines;
  std::size_t message = 0;  // its first line
  for (const auto& outcome : outcomes) {
    if (message < lines.size() && !is_same_message(*lines[message].first, outcome)) message = lines.size();
    std::string summary = summary_of_outcome(outcome);
    auto known = lines.begin() + std::ptrdiff_t(message);
    while (known != lines.end() && known->summary != summary) ++known;
    if (known == lines.end()) {
      lines.push_back({&outcome, outcome.sample, std::move(summary)});
    } else if (!outcome.sample.empty()) {
      known->samples += (known->samples.empty() ? "" : ", ") + outcome.sample;
    }
  }
  std::string text;
  for (const auto& line : lines) {
    text += source;
    if (!line.first->message.empty()) text += ":" + std::to_string(line.first->line);
    text += ": " + line.first->message;
    if (!line.samples.empty()) text += (line.first->message.empty() ? "" : " ") + line.samples;
    text += (line.first->message.empty() && line.samples.empty() ? "" : ": ") + line.summary + "\n";
  }
  return text;
}

Result<void> SourceReport::add(const std::string& source, std::string_view text) {
  const CheckedSource checked =
      kind_ == SourceKind::pine ? check_script(text, rules_) : check_template(text, rules_);
  CheckTotals totals = totals_of(checked.findings);
  totals.alerts = checked.messages;
  add_totals(totals_, totals);
  switch (report_.format) {
    case ReportFormat::text:
      write_text(source, text, checked);
      break;
    case ReportFormat::json:
      records_.write_line(
          wire::format_verdict({source, 1, {}, {}, checked.findings, text, std::move(checked.outcomes)}));
      break;
    case ReportFormat::sarif:
      for (const auto& finding : checked.findings) {
        if (report_.quiet && finding.severity != wire::Severity::error) continue;
        std::string result;
        append_sarif_result(result, {source, text}, finding);
        records_.write(std::exchange(is_first_result_, false) ? result.substr(1) : result);
      }
      break;
  }
  TVH_CHECK(findings_.flush());
  return records_.flush();
}

void SourceReport::write_text(const std::string& source, std::string_view text, const CheckedSource& checked) {
  const TextKind kind = kind_ == SourceKind::pine ? TextKind::pine : TextKind::alert;
  for (const auto& finding : checked.findings) {
    if (report_.quiet && finding.severity != wire::Severity::error) continue;
    std::string out;
    append_finding_text(out, {source, text, 1, kind}, finding, rules_.secrets);
    findings_.write(out);
  }
  records_.write(outcome_lines(source, checked.outcomes));
}

}  // namespace tvh
