#include "server/message.hpp"

#include <utility>

#include "base/invariant.hpp"

namespace tvh::server {

void AnswerSink::deliver_all(std::vector<Letter> letters) {
  for (Letter& letter : letters) deliver(letter.ticket, std::move(letter.answer));
}

void AnswerBatch::add(Responder& responder, Answer answer) {
  TVH_INVARIANT(responder.sink_ != nullptr, "a request is answered once");
  if (sink_ != responder.sink_) {
    send();
    sink_ = responder.sink_;
  }
  letters_.push_back({responder.ticket_, std::move(answer)});
  responder.sink_ = nullptr;
}

void AnswerBatch::send() {
  if (!letters_.empty()) sink_->deliver_all(std::exchange(letters_, {}));
  sink_ = nullptr;
}

Responder& Responder::operator=(Responder&& other) noexcept {
  Responder dropped(std::move(*this));
  sink_ = std::move(other.sink_);
  ticket_ = other.ticket_;
  return *this;
}

Responder::~Responder() {
  if (!sink_) return;
  Answer unanswered;
  unanswered.status = 503;
  unanswered.body = R"({"status":"unavailable"})";
  sink_->deliver(ticket_, std::move(unanswered));
}

void Responder::answer(Answer answer) {
  TVH_INVARIANT(sink_ != nullptr, "a request is answered once");
  std::exchange(sink_, nullptr)->deliver(ticket_, std::move(answer));
}

}  // namespace tvh::server
