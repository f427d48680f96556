#include "server/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/overloaded.hpp"
#include "server/answer_text.hpp"
#include "server/forwarded.hpp"

namespace tvh::server {

namespace {

constexpr std::size_t kKeptCapacity = 4096;  // a buffer grown beyond it is given back

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

void clear(std::string& buffer) {
  if (buffer.capacity() > kKeptCapacity) {
    buffer = std::string();
  } else {
    buffer.clear();
  }
}

}  // namespace

std::string_view ConnectionShared::date_line() {
  const std::time_t second = std::time(nullptr);
  if (second != date_second_) {
    date_second_ = second;
    std::tm parts{};
    gmtime_r(&second, &parts);
    std::array<char, 64> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line_.assign(text.data(), length);
  }
  return date_line_;
}

Connection::Connection(const Arrival& arrival, ConnectionShared& shared, SteadyTime now)
    : socket_(arrival.socket),
      slot_(arrival.slot),
      shared_(shared),
      stream_(shared.tls ? make_tls_stream(*shared.tls, arrival.socket) : make_plain_stream(arrival.socket)),
      parser_(shared.limits) {
  const Address address = address_of(arrival.peer);
  trusted_ = shared.sources.trusted_proxies.contains(address);
  parser_.set_peer({to_text(arrival.peer), address});
  if (trusted_ || shared.tls) {
    enter(trusted_ ? State::preamble : State::opening, now, shared.limits.handshake);
  } else {
    enter(State::idle, now, shared.limits.idle);
  }
}

void Connection::enter(State state, SteadyTime now, std::chrono::milliseconds allowed) {
  state_ = state;
  state_since_ = now;
  deadline_ = now + allowed;
}

Connection::Wants Connection::wish() const {
  switch (state_) {
    case State::thinking:
      return Wants::answer;
    case State::writing:
      return Wants::write;
    case State::holding:
      return Wants::answer;
    default:
      return stream_wants_;
  }
}

Connection::Wants Connection::on_readable(SteadyTime now) {
  switch (state_) {
    case State::preamble:
      return read_preamble(now);
    case State::opening:
      return open(now);
    case State::lingering:
      return drain(now);
    case State::thinking:
    case State::holding:
    case State::writing:
      return wish();
    default:
      break;
  }
  const Stream::Transfer read = stream_->read(shared_.scratch);
  if (read.status != Stream::Status::done) return stream_wish(read.status);
  stream_wants_ = Wants::read;
  const std::string_view bytes(shared_.scratch.data(), read.bytes);
  if (pending_.empty()) return advance(bytes, now);
  std::string joined = std::exchange(pending_, {});
  joined += bytes;
  return advance(joined, now);
}

Connection::Wants Connection::stream_wish(Stream::Status status) {
  if (status == Stream::Status::closed) return Wants::close;
  stream_wants_ = status == Stream::Status::wants_write ? Wants::write : Wants::read;
  return stream_wants_;
}

// A PROXY header is read to its last byte and no further: what follows may be TLS. Neither TLS nor HTTP begins
// with its first byte.
Connection::Wants Connection::read_preamble(SteadyTime now) {
  char first = 0;
  if (preamble_.empty()) {
    const ssize_t count = ::recv(socket_, &first, 1, MSG_PEEK);
    if (count < 0 && would_block(errno)) return Wants::read;
    if (count <= 0) return Wants::close;
    if (first != '\r') return begin(now);
  }
  for (;;) {
    const auto parsed = parse_proxy_header(preamble_);
    if (const auto* incomplete = std::get_if<ProxyHeaderIncomplete>(&parsed)) {
      const std::size_t missing = incomplete->wanted - preamble_.size();
      const ssize_t count = ::recv(socket_, shared_.scratch.data(), missing, 0);
      if (count < 0 && would_block(errno)) return Wants::read;
      if (count <= 0) return Wants::close;
      preamble_.append(shared_.scratch.data(), std::size_t(count));
      continue;
    }
    const auto* header = std::get_if<ProxyHeader>(&parsed);
    if (header == nullptr && shared_.tls) return Wants::close;
    if (header == nullptr) {
      pending_ = std::exchange(preamble_, {});  // empty lines before a request, perhaps
    } else if (!name_client(header->source)) {
      return Wants::close;
    }
    preamble_ = std::string();
    return begin(now);
  }
}

// A proxy that speaks PROXY relays bytes it has not looked into: from here on X-Forwarded-For is the client's
// own word, believed only if the client named is a trusted proxy itself. Where no address we understand is
// named (UNSPEC, UDP, a UNIX socket) we go on with the proxy's, as the protocol has it, and without that
// belief. So too for LOCAL: it is the proxy's own health check, which speaks for nobody. False: there is no
// room for this client.
bool Connection::name_client(const std::optional<Endpoint>& client) {
  trusted_ = false;
  if (!client) return true;
  const Address address = address_of(*client);
  trusted_ = shared_.sources.trusted_proxies.contains(address);
  parser_.set_peer({to_text(*client), address});
  return shared_.recount(slot_, address);
}

Connection::Wants Connection::begin(SteadyTime now) {
  if (shared_.tls) {
    state_ = State::opening;  // within the same deadline
    return open(now);
  }
  enter(State::idle, now, shared_.limits.idle);
  if (pending_.empty()) return on_readable(now);
  const std::string held = std::exchange(pending_, {});
  return advance(held, now);
}

Connection::Wants Connection::open(SteadyTime now) {
  const Stream::Status status = stream_->open();
  if (status == Stream::Status::closed && !stream_->failure().empty()) {
    shared_.application.note_failed_handshake(parser_.head(), stream_->failure());
  }
  if (status != Stream::Status::done) return stream_wish(status);
  stream_wants_ = Wants::read;
  parser_.set_certificate(stream_->peer_certificate());
  enter(State::idle, now, shared_.limits.idle);
  return on_readable(now);  // the first request often comes along
}

// Feeds the parser until it needs more bytes or a request waits for its answer.
Connection::Wants Connection::advance(std::string_view bytes, SteadyTime now) {
  std::string held;
  for (;;) {
    const std::size_t taken = parser_.feed(bytes);
    bytes.remove_prefix(taken);
    if (state_ == State::idle && parser_.begun()) {
      request_began_ = now;
      enter(State::head, now, before_stop(shared_.limits.header));
    }
    std::optional<Answer> answer;
    if (parser_.state() == RequestParser::State::faulty) {
      answer = shared_.application.refuse(parser_.head(), parser_.fault());
    } else if (parser_.state() != RequestParser::State::head && !std::exchange(judged_, true)) {
      answer = judge();
      if (!answer) begin_body(now, bytes);
    }
    if (answer) {
      keep(bytes);
      const Wants wants = respond(*answer, now);
      if (state_ != State::idle || pending_.empty()) return wants;
      held = std::exchange(pending_, {});
      bytes = held;
      continue;
    }
    if (parser_.state() == RequestParser::State::complete) {
      keep(bytes);
      return dispatch(now);
    }
    if (bytes.empty() || taken == 0 || parser_.state() == RequestParser::State::head) {
      keep(bytes);
      if (parser_.state() == RequestParser::State::head || count_body()) return Wants::read;
      static constexpr Fault kOverloaded{503, "overloaded", "too much is being received at once"};
      return respond(shared_.application.refuse(parser_.head(), kOverloaded), now);
    }
  }
}

std::optional<Answer> Connection::judge() {
  const RequestHead& head = parser_.head();
  if (!resolve_source()) {
    static constexpr Fault kUnreadable{400, "malformed_forwarding", "X-Forwarded-For cannot be read"};
    return shared_.application.refuse(head, kUnreadable);
  }
  if (auto answer = shared_.application.judge(head)) return answer;
  if (head.content_length.value_or(0) > shared_.limits.body_bytes)
    return shared_.application.refuse(head, kTooLarge);
  return std::nullopt;
}

// What is really there and stays behind is counted, not what Content-Length promises: a promise costs its
// sender nothing, and a body that comes in one piece is here and gone.
bool Connection::count_body() {
  if (shared_.sources.unlimited.contains(parser_.head().address)) return true;
  const std::size_t grown = parser_.body_memory() - counted_body_bytes_;
  if (shared_.body_bytes + grown > shared_.limits.all_body_bytes) return false;
  shared_.body_bytes += grown;
  counted_body_bytes_ += grown;
  return true;
}

// The body, too, of a request that is answered before it was whole.
void Connection::release_body() {
  shared_.body_bytes -= std::exchange(counted_body_bytes_, 0);
  (void)parser_.take_body();
}

// Once per request: a proxy carries the requests of many over one connection.
bool Connection::resolve_source() {
  if (!trusted_ || parser_.forwarded_for().empty()) return true;
  const auto source = forwarded_source(parser_.forwarded_for(), shared_.sources.trusted_proxies);
  if (source) parser_.set_source({to_text(*source), *source});
  return source.has_value();
}

void Connection::begin_body(SteadyTime now, std::string_view rest) {
  if (parser_.state() != RequestParser::State::body) return;
  enter(State::body, now, before_stop(shared_.limits.body));
  deadline_ = std::min(deadline_, request_began_ + shared_.limits.request);
  if (rest.empty() && parser_.expects_continue() && !parser_.is_http_1_0()) {
    // Nothing else is under way on this socket, so it fits; a client that does not get it sends after a while
    // anyway.
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)stream_->write(kContinue);
  }
}

