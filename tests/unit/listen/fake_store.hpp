// A journal in memory: keeps rows, knows duplicates by the signal's id and resends by rule 4, and can be told
// to fail, or to hold a commit or a checkpoint until the test lets it go.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "journal/alert_store.hpp"

namespace tvh::test {

class FakeStore final : public journal::AlertStore {
 public:
  using Stored = journal::Stored;

  Result<std::vector<Stored>> append_arrivals(std::span<const journal::Arrival> arrivals) override {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    wait(lock, [this] { return !held_; });
    if (failure_) return *failure_;
    batches_.push_back(arrivals.size());
    std::vector<Stored> stored;
    for (const auto& arrival : arrivals) stored.push_back(store(arrival));
    changed_.notify_all();
    return stored;
  }

  Result<std::vector<journal::KeptAlert>> read_last_alerts(Nanoseconds, TimePoint) override {
    const std::lock_guard lock(mutex_);
    std::vector<journal::KeptAlert> kept;
    for (const auto& row : rows_) {
      if (row.signal) kept.push_back({row.alert.original_hash, row.alert.received_at, row.signal->id});
    }
    if (all_answered_) kept.clear();
    return kept;
  }

  Result<void> note_all_answered() override {
    const std::lock_guard lock(mutex_);
    all_answered_ = true;
    return {};
  }

  void maintain(journal::Upkeep) override {
    std::unique_lock lock(mutex_);
    ++maintained_;
    changed_.notify_all();
    wait(lock, [this] { return !upkeep_held_; });
  }

  Result<void> probe() override {
    const std::lock_guard lock(mutex_);
    ++probes_;
    changed_.notify_all();
    if (failure_) return *failure_;
    return {};
  }

  // As after a process that died: nobody noted what it had answered.
  void lose_note() {
    set([this] { all_answered_ = false; });
  }
  void hold() {
    set([this] { held_ = true; });
  }
  void hold_upkeep() {
    set([this] { upkeep_held_ = true; });
  }
  void let_go() {
    set([this] { held_ = upkeep_held_ = false; });
  }
  void fail_with(std::optional<Error> failure) {
    set([&] { failure_ = std::move(failure); });
  }

  // Each waits until it is so.
  void wait_for_begun(int count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return begun_ >= count; });
  }
  void wait_for_rows(std::size_t count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return rows_.size() >= count; });
  }
  void wait_for_probes(int count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return probes_ >= count; });
  }
  void wait_for_maintained(int count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return maintained_ >= count; });
  }

  std::vector<journal::Arrival> rows() {
    const std::lock_guard lock(mutex_);
    return rows_;
  }
  std::vector<std::size_t> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  Stored store(const journal::Arrival& arrival) {
    rows_.push_back(arrival);
    if (!arrival.signal) return {Stored::Kind::refused, "", ""};
    const std::string& id = arrival.signal->id;
    if (arrival.resend_of && !arrival.resend_of->empty())
      return {Stored::Kind::duplicate, *arrival.resend_of, ""};
    all_answered_ = false;
    const bool is_new = signals_.emplace(id, 1).second;
    if (!is_new) return {Stored::Kind::duplicate, id, ""};
    return {Stored::Kind::accepted, id, "{\"id\":\"" + id + "\"}"};
  }

  template <class Change>
  void set(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  template <class Predicate>
  void wait(std::unique_lock<std::mutex>& lock, Predicate met) {
    if (!changed_.wait_for(lock, std::chrono::seconds(60), met)) throw std::runtime_error("it never happened");
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool upkeep_held_ = false;
  std::optional<Error> failure_;
  int begun_ = 0;
  int probes_ = 0;
  int maintained_ = 0;
  std::vector<std::size_t> batches_;
  std::vector<journal::Arrival> rows_;
  std::map<std::string, int> signals_;
  bool all_answered_ = false;
};

}  // namespace tvh::test
