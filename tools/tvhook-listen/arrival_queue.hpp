// Between the server's thread and the journal's writer: what waits to be stored, what is being stored, and the
// deadlines of both. An alert is answered exactly once, and one that is taken out unanswered can never be
// stored afterwards.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "journal/alert_store.hpp"
#include "server/message.hpp"
#include "tvhook-listen/resend_memory.hpp"

namespace tvh {

struct QueueLimits {
  std::size_t capacity = 4096;
  std::size_t body_bytes = 32 * 1024 * 1024;   // of all that wait
  std::chrono::milliseconds waiting{2000};     // from arrival: then it is taken out and answered 503
  std::chrono::milliseconds committing{2800};  // from arrival: then it is answered 503, whatever becomes of it
  std::chrono::seconds resend_span{60};        // from a 503: DESIGN 5.3, rule 4
  // From its arrival: three resends, five seconds and an answer apart. For one whose receiver died before it
  // answered, where whoever stood in front of it answered 502.
  std::chrono::seconds recall_span{30};
  std::size_t resend_capacity = 65'536;
};

// Why an alert was answered 503.
enum class Unavailable { queue_is_full, waited_too_long, commit_overdue, not_stored };

class ArrivalQueue {
 public:
  // `on_unavailable` is told of every alert answered 503, from the thread that did it; it must not call back.
  using OnUnavailable = std::function<void(const journal::Arrival&, Unavailable)>;
  ArrivalQueue(const QueueLimits& limits, const Clock& clock, OnUnavailable on_unavailable);

  // From the server's thread. Over the bound, or after close(), an alert is answered 503 and a refusal is left
  // out. A `responder` that owes nothing marks what was answered already: a refusal, stored for the record.
  void push(journal::Arrival arrival, server::Responder responder);

  // For the one writer: moves all that waits into `batch`, which is in flight until store_batch() or
  // fail_batch() and must not change meanwhile. Blocks until there is something, at most for `patience`. Leaves
  // `batch` empty when the patience ran out, what waited was answered 503 meanwhile, or the queue is closed
  // and done.
  void take_batch(std::vector<journal::Arrival>& batch, std::optional<std::chrono::milliseconds> patience);
  bool is_finished() const;  // closed, nothing waits
  std::size_t waiting() const;

  // The batch is on disk: every alert of it that is still owed an answer is answered by what became of it.
  // Returns the places of those that were answered 503 before; `before_answers` is told them first, so that a
  // client that has its answer finds whatever that call wrote.
  using BeforeAnswers = std::function<void(const std::vector<std::size_t>& late)>;
  std::vector<std::size_t> store_batch(std::span<const journal::Stored> stored,
                                       const BeforeAnswers& before_answers = {});
  // The batch was not stored: 503.
  void fail_batch();

  // Answers what is past its deadline at `now`; the next deadline, if there is one.
  std::optional<SteadyTime> expire(SteadyTime now);
  // Body of a thread that calls expire() when it is due, until close(). Sleeps without a timer while there is
  // nothing.
  void watch_deadlines();

  // After a restart, before the first batch: what the journal kept of the last alerts. The program may have
  // died between their commit and their answers, so equal bytes that come now are their resend (rule 4).
  void recall(std::span<const journal::KeptAlert> alerts);
  // Which of them: an answer leaves so long after its alert at most, and a resend comes that soon.
  Nanoseconds answer_span() const { return limits_.committing; }
  Nanoseconds recall_span() const { return limits_.recall_span; }
  // Nobody was told that we do not have what we have, as far as a resend may still come.
  bool owes_nothing() const;

  // No more is taken in. What waits is still handed to the writer.
  void close();

 private:
  // What becomes of waiting_[i]: its answer, owed since.
  struct Promise {
    server::Responder responder;
    SteadyTime arrived{};
    bool expired = false;  // answered 503 while it was in flight
  };

  std::optional<SteadyTime> expire_locked(SteadyTime now);
  void expire_waiting(SteadyTime now);
  void expire_in_flight(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const;
  void answer_unavailable(const journal::Arrival& arrival, Promise& promise, Unavailable why);

  const QueueLimits limits_;
  const Clock& clock_;
  const OnUnavailable on_unavailable_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;   // for the writer
  std::condition_variable watching_;  // for watch_deadlines()
  std::vector<journal::Arrival> waiting_;
  std::size_t waiting_bytes_ = 0;             // of the bodies in waiting_
  std::vector<Promise> promises_;             // of waiting_, in its order
  std::span<const journal::Arrival> flying_;  // the writer's batch
  std::vector<Promise> flying_promises_;
  std::vector<Promise> settled_promises_;  // the writer's, to answer outside the lock
  ResendMemory resends_;
  SteadyTime watched_until_ = SteadyTime::min();  // an earlier deadline has to wake the watch
  bool gave_up_ = false;  // on something that waited, since the last batch: the writer ought to look why
  bool closed_ = false;
};

}  // namespace tvh
