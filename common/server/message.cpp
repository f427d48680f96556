#include "server/message.hpp"

#include <utility>

#include "base/invariant.hpp"

namespace tvh::server {

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
