#include "tvhook-listen/arrival_queue.hpp"

#include <algorithm>
#include <utility>

#include "base/invariant.hpp"
#include "tvhook-listen/answers.hpp"

namespace tvh {

using journal::Stored;

ArrivalQueue::ArrivalQueue(const QueueLimits& limits, const Clock& clock, OnUnavailable on_unavailable)
    : limits_(limits),
      clock_(clock),
      on_unavailable_(std::move(on_unavailable)),
      resends_(limits.resend_capacity) {}

void ArrivalQueue::push(journal::Arrival arrival, server::Responder responder) {
  bool wake_writer = false;
  bool wake_watch = false;
  {
    const std::lock_guard lock(mutex_);
    Promise promise{std::move(responder), clock_.steady(), false};
    const std::size_t bytes = arrival.alert.body.size();
    if (closed_ || waiting_.size() >= limits_.capacity || waiting_bytes_ + bytes > limits_.body_bytes) {
      if (promise.responder) answer_unavailable(arrival, promise, Unavailable::queue_is_full);
      return;
    }
    wake_writer = waiting_.empty() && flying_.empty();
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(arrival));
    const SteadyTime deadline = promise.arrived + limits_.waiting;
    if (promise.responder && deadline < watched_until_) {
      watched_until_ = deadline;
      wake_watch = true;
    }
    promises_.push_back(std::move(promise));
  }
  if (wake_writer) arrived_.notify_one();
  if (wake_watch) watching_.notify_one();
}

void ArrivalQueue::take_batch(std::vector<journal::Arrival>& batch,
                              std::optional<std::chrono::milliseconds> patience) {
  batch.clear();
  std::unique_lock lock(mutex_);
  TVH_INVARIANT(flying_.empty(), "one batch is in flight at a time");
  const auto something = [this] { return !waiting_.empty() || closed_ || gave_up_; };
  if (patience) {
    arrived_.wait_for(lock, *patience, something);
  } else {
    arrived_.wait(lock, something);
  }
  gave_up_ = false;
  batch.swap(waiting_);
  waiting_bytes_ = 0;
  flying_promises_.swap(promises_);
  if (!resends_.empty()) {
    for (auto& arrival : batch) {
      if (arrival.signal) arrival.resend_of = resends_.find(arrival.alert.original_hash, clock_.steady());
    }
  }
  flying_ = batch;
}

bool ArrivalQueue::is_finished() const {
  const std::lock_guard lock(mutex_);
  return closed_ && waiting_.empty() && flying_.empty();
}

std::size_t ArrivalQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::vector<std::size_t> ArrivalQueue::store_batch(std::span<const Stored> stored,
                                                   const BeforeAnswers& before_answers) {
  std::vector<std::size_t> late;
  {
    const std::lock_guard lock(mutex_);
    TVH_INVARIANT(stored.size() == flying_.size(), "the journal says what became of each arrival");
    for (std::size_t i = 0; i < stored.size(); ++i) {
      Promise& promise = flying_promises_[i];
      const auto& alert = flying_[i].alert;
      if (stored[i].kind == Stored::Kind::failed) {
        if (promise.responder) answer_unavailable(flying_[i], promise, Unavailable::not_stored);
      } else if (promise.expired) {
        resends_.remember(alert.original_hash, clock_.steady() + limits_.resend_span, stored[i].signal_id);
        late.push_back(i);
      } else if (flying_[i].resend_of) {
        resends_.forget(alert.original_hash);
      }
    }
    settled_promises_.swap(flying_promises_);
    flying_ = {};
  }
  if (before_answers) before_answers(late);
  server::AnswerBatch answers;
  // Outside the lock: the server's thread goes on taking alerts in.
  for (std::size_t i = 0; i < stored.size(); ++i) {
    server::Responder& responder = settled_promises_[i].responder;
    if (!responder) continue;
    answers.add(responder, stored[i].kind == Stored::Kind::duplicate ? duplicate_answer(stored[i].signal_id)
                                                                     : accepted_answer(stored[i].signal_id));
  }
  answers.send();
  settled_promises_.clear();
  return late;
}

