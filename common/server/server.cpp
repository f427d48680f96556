// Boost 1.74 in C++20 needs <utility> first.
#include "server/server.hpp"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "server/connection.hpp"
#include "server/seats.hpp"

namespace tvh::server {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// Answers on their way to the server's thread. Many answers at once cost one wake-up.
class Mailbox final : public AnswerSink {
 public:
  using Letters = std::vector<Letter>;

  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void deliver(std::uint64_t ticket, Answer answer) override {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = letters_.empty();
      letters_.push_back({ticket, std::move(answer)});
    }
    if (first) wake();
  }

  void deliver_all(Letters letters) override {
    if (letters.empty()) return;
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = letters_.empty();
      if (first) {
        letters_.swap(letters);
      } else {
        letters_.insert(letters_.end(), std::make_move_iterator(letters.begin()),
                        std::make_move_iterator(letters.end()));
      }
    }
    if (first) wake();
  }

  void take(Letters& into) {
    into.clear();
    const std::lock_guard lock(mutex_);
    letters_.swap(into);
  }

  void close() {
    const std::lock_guard lock(waking_);
    wake_ = nullptr;
  }

 private:
  // Under a lock of its own: close() returns only when nobody is waking a server that is going away, and the
  // server, once awake, does not wait for its waker.
  void wake() {
    const std::lock_guard lock(waking_);
    if (wake_) wake_();
  }

  std::mutex mutex_;
  std::mutex waking_;
  std::function<void()> wake_;
  Letters letters_;
};

struct Session {
  Session(tcp::socket accepted, std::uint32_t index, const Endpoint& peer, ConnectionShared& shared)
      : socket(std::move(accepted)),
        slot(index),
        connection({socket.native_handle(), index, peer}, shared, std::chrono::steady_clock::now()) {}

  tcp::socket socket;
  std::uint32_t slot;
  Connection connection;
  Connection::Wants wants = Connection::Wants::read;
  bool waits_to_read = false;
  bool waits_to_write = false;
};
using SessionPointer = std::shared_ptr<Session>;

Error describe_bind_failure(const Endpoint& endpoint, const ErrorCode& error) {
  const std::string what = "cannot listen on " + to_text(endpoint) + ": " + error.message();
  if (error == asio::error::address_in_use) {
    return fail(Errc::temporary,
                what + "; another program does (ss -ltnp shows which), or choose another --address");
  }
  return fail(Errc::configuration, what + "; choose an address of this machine and a port you may use");
}

Result<void> bind_acceptor(tcp::acceptor& acceptor, const Endpoint& endpoint) {
  ErrorCode error;
  const auto address = asio::ip::make_address(endpoint.host, error);
  if (error) return describe_bind_failure(endpoint, error);
  const tcp::endpoint where(address, endpoint.port);
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return describe_bind_failure(endpoint, error);
  return {};
}

Endpoint readable(const tcp::endpoint& endpoint) {
  sockaddr_storage storage{};
  std::memcpy(&storage, endpoint.data(), endpoint.size());
  return endpoint_of(storage);
}

}  // namespace

struct Server::Implementation {
  Implementation(const Endpoint& where, const Limits& bounds, Application& program)
      : endpoint(where),
        shared(bounds, program),
        mailbox(std::make_shared<Mailbox>([this] { asio::post(io, [this] { deliver_answers(); }); })) {
    shared.make_responder = [this](std::uint64_t ticket) { return Responder(mailbox, ticket); };
    shared.recount = [this](std::uint32_t slot, const Address& client) {
      seats.recount(slot, client);
      return make_room_for(slot);
    };
  }

  void accept_next() {
    if (!acceptor.is_open() || accepting || seats.is_over()) return;
    accepting = true;
    acceptor.async_accept([this](const ErrorCode& error, tcp::socket socket) {
      accepting = false;
      if (shared.stopping) {
        if (!error) admit(std::move(socket));  // it was accepted before we knew
        return stop_if_empty();
      }
      if (error) return pause_accepting(error);
      admit(std::move(socket));
      accept_next();
    });
  }