Connection::Wants Connection::dispatch(SteadyTime now) {
  enter(State::thinking, now, shared_.limits.answer);
  ticket_ = shared_.next_ticket(slot_);
  std::string body = parser_.take_body();
  release_body();
  shared_.application.receive(parser_.head(), std::move(body), shared_.make_responder(ticket_));
  return Wants::answer;
}

Connection::Wants Connection::on_answer(std::uint64_t ticket, const Answer& answer, SteadyTime now) {
  if (state_ != State::thinking || ticket != ticket_) return wish();
  return resume(respond(answer, now), now);
}

// A request that came in one piece with the one just answered has to be looked at without waiting for more
// bytes.
Connection::Wants Connection::resume(Wants wants, SteadyTime now) {
  if (state_ != State::idle || pending_.empty()) return wants;
  const std::string held = std::exchange(pending_, {});
  return advance(held, now);
}

Connection::After Connection::after(const Answer& answer) const {
  const bool whole = parser_.state() == RequestParser::State::complete;
  const bool unwelcome = answer.hold.count() > 0 || (answer.status >= 400 && answer.status != 503);
  if (!whole || unwelcome) return After::linger;
  if (!parser_.keep_alive()) return After::close;
  // Who learns only from this answer that it is the last may have sent the next request: it must not reset it.
  return shared_.stopping && pending_.empty() ? After::linger : After::keep;
}

