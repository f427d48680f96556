// Promises to answer whose answers a test can read.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "server/message.hpp"

namespace tvh::test {

class AnswerRecorder final : public server::AnswerSink {
 public:
  void deliver(std::uint64_t ticket, server::Answer answer) override {
    const std::lock_guard lock(mutex_);
    if (!answers_.emplace(ticket, std::move(answer)).second) ++answered_twice_;
  }

  // 0 while there is none.
  int status(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(ticket);
    return found == answers_.end() ? 0 : found->second.status;
  }
  server::Answer answer(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    return answers_.at(ticket);
  }
  int answered_twice() {
    const std::lock_guard lock(mutex_);
    return answered_twice_;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, server::Answer> answers_;
  int answered_twice_ = 0;
};

}  // namespace tvh::test
