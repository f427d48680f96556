// A program behind the server that tests steer: it echoes at once, or keeps the promises for the test to
// fulfil.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "server/server.hpp"

namespace tvh::test {

class EchoApplication : public server::Application {
 public:
  enum class Mode { answer_at_once, hold };
  explicit EchoApplication(Mode mode = Mode::answer_at_once) : mode_(mode) {}

  std::optional<server::Answer> judge(const server::RequestHead& head) override {
    const std::lock_guard lock(mutex_);
    ++judged_;
    if (head.path == "/missing") return answer_of(404, "no such path");
    if (head.path == "/quick") return answer_of(200, "quick");
    return std::nullopt;
  }

  void receive(const server::RequestHead& head, std::string body, server::Responder responder) override {
    const std::lock_guard lock(mutex_);
    bodies_.push_back(body);
    sources_.push_back(head.source);
    certificate_ = head.certificate ? std::optional(*head.certificate) : std::nullopt;
    if (mode_ == Mode::answer_at_once) {
      responder.answer(answer_of(200, head.method + " " + head.path + " " + body));
    } else {
      held_.push_back(std::move(responder));
    }
    changed_.notify_all();
  }

  server::Answer refuse(const server::RequestHead&, const server::Fault& fault) override {
    const std::lock_guard lock(mutex_);
    faults_.emplace_back(fault.name);
    changed_.notify_all();
    return answer_of(fault.status, std::string(fault.name));
  }

  void warn(std::string_view message) override {
    const std::lock_guard lock(mutex_);
    warnings_.emplace_back(message);
    changed_.notify_all();
  }

  void note_failed_handshake(const server::RequestHead&, std::string_view reason) override {
    const std::lock_guard lock(mutex_);
    failed_handshakes_.emplace_back(reason);
  }

  // Waits until so many requests are held, and hands them over.
  std::vector<server::Responder> take_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return held_.size() >= count; });
    return std::exchange(held_, {});
  }
  void wait_for_warnings(std::size_t count) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return warnings_.size() >= count; });
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  std::vector<std::string> sources() {
    const std::lock_guard lock(mutex_);
    return sources_;
  }
  std::optional<server::PeerCertificate> last_certificate() {
    const std::lock_guard lock(mutex_);
    return certificate_;
  }
  std::vector<std::string> failed_handshakes() {
    const std::lock_guard lock(mutex_);
    return failed_handshakes_;
  }
  std::vector<std::string> faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

  static server::Answer answer_of(int status, std::string body) {
    server::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
  }

 private:
  template <class Predicate>
  void wait(std::unique_lock<std::mutex>& lock, Predicate met) {
    if (!changed_.wait_for(lock, std::chrono::seconds(60), met)) throw std::runtime_error("it never happened");
  }

  const Mode mode_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<server::Responder> held_;
  std::vector<std::string> bodies_;
  std::vector<std::string> sources_;
  std::vector<std::string> faults_;
  std::vector<std::string> failed_handshakes_;
  std::optional<server::PeerCertificate> certificate_;
  std::vector<std::string> warnings_;
  int judged_ = 0;
};

}  // namespace tvh::test