Connection::Wants Connection::respond(const Answer& answer, SteadyTime now) {
  release_body();
  if (answer.hold.count() <= 0 || shared_.stopping) return send_answer(answer, now);
  held_ = answer;
  enter(State::holding, now, answer.hold);
  return Wants::answer;
}

Connection::Wants Connection::send_answer(const Answer& answer, SteadyTime now) {
  after_ = after(answer);
  const AnswerForm form{parser_.is_http_1_0() ? Version::http_1_0 : Version::http_1_1,
                        after_ == After::keep ? Persistence::keep : Persistence::close,
                        parser_.head().method == "HEAD" ? Content::head_only : Content::whole};
  written_ = 0;
  append_answer(out_, answer, form, shared_.date_line());
  if (state_ != State::thinking) enter(State::writing, now, shared_.limits.answer);
  return write_out(now);
}

Connection::Wants Connection::write_out(SteadyTime now) {
  while (written_ < out_.size()) {
    const Stream::Transfer write = stream_->write(std::string_view(out_).substr(written_));
    if (write.status == Stream::Status::wants_write) {
      state_ = State::writing;
      return Wants::write;
    }
    if (write.status != Stream::Status::done) return Wants::close;
    written_ += write.bytes;
  }
  clear(out_);
  return finish_answer(now);
}

