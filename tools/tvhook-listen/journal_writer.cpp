#include "tvhook-listen/journal_writer.hpp"

#include <algorithm>

namespace tvh {

using journal::Stored;

namespace {

constexpr std::chrono::milliseconds kProbePace{1000};
constexpr std::chrono::milliseconds kComplaintPace{1000};

}  // namespace

void JournalWriter::run() {
  // An alert that waits in vain says so too, which may be outside of any commit, as during a checkpoint:
  // nothing but a probe would ever take that back.
  const auto fails = [this] { return failing_ || !parts_.health.commits(); };
  while (!parts_.queue.is_finished()) {
    if (!recalled_) recall();
    parts_.queue.take_batch(batch_, fails() ? std::optional(kProbePace) : std::nullopt);
    if (!batch_.empty()) {
      write_batch();
    } else if (fails()) {
      probe();
    }
  }
  // For the next one, which takes what it does not find noted for unanswered.
  if (recalled_ && !failing_ && parts_.queue.owes_nothing()) {
    if (const auto noted = parts_.store.note_all_answered(); !noted) note_failure(noted.error());
  }
}

void JournalWriter::recall() {
  const auto kept = parts_.store.read_last_alerts(parts_.queue.answer_span(),
                                                  parts_.clock.now() - parts_.queue.recall_span());
  if (!kept) return note_failure(kept.error());
  parts_.queue.recall(*kept);
  recalled_ = true;
}

void JournalWriter::write_batch() {
  // Without what came last nobody can tell a resend of it: 503.
  if (!recalled_) return parts_.queue.fail_batch();
  const auto begun = parts_.clock.steady();
  auto stored = parts_.store.append_arrivals(batch_);
  parts_.metrics.observe_commit(parts_.clock.steady() - begun, batch_.size());
  if (!stored) {
    note_failure(stored.error());  // before the answers: who gets a 503 and asks /health hears the same
    parts_.queue.fail_batch();
    return;
  }
  note_success();
  // Logged before it is answered: the log has one client's requests in the order it made them.
  parts_.queue.store_batch(*stored, [&](const std::vector<std::size_t>& late) { log_outcomes(*stored, late); });
  parts_.log.wake();
  note_times(*stored);
  for (const Stored& one : *stored) {
    if (one.kind == Stored::Kind::accepted) parts_.records.append(one.record);
  }
  parts_.store.maintain(parts_.queue.waiting() > 0 ? journal::Upkeep::overdue : journal::Upkeep::due);
}

void JournalWriter::note_times(const std::vector<Stored>& stored) {
  const TimePoint now = parts_.clock.now();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const bool answered = stored[i].kind == Stored::Kind::accepted || stored[i].kind == Stored::Kind::duplicate;
    if (answered) parts_.metrics.observe_answer(now - batch_[i].alert.received_at);
  }
}

void JournalWriter::log_outcomes(const std::vector<Stored>& stored, const std::vector<std::size_t>& late) {
  lines_.clear();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i].kind == Stored::Kind::refused) continue;  // logged when it was answered
    if (stored[i].kind == Stored::Kind::failed) {
      parts_.log.note(cli::LogLevel::error, "an alert cannot be stored: " + stored[i].record);
      continue;
    }
    AlertLog::Line line;
    line.status = 200;
    line.source = std::move(batch_[i].alert.source);
    line.signal_id = stored[i].signal_id;
    line.verdict = stored[i].kind == Stored::Kind::duplicate ? "duplicate" : "accepted";
    if (std::find(late.begin(), late.end(), i) != late.end()) {
      line.status = 503;
      line.verdict += " after it was answered; its resend will be a duplicate";
    }
    lines_.push_back(std::move(line));
  }
  parts_.log.add_all(lines_);
}

void JournalWriter::probe() {
  const auto possible = parts_.store.probe();
  if (possible) {
    note_success();
  } else {
    note_failure(possible.error());
  }
}

void JournalWriter::note_failure(const Error& error) {
  failing_ = true;
  parts_.health.set_fails();
  const auto now = std::chrono::steady_clock::now();
  if (now - last_complaint_ < kComplaintPace) return;
  last_complaint_ = now;
  parts_.log.note(cli::LogLevel::error,
                  "the journal does not commit, alerts are answered 503: " + error.message);
}

void JournalWriter::note_success() {
  parts_.health.set_commits();  // also after a batch that was only overdue
  if (!failing_) return;
  failing_ = false;
  last_complaint_ = {};
  parts_.log.note(cli::LogLevel::info, "the journal commits again");
}

}  // namespace tvh
