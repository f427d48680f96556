// One client's connection as a state machine over a non-blocking socket: reads, has requests judged and
// answered, writes, keeps alive or closes. It never waits; it says what it wants to wait for. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/request_parser.hpp"
#include "server/server.hpp"

namespace tvh::server {

using SteadyTime = std::chrono::steady_clock::time_point;

// What all connections of a server share.
struct ConnectionShared {
  ConnectionShared(const Limits& bounds, Application& program) : limits(bounds), application(program) {}

  const Limits limits;
  Application& application;
  std::function<Responder(std::uint64_t ticket)> make_responder;
  std::string scratch = std::string(64 * 1024, '\0');  // reads land here; only what is incomplete is kept
  bool stopping = false;                               // every answer closes its connection

  // "Date: …\r\n" of this second.
  std::string_view date_line();

 private:
  std::int64_t date_second_ = -1;
  std::string date_line_;
};

class Connection {
 public:
  enum class Wants { read, write, answer, close };

  // Does not own `socket`, which must be non-blocking. `slot` becomes the upper half of its tickets.
  Connection(int socket, std::uint32_t slot, std::string source, ConnectionShared& shared, SteadyTime now);

  Wants on_readable(SteadyTime now);
  Wants on_writable(SteadyTime now);
  // An answer arrived for `ticket`; ignored (the wish is the same as before) when it is not the one awaited.
  Wants on_answer(std::uint64_t ticket, const Answer& answer, SteadyTime now);
  // The deadline has passed.
  Wants on_deadline(SteadyTime now);
  // The server stops: an idle connection closes unless a request is already there.
  Wants on_stop(SteadyTime now);

  SteadyTime deadline() const { return deadline_; }
  bool is_idle() const { return state_ == State::idle; }
  bool has_nothing_to_say() const;  // idle, and no byte of a request waits to be read either
  SteadyTime idle_since() const { return state_since_; }

 private:
  enum class State { idle, head, body, thinking, writing, lingering };
  enum class After { keep, close, linger };

  Wants advance(std::string_view bytes, SteadyTime now);
  std::optional<Answer> judge();
  void begin_body(SteadyTime now, std::string_view rest);
  Wants dispatch(SteadyTime now);
  Wants respond(const Answer& answer, SteadyTime now);
  Wants resume(Wants wants, SteadyTime now);
  Wants write_out(SteadyTime now);
  Wants finish_answer(SteadyTime now);
  Wants drain(SteadyTime now);
  Wants wish() const;
  After after(const Answer& answer) const;
  void keep(std::string_view rest);
  void enter(State state, SteadyTime now, std::chrono::milliseconds allowed);

  const int socket_;
  const std::uint64_t ticket_base_;
  ConnectionShared& shared_;
  RequestParser parser_;
  State state_ = State::idle;
  After after_ = After::keep;
  bool judged_ = false;
  std::uint32_t requests_ = 0;
  SteadyTime deadline_;
  SteadyTime state_since_;
  SteadyTime request_began_;
  std::string pending_;  // read, not yet taken by the parser
  std::string out_;
  std::size_t written_ = 0;
  std::size_t drained_ = 0;
};

}  // namespace tvh::server
