// One client's connection as a state machine over a non-blocking socket: reads, has requests judged and
// answered, writes, keeps alive or closes. It never waits; it says what it wants to wait for. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/request_parser.hpp"
#include "server/server.hpp"
#include "server/stream.hpp"

namespace tvh::server {

using SteadyTime = std::chrono::steady_clock::time_point;

// A ticket says which slot its request came in at, so that the answer finds there, and which request it is.
inline constexpr int kTicketNumberBits = 40;
constexpr std::uint32_t slot_of_ticket(std::uint64_t ticket) {
  return std::uint32_t(ticket >> kTicketNumberBits);
}

// What all connections of a server share.
struct ConnectionShared {
  ConnectionShared(const Limits& bounds, Application& program) : limits(bounds), application(program) {}

  const Limits limits;
  Application& application;
  Sources sources;
  std::shared_ptr<const TlsContext> tls;  // of connections to come; nullptr: they are plain
  std::function<Responder(std::uint64_t ticket)> make_responder;
  // The connection at `slot` turned out to be `client`'s; false: there is no room for one more of his.
  std::function<bool(std::uint32_t slot, const Address& client)> recount;
  std::string scratch = std::string(64 * 1024, '\0');  // reads land here; only what is incomplete is kept
  std::size_t body_bytes = 0;                          // of limited sources' bodies under way
  std::uint64_t dispatched = 0;                        // requests, of all connections: see next_ticket()
  bool stopping = false;                               // every answer closes its connection

  // The ticket of a request at `slot`. None comes twice, whoever sits there: an answer may come late enough to
  // meet the next one. (After a million million requests they begin anew.)
  std::uint64_t next_ticket(std::uint32_t slot) {
    return std::uint64_t{slot} << kTicketNumberBits |
           (++dispatched & ((std::uint64_t{1} << kTicketNumberBits) - 1));
  }

  // "Date: …\r\n" of this second.
  std::string_view date_line();

 private:
  std::int64_t date_second_ = -1;
  std::string date_line_;
};

class Connection {
 public:
  enum class Wants { read, write, answer, close };

  struct Arrival {
    int socket = -1;         // not owned, non-blocking
    std::uint32_t slot = 0;  // becomes the upper part of its tickets
    Endpoint peer;
  };
  Connection(const Arrival& arrival, ConnectionShared& shared, SteadyTime now);
  ~Connection() { shared_.body_bytes -= counted_body_bytes_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Wants on_readable(SteadyTime now);
  Wants on_writable(SteadyTime now);
  // An answer arrived for `ticket`; ignored (the wish is the same as before) when it is not the one awaited.
  Wants on_answer(std::uint64_t ticket, const Answer& answer, SteadyTime now);
  // The deadline has passed.
  Wants on_deadline(SteadyTime now);
  // The server stops: a request that is there is served; one that is on its way has a moment to come.
  Wants on_stop(SteadyTime now);

  // How far it is, by what would be lost if it were cut: nothing but the rest of what nobody reads; a
  // connection without a request; the head, or part of the body, of a request; an answer the client does not
  // take; a request that was received.
  enum class Phase { lingering, silent, head, body, unread, busy };
  Phase phase() const;
  SteadyTime since() const { return state_since_; }
  bool has_nothing_to_say() const;  // silent, and no byte of a request waits to be read either

  SteadyTime deadline() const { return deadline_; }
  bool is_served() const { return state_ == State::idle && served_; }  // idle, and had an answer

 private:
  // holding: the answer is known and waits for its time.
  enum class State { preamble, opening, idle, head, body, thinking, holding, writing, lingering };
  enum class After { keep, close, linger };

  bool is_idle() const { return state_ <= State::idle; }
  Wants read_preamble(SteadyTime now);
  Wants begin(SteadyTime now);
  Wants open(SteadyTime now);
  Wants stream_wish(Stream::Status status);
  Wants advance(std::string_view bytes, SteadyTime now);
  std::optional<Answer> judge();
  bool name_client(const std::optional<Endpoint>& client);
  bool resolve_source();
  bool count_body();
  void release_body();
  void begin_body(SteadyTime now, std::string_view rest);
  Wants dispatch(SteadyTime now);
  Wants respond(const Answer& answer, SteadyTime now);
  Wants send_answer(const Answer& answer, SteadyTime now);
  Wants resume(Wants wants, SteadyTime now);
  Wants write_out(SteadyTime now);
  Wants finish_answer(SteadyTime now);
  Wants take_leave(SteadyTime now);
  Wants drain(SteadyTime now);
  Wants wish() const;
  After after(const Answer& answer) const;
  std::chrono::milliseconds before_stop(std::chrono::milliseconds allowed) const;
  void keep(std::string_view rest);
  void enter(State state, SteadyTime now, std::chrono::milliseconds allowed);

  const int socket_;
  const std::uint32_t slot_;
  ConnectionShared& shared_;
  std::unique_ptr<Stream> stream_;
  RequestParser parser_;
  State state_ = State::idle;
  After after_ = After::keep;
  Wants stream_wants_ = Wants::read;  // what reading waits for
  bool judged_ = false;
  bool served_ = false;
  bool trusted_ = false;      // the other side is a proxy that is believed whom it speaks for
  std::uint64_t ticket_ = 0;  // of the request last dispatched
  SteadyTime deadline_;
  SteadyTime state_since_;
  SteadyTime request_began_;
  std::string preamble_;  // of a PROXY header, so far
  std::string pending_;   // read, not yet taken by the parser
  std::optional<Answer> held_;
  std::string out_;
  std::size_t written_ = 0;
  std::size_t drained_ = 0;
  std::size_t counted_body_bytes_ = 0;
};

}  // namespace tvh::server
