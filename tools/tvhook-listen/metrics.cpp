#include "tvhook-listen/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <sstream>
#include <utility>

namespace tvh {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;

double seconds(Nanoseconds span) { return std::chrono::duration<double>(span).count(); }

// From what a fast disk needs to what TradingView waits for.
const Histogram::BucketBoundaries kSeconds{0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,   0.5,   1,     2,     2.8,  3};
const Histogram::BucketBoundaries kAlerts{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

std::string first_word(std::string_view verdict) {
  std::size_t length = 0;
  while (length < verdict.size() &&
         (verdict[length] == '_' || (verdict[length] >= 'a' && verdict[length] <= 'z'))) {
    ++length;
  }
  return std::string(verdict.substr(0, length));
}

}  // namespace

struct ListenMetrics::Parts {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& answers = BuildCounter()
                                                         .Name("tvhook_listen_answers_total")
                                                         .Help("Requests by HTTP status and verdict.")
                                                         .Register(registry);
  prometheus::Counter& stored_late =
      BuildCounter()
          .Name("tvhook_listen_stored_late_total")
          .Help("Alerts answered 503 that were stored after all; resends are duplicates.")
          .Register(registry)
          .Add({});
  Histogram& commit = BuildHistogram()
                          .Name("tvhook_listen_commit_seconds")
                          .Help("Time of one transaction of the journal.")
                          .Register(registry)
                          .Add({}, kSeconds);
  Histogram& batch = BuildHistogram()
                         .Name("tvhook_listen_commit_alerts")
                         .Help("Requests stored by one transaction.")
                         .Register(registry)
                         .Add({}, kAlerts);
  Histogram& answer = BuildHistogram()
                          .Name("tvhook_listen_answer_seconds")
                          .Help("From the receipt of an alert to its 200.")
                          .Register(registry)
                          .Add({}, kSeconds);
  prometheus::Gauge& commits = BuildGauge()
                                   .Name("tvhook_listen_journal_commits")
                                   .Help("1 while the journal commits, else 0.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Gauge& waiting = BuildGauge()
                                   .Name("tvhook_listen_waiting_alerts")
                                   .Help("Requests that wait for the journal.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Gauge& left_out =
      BuildGauge()
          .Name("tvhook_listen_stdout_left_out")
          .Help("Signals not printed because the reader is slow; the journal has them.")
          .Register(registry)
          .Add({});
  prometheus::Family<prometheus::Gauge>& certificate =
      BuildGauge()
          .Name("tvhook_listen_certificate_end_seconds")
          .Help("When the TLS certificate ends, in seconds since the epoch.")
          .Register(registry);

  // Known counters: the family would build a label set for each look.
  std::mutex mutex;
  std::map<std::pair<int, std::string>, prometheus::Counter*, std::less<>> known;
};

ListenMetrics::ListenMetrics() : parts_(std::make_unique<Parts>()) {}
ListenMetrics::~ListenMetrics() = default;

void ListenMetrics::count_answer(int status, std::string_view verdict) {
  std::string word = first_word(verdict);
  // This request was counted when it was answered.
  if (status == 503 && (word == "accepted" || word == "duplicate")) return parts_->stored_late.Increment();
  const std::lock_guard lock(parts_->mutex);
  auto& counter = parts_->known[{status, word}];
  if (counter == nullptr) {
    counter = &parts_->answers.Add({{"status", std::to_string(status)}, {"verdict", word}});
  }
  counter->Increment();
}

void ListenMetrics::observe_commit(Nanoseconds took, std::size_t alerts) {
  parts_->commit.Observe(seconds(took));
  parts_->batch.Observe(double(alerts));
}

void ListenMetrics::observe_answer(Nanoseconds took) { parts_->answer.Observe(seconds(took)); }

std::string ListenMetrics::text(const Present& present) const {
  parts_->commits.Set(present.journal_commits ? 1 : 0);
  parts_->waiting.Set(double(present.waiting));
  parts_->left_out.Set(double(present.lines_left_out));
  if (present.certificate_end != TimePoint()) {
    parts_->certificate.Add({}).Set(seconds(present.certificate_end.time_since_epoch()));
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, parts_->registry.Collect());
  return out.str();
}

}  // namespace tvh
