// Alerts that are checked together: a batch is a thread's unit of work, and its result is ready to be written.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tvhook-validate/alert_check.hpp"
#include "tvhook-validate/alert_splitter.hpp"

namespace tvh {

enum class ReportFormat { text, json, sarif };

struct ReportRules {
  ReportFormat format = ReportFormat::text;
  bool quiet = false;  // errors only
};

struct AlertBatch {
  struct Place {
    std::size_t offset;
    std::size_t length;
    std::size_t line;
  };
  std::string source;  // file name, "-" for stdin
  std::string text;    // of all alerts, one after the other
  std::vector<Place> alerts;

  void add(std::string_view alert, std::size_t line) {
    alerts.push_back({text.size(), alert.size(), line});
    text += alert;
  }
  // As new, with its memory kept.
  void clear() {
    text.clear();
    alerts.clear();
  }
};

struct CheckTotals {
  std::size_t alerts = 0;
  std::size_t invalid = 0;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::string worth_explaining;  // the code of the first error, else of the first warning
};

struct BatchReport {
  std::string records;   // for stdout
  std::string findings;  // for stderr
  CheckTotals totals;
  // Where in `records` the ids stand that depend on how often their content came before.
  struct OpenId {
    std::size_t offset;
    std::vector<std::size_t> earlier;  // those of the alert's other signals, which follow from it
    model::Identity identity;
  };
  std::vector<OpenId> open_ids;

  void clear() {
    records.clear();
    findings.clear();
    totals = {};
    open_ids.clear();
  }
};

BatchReport check_batch(const AlertBatch& batch, const CheckRules& check, const ReportRules& report);
// The same into a report that is empty and has its memory from earlier ones.
void check_batch(const AlertBatch& batch, const CheckRules& check, const ReportRules& rules,
                 BatchReport& report);

// Counts equal contents over the whole input, and gives each its own id. Batches must come in input order.
class RepeatedContents {
 public:
  void settle_ids(BatchReport& report);

 private:
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const;
  };
  std::unordered_map<Digest, std::size_t, DigestHash> counts_;
};

// Of one alert.
CheckTotals totals_of(const std::vector<wire::Finding>& findings);
void add_totals(CheckTotals& sum, const CheckTotals& part);

}  // namespace tvh
