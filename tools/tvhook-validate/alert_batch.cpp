#include "tvhook-validate/alert_batch.hpp"

#include <cstring>

#include "tvhook-validate/finding_text.hpp"
#include "wire/finding_codes.hpp"
#include "wire/records.hpp"

namespace tvh {
namespace {

constexpr std::string_view kIdKey = "\"id\":\"";

// Where in `records` the id stands, of a record after `begin`.
std::size_t find_id(const std::string& records, std::size_t begin, const std::string& id) {
  const std::size_t key = records.find(std::string(kIdKey) + id, begin);
  TVH_INVARIANT(key != std::string::npos, "a signal's record carries its id");
  return key + kIdKey.size();
}

}  // namespace

CheckTotals totals_of(const std::vector<wire::Finding>& findings) {
  CheckTotals one;
  one.alerts = 1;
  if (findings.empty()) return one;
  one.invalid = wire::has_error(findings) ? 1 : 0;
  for (const auto& finding : findings) {
    if (finding.severity == wire::Severity::note) continue;
    const bool is_error = finding.severity == wire::Severity::error;
    if ((is_error ? one.errors : one.warnings)++ == 0 && (is_error || one.errors == 0)) {
      one.worth_explaining = finding.code;
    }
  }
  return one;
}

void add_totals(CheckTotals& sum, const CheckTotals& part) {
  if (sum.worth_explaining.empty() || (sum.errors == 0 && part.errors > 0)) {
    sum.worth_explaining = part.worth_explaining;
  }
  sum.alerts += part.alerts;
  sum.invalid += part.invalid;
  sum.errors += part.errors;
  sum.warnings += part.warnings;
}

BatchReport check_batch(const AlertBatch& batch, const CheckRules& check, const ReportRules& rules) {
  BatchReport report;
  check_batch(batch, check, rules, report);
  return report;
}

void check_batch(const AlertBatch& batch, const CheckRules& check, const ReportRules& rules,
                 BatchReport& report) {
  report.records.reserve(batch.text.size() + batch.text.size() / 2);
  for (const auto& place : batch.alerts) {
    const std::string_view text = std::string_view(batch.text).substr(place.offset, place.length);
    const CheckedAlert checked = check_alert(text, check);
    if (checked.findings.empty()) {
      ++report.totals.alerts;
    } else {
      add_totals(report.totals, totals_of(checked.findings));
    }
    const std::size_t begin = report.records.size();
    const FindingPlace seen{batch.source, text, place.line};
    if (rules.format == ReportFormat::sarif) {
      for (const auto& finding : checked.findings) {
        if (rules.quiet && finding.severity != wire::Severity::error) continue;
        append_sarif_result(report.records, seen, finding);
      }
      continue;  // no signals in it, so no ids to settle
    }
    if (rules.format == ReportFormat::json) {
      report.records += wire::format_verdict(
          {batch.source, place.line, checked.signal, checked.earlier, checked.findings, text});
      report.records += '\n';
    } else {
      for (const auto& finding : checked.findings) {
        if (rules.quiet && finding.severity != wire::Severity::error) continue;
        append_finding_text(report.findings, seen, finding, check.secrets);
      }
      if (!checked.signal) continue;
      for (const auto& signal : checked.earlier) {
        wire::append_signal(report.records, signal);
        report.records += '\n';
      }
      wire::append_signal(report.records, *checked.signal);
      report.records += '\n';
    }
    const bool may_repeat = checked.identity && checked.identity->rule == model::Identity::Rule::content_window;
    if (may_repeat) {
      BatchReport::OpenId open{find_id(report.records, begin, checked.signal->id), {}, *checked.identity};
      for (const auto& signal : checked.earlier) {
        open.earlier.push_back(find_id(report.records, begin, signal.id));
      }
      report.open_ids.push_back(std::move(open));
    }
  }
}

std::size_t RepeatedContents::DigestHash::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

void RepeatedContents::settle_ids(BatchReport& report) {
  for (const auto& open : report.open_ids) {
    const std::size_t count = ++counts_[open.identity.content];
    if (count == 1) continue;
    const std::string id = id_in_input(open.identity, count);
    report.records.replace(open.offset, id.size(), id);
    for (std::size_t i = 0; i < open.earlier.size(); ++i) {
      report.records.replace(open.earlier[i], id.size(), model::companion_id(id, i));
    }
  }
}

}  // namespace tvh