  void admit(tcp::socket socket) {
    ErrorCode error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // it is gone already
    socket.native_non_blocking(true, error);
    socket.set_option(tcp::no_delay(true), error);
    const Endpoint peer = readable(remote);
    const Seats::Seat slot = seats.free_seat();
    if (slot == sessions.size()) sessions.emplace_back();
    auto session = std::make_shared<Session>(std::move(socket), slot, peer, shared);
    sessions[slot] = session;
    seats.take(slot, session->connection, address_of(peer));
    newest = slot;
    if (!make_room_for(slot)) return remove(session);
    const bool stops = shared.stopping;
    follow(session,
           stops ? session->connection.on_stop(std::chrono::steady_clock::now()) : Connection::Wants::read);
  }

  // False: it is the one at `slot` who has to leave.
  bool make_room_for(Seats::Seat slot) {
    while (const auto leaving = seats.in_the_way_of(slot)) {
      if (*leaving == slot) return false;
      remove(sessions[*leaving]);
    }
    return true;
  }

  // Out of descriptors or memory: the queued connection stays queued, so trying again at once would spin.
  void pause_accepting(const ErrorCode& error) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_warning >= std::chrono::seconds(1)) {
      last_warning = now;
      shared.application.warn("cannot accept a connection: " + error.message());
    }
    if (const auto leaving = seats.least_missed()) remove(sessions[*leaving]);
    accept_timer.expires_after(std::chrono::milliseconds(100));
    accept_timer.async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) accept_next();
    });
  }

  // Does what the connection wants, and sees to its deadline.
  void follow(const SessionPointer& session, Connection::Wants wants) {
    session->wants = wants;
    if (wants == Connection::Wants::close) return remove(session);
    if (session->connection.deadline() < sweep_at) arm_sweep(session->connection.deadline());
    if (wants == Connection::Wants::read && !session->waits_to_read) {
      session->waits_to_read = true;
      session->socket.async_wait(tcp::socket::wait_read, [this, session](const ErrorCode& error) {
        session->waits_to_read = false;
        if (error || !session->socket.is_open() || session->wants != Connection::Wants::read) return;
        follow(session, session->connection.on_readable(std::chrono::steady_clock::now()));
        leave_if_crowded(session);
      });
    } else if (wants == Connection::Wants::write && !session->waits_to_write) {
      session->waits_to_write = true;
      session->socket.async_wait(tcp::socket::wait_write, [this, session](const ErrorCode& error) {
        session->waits_to_write = false;
        if (error || !session->socket.is_open() || session->wants != Connection::Wants::write) return;
        follow(session, session->connection.on_writable(std::chrono::steady_clock::now()));
        leave_if_crowded(session);
      });
    }
  }

  // Where others wait to get in, who has had his answer does not stay, nor does who can leave only now: when
  // the newest came, its bytes were waiting to be read.
  void leave_if_crowded(const SessionPointer& session) {
    if (!seats.is_over() || !session->socket.is_open()) return;
    const bool done =
        session->connection.is_served() || session->connection.phase() == Connection::Phase::lingering;
    if (done) {
      remove(session);
    } else if (!make_room_for(newest)) {
      remove(sessions[newest]);
    }
  }

  void remove(const SessionPointer session) {  // a copy: its place among the sessions is emptied
    if (!session->socket.is_open()) return;
    ErrorCode ignored;
    session->socket.close(ignored);
    sessions[session->slot] = nullptr;
    seats.leave(session->slot);
    if (shared.stopping) {
      stop_if_empty();
    } else {
      accept_next();
    }
  }

  void deliver_answers() {
    mailbox->take(letters);
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [ticket, answer] : letters) {
      const SessionPointer session = sessions[slot_of_ticket(ticket)];
      if (!session) continue;
      follow(session, session->connection.on_answer(ticket, answer, now));
      leave_if_crowded(session);
    }
  }

  // One timer for all deadlines. It is only ever set earlier, so a busy server touches it about once per
  // deadline, not once per request.
  void arm_sweep(SteadyTime at) {
    sweep_at = at;
    sweep_timer.expires_at(at);
    sweep_timer.async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) sweep();
    });
  }

  void sweep() {
    const auto now = std::chrono::steady_clock::now();
    sweep_at = SteadyTime::max();
    auto next = SteadyTime::max();
    for (std::size_t slot = 0; slot < sessions.size(); ++slot) {
      const SessionPointer session = sessions[slot];
      if (!session) continue;
      if (session->connection.deadline() <= now) follow(session, session->connection.on_deadline(now));
      if (sessions[slot]) next = std::min(next, session->connection.deadline());
    }
    if (next < sweep_at) arm_sweep(next);
  }

  void begin_stop() {
    shared.stopping = true;
    accept_waiting();
    ErrorCode ignored;
    acceptor.close(ignored);
    accept_timer.cancel();
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t slot = 0; slot < sessions.size(); ++slot) {
      const SessionPointer session = sessions[slot];
      if (session) follow(session, session->connection.on_stop(now));
    }
    stop_if_empty();
    stop_timer.expires_after(shared.limits.stop);
    stop_timer.async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) io.stop();
    });
  }

  // The last accept may have brought somebody; its handler says so.
  void stop_if_empty() {
    if (seats.taken() == 0 && !accepting) io.stop();
  }

  // Connections the kernel completed before we stopped: their requests were received.
  void accept_waiting() {
    ErrorCode error;
    acceptor.cancel(error);
    acceptor.non_blocking(true, error);
    while (!error && !seats.is_over()) {
      tcp::socket socket = acceptor.accept(error);
      if (!error) admit(std::move(socket));
    }
  }

  Endpoint endpoint;
  ConnectionShared shared;
  asio::io_context io{1};
  std::shared_ptr<Mailbox> mailbox;
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_timer{io};
  asio::steady_timer sweep_timer{io};
  asio::steady_timer stop_timer{io};
  SteadyTime sweep_at = SteadyTime::max();
  SteadyTime last_warning{};
  std::vector<SessionPointer> sessions;  // by slot
  Seats seats{shared.limits, shared.sources};
  Seats::Seat newest = 0;  // while there is one too many, it is this one
  bool accepting = false;
  Mailbox::Letters letters;
  std::thread thread;
};

