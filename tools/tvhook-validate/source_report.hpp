// Templates and scripts, one file after the other: each is checked whole and its verdict written.
#pragma once

#include <string>
#include <string_view>

#include "cli/output.hpp"
#include "tvhook-validate/alert_batch.hpp"
#include "tvhook-validate/source_check.hpp"

namespace tvh {

enum class SourceKind { message_template, pine };

class SourceReport {
 public:
  // All must outlive it. `findings` is stderr.
  SourceReport(SourceKind kind, const CheckRules& rules, const ReportRules& report, cli::Output& records,
               cli::Output& findings)
      : kind_(kind), rules_(rules), report_(report), records_(records), findings_(findings) {}

  // What it found is with the kernel when it returns.
  Result<void> add(const std::string& source, std::string_view text);
  // Its alerts are templates, or messages of scripts.
  const CheckTotals& totals() const { return totals_; }

 private:
  void write_text(const std::string& source, std::string_view text, const CheckedSource& checked);

  SourceKind kind_;
  const CheckRules& rules_;
  const ReportRules& report_;
  cli::Output& records_;
  cli::Output& findings_;
  CheckTotals totals_;
  bool is_first_result_ = true;
};

// What each message becomes, a line each: "FILE:17: alert() entry, exponent: buy 0.2 BTCUSDT market". Samples
// that come out alike share a line.
std::string outcome_lines(const std::string& source, const std::vector<wire::SampleOutcome>& outcomes);

}  // namespace tvh