void ArrivalQueue::fail_batch() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < flying_.size(); ++i) {
    Promise& promise = flying_promises_[i];
    if (promise.responder) answer_unavailable(flying_[i], promise, Unavailable::not_stored);
  }
  flying_ = {};
  flying_promises_.clear();
}

std::optional<SteadyTime> ArrivalQueue::expire(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  return expire_locked(now);
}

std::optional<SteadyTime> ArrivalQueue::expire_locked(SteadyTime now) {
  expire_waiting(now);
  expire_in_flight(now);
  return next_deadline();
}

// Takes out what has waited too long, atomically: once it is out of waiting_ no batch can contain it. Refusals
// stay.
void ArrivalQueue::expire_waiting(SteadyTime now) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (promises_[i].responder && now - promises_[i].arrived >= limits_.waiting) {
      answer_unavailable(waiting_[i], promises_[i], Unavailable::waited_too_long);
      gave_up_ = true;
      waiting_bytes_ -= waiting_[i].alert.body.size();
      continue;
    }
    if (kept != i) {
      waiting_[kept] = std::move(waiting_[i]);
      promises_[kept] = std::move(promises_[i]);
    }
    ++kept;
  }
  if (gave_up_) arrived_.notify_one();
  waiting_.erase(waiting_.begin() + std::ptrdiff_t(kept), waiting_.end());
  promises_.erase(promises_.begin() + std::ptrdiff_t(kept), promises_.end());
}

void ArrivalQueue::expire_in_flight(SteadyTime now) {
  for (std::size_t i = 0; i < flying_promises_.size(); ++i) {
    Promise& promise = flying_promises_[i];
    if (!promise.responder || now - promise.arrived < limits_.committing) continue;
    answer_unavailable(flying_[i], promise, Unavailable::commit_overdue);
    promise.expired = true;
  }
}

std::optional<SteadyTime> ArrivalQueue::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&next](const std::vector<Promise>& promises, std::chrono::milliseconds allowed) {
    for (const Promise& promise : promises) {
      if (!promise.responder) continue;
      if (!next || promise.arrived + allowed < *next) next = promise.arrived + allowed;
      return;  // they are in the order of their arrival
    }
  };
  consider(promises_, limits_.waiting);
  consider(flying_promises_, limits_.committing);
  return next;
}

void ArrivalQueue::watch_deadlines() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    const auto next = expire_locked(clock_.steady());
    watched_until_ = next.value_or(SteadyTime::max());
    if (next) {
      watching_.wait_until(lock, *next);
    } else {
      watching_.wait(lock);
    }
  }
}

void ArrivalQueue::answer_unavailable(const journal::Arrival& arrival, Promise& promise, Unavailable why) {
  resends_.remember(arrival.alert.original_hash, clock_.steady() + limits_.resend_span, "");
  on_unavailable_(arrival, why);  // first: who gets a 503 and asks /health hears the same
  promise.responder.answer(unavailable_answer());
}

void ArrivalQueue::recall(std::span<const journal::KeptAlert> alerts) {
  const std::lock_guard lock(mutex_);
  for (const auto& alert : alerts) {
    // Of a clock that was set back in between no age can be told.
    const Nanoseconds age = std::max(clock_.now() - alert.received_at, Nanoseconds(0));
    if (age > limits_.recall_span) continue;
    resends_.remember(alert.original_hash, clock_.steady() + (limits_.recall_span - age), alert.signal_id);
  }
}

bool ArrivalQueue::owes_nothing() const {
  const std::lock_guard lock(mutex_);
  return !resends_.holds_stored(clock_.steady());
}

void ArrivalQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
  watching_.notify_all();
}

}  // namespace tvh
