// A newer listener takes the place of a running one without a connection lost: it is handed the very sockets
// that accept, begins to serve them, and only then the former one ends. What waits to be accepted belongs to
// the socket, not to a process.
//
// They meet at a Unix socket beside the journal, JOURNAL.listener, open to its own user only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "server/endpoint.hpp"
#include "tvhook-listen/alert_log.hpp"

namespace tvh {

// Accepting sockets, in this order: alerts, administration (if there is one).
using Acceptors = std::vector<int>;

// The newer side. Owns what it was handed until it is taken out.
class Taken {
 public:
  Taken(Taken&& other) noexcept;
  ~Taken();  // unconfirmed: the former listener goes on alone

  int take_alerts() { return take(0); }
  int take_administration() { return take(1); }  // -1: there was none
  // We serve: the former one may end.
  void confirm();

 private:
  friend Result<std::optional<Taken>> take_over(const std::string& journal_path);
  Taken(int peer, Acceptors acceptors) : peer_(peer), acceptors_(std::move(acceptors)) {}
  int take(std::size_t which);

  int peer_;
  Acceptors acceptors_;
};

// Where the running listener of that journal accepts, in the order of Acceptors; nothing when none runs, or it
// is busy with its successor. It goes on as if nobody had asked.
std::vector<server::Endpoint> addresses_of_running(const std::string& journal_path);

// Nothing when no listener of that journal runs. temporary: one does, and does not answer.
Result<std::optional<Taken>> take_over(const std::string& journal_path);

// The running side.
class Handover {
 public:
  // Where the socket cannot be made, or another listener of that journal has it, nobody can take over from us;
  // that is logged. `acceptors` stay ours.
  enum class Place { anew, taken };
  Handover(const std::string& journal_path, Acceptors acceptors, Place place, AlertLog& log);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  int fd() const { return fd_; }              // readable: on_request(); -1: there is none
  int successor_fd() const { return peer_; }  // readable: took_over(); -1: there is none

  void on_request();
  // Whether the successor serves now. If not it is gone, and all is as before.
  bool took_over();

 private:
  void open();

  const Acceptors acceptors_;
  AlertLog& log_;
  std::string path_;
  int fd_ = -1;
  int peer_ = -1;
  bool was_handed_ = false;
};

}  // namespace tvh