Server::Server(const Endpoint& endpoint, const Limits& limits, Application& application)
    : implementation_(std::make_unique<Implementation>(endpoint, limits, application)) {}

Server::~Server() {
  stop();
  implementation_->mailbox->close();
}

void Server::post(std::function<void()> call) { asio::post(implementation_->io, std::move(call)); }

void Server::set_tls(std::shared_ptr<const TlsContext> tls) {
  post([this, tls = std::move(tls)]() mutable { implementation_->shared.tls = std::move(tls); });
}

void Server::set_sources(Sources sources) {
  post(
      [this, sources = std::move(sources)]() mutable { implementation_->shared.sources = std::move(sources); });
}

Result<void> Server::start() {
  Implementation& self = *implementation_;
  if (!self.acceptor.is_open()) TVH_CHECK(bind_acceptor(self.acceptor, self.endpoint));
  ErrorCode error;
  self.endpoint = readable(self.acceptor.local_endpoint(error));
  self.accept_next();
  self.thread = std::thread([&self] {
    ::pthread_setname_np(::pthread_self(), "http");
    const auto guard = asio::make_work_guard(self.io);
    self.io.run();
  });
  return {};
}

void Server::adopt(int acceptor) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  const bool is_v6 =
      ::getsockname(acceptor, reinterpret_cast<sockaddr*>(&where), &size) == 0 && where.ss_family == AF_INET6;
  ErrorCode error;
  implementation_->acceptor.assign(is_v6 ? tcp::v6() : tcp::v4(), acceptor, error);
}

int Server::acceptor() const { return implementation_->acceptor.native_handle(); }

const Endpoint& Server::endpoint() const { return implementation_->endpoint; }

void Server::stop() {
  Implementation& self = *implementation_;
  if (!self.thread.joinable()) return;
  asio::post(self.io, [&self] { self.begin_stop(); });
  self.thread.join();
  for (const auto& session : std::vector<SessionPointer>(self.sessions)) {
    if (session) self.remove(session);
  }
}

Result<void> try_bind(const Endpoint& endpoint) {
  asio::io_context io;
  tcp::acceptor acceptor(io);
  return bind_acceptor(acceptor, endpoint);
}

}  // namespace tvh::server