Connection::Wants Connection::on_writable(SteadyTime now) {
  if (state_ != State::writing) return stream_wants_ == Wants::write ? on_readable(now) : wish();
  return resume(write_out(now), now);
}

Connection::Wants Connection::finish_answer(SteadyTime now) {
  served_ = true;
  if (after_ == After::close) {
    stream_->finish();
    return Wants::close;
  }
  if (after_ == After::linger) {
    // Closing with unread bytes would reset the connection, and the reset may overtake the answer.
    pending_ = std::string();
    drained_ = 0;
    stream_->finish();
    enter(State::lingering, now, shared_.stopping ? shared_.limits.linger / 10 : shared_.limits.linger);
    return Wants::read;
  }
  parser_.restart();
  judged_ = false;
  enter(State::idle, now, shared_.stopping ? shared_.limits.stop / 5 : shared_.limits.idle);
  return Wants::read;
}

Connection::Wants Connection::drain(SteadyTime) {
  std::string& scratch = shared_.scratch;
  const ssize_t count = ::recv(socket_, scratch.data(), scratch.size(), 0);
  if (count < 0 && would_block(errno)) return Wants::read;
  if (count <= 0) return Wants::close;
  drained_ += std::size_t(count);
  return drained_ > shared_.limits.linger_bytes ? Wants::close : Wants::read;
}

Connection::Wants Connection::on_deadline(SteadyTime now) {
  if (state_ == State::holding) return resume(send_answer(*std::exchange(held_, std::nullopt), now), now);
  if (state_ == State::idle) return take_leave(now);
  if (state_ != State::head && state_ != State::body) return Wants::close;
  static constexpr Fault kTimeout{408, "timeout", "the request did not come in time"};
  return respond(shared_.application.refuse(parser_.head(), kTimeout), now);
}

// Nobody asked for anything in time. A request may have come while the deadline was on its way here. One that
// crosses the close cannot be answered any more; it is not taken either, and meets an end instead of a reset.
Connection::Wants Connection::take_leave(SteadyTime now) {
  const Wants wants = on_readable(now);
  if (state_ != State::idle || wants == Wants::close || deadline_ > now) return wants;
  drained_ = 0;
  stream_->finish();
  enter(State::lingering, now, shared_.limits.linger / 10);
  return Wants::read;
}

Connection::Wants Connection::on_stop(SteadyTime now) {
  if (is_idle()) {
    const Wants wants = on_readable(now);
    if (!is_idle() || wants == Wants::close) return wants;
    // A request may be on its way, on a kept connection as on a new one, and be sent but once.
    deadline_ = std::min(deadline_, now + shared_.limits.stop / 5);
    return wish();
  }
  if (state_ == State::holding) return on_deadline(now);
  if (state_ == State::head || state_ == State::body)
    deadline_ = std::min(deadline_, now + before_stop(shared_.limits.stop));
  if (state_ == State::lingering) deadline_ = std::min(deadline_, now + shared_.limits.linger / 10);
  return wish();
}

// What is there only in part when the server stops was not received: it gets a moment, not its whole deadline.
std::chrono::milliseconds Connection::before_stop(std::chrono::milliseconds allowed) const {
  return shared_.stopping ? std::min(allowed, shared_.limits.stop / 2) : allowed;
}

Connection::Phase Connection::phase() const {
  switch (state_) {
    case State::preamble:
    case State::opening:
    case State::idle:
      return Phase::silent;
    case State::head:
    case State::holding:
      return Phase::head;
    case State::body:
      return Phase::body;
    case State::thinking:
      return Phase::busy;
    case State::writing:
      return Phase::unread;
    case State::lingering:
      break;
  }
  return Phase::lingering;
}

bool Connection::has_nothing_to_say() const {
  char byte = 0;
  return is_idle() && ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && would_block(errno);
}

void Connection::keep(std::string_view rest) {
  if (rest.empty()) {
    clear(pending_);
  } else {
    pending_ = std::string(rest);
  }
}

}  // namespace tvh::server
