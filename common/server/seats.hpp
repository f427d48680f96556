// Who is connected: a seat for each connection, whose it is, how many each owner has, and who makes room for
// whom. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "server/address.hpp"
#include "server/connection.hpp"
#include "server/server.hpp"

namespace tvh::server {

class Seats {
 public:
  using Seat = std::uint32_t;

  // Both are looked at again and again; a change of `sources` is for those who come later.
  Seats(const Limits& limits, const Sources& sources) : limits_(limits), sources_(sources) {}

  Seat free_seat() const;  // which the next one takes
  void take(Seat seat, const Connection& connection, const Address& client);
  void recount(Seat seat, const Address& client);  // who turned out to be whose connection it is
  void leave(Seat seat);

  std::size_t taken() const { return taken_; }
  // One more than there may be: nobody else is let in until somebody leaves.
  bool is_over() const { return taken_ > limits_.connections; }

  // Who has to leave now that the one at `newcomer` is there: the one who loses least by it, then the one who
  // has been at it longest; never an unlimited one for a stranger. `newcomer` itself when it is a stranger and
  // nobody else can leave. Nothing when all fit, and when an unlimited one has to wait for somebody to finish.
  std::optional<Seat> in_the_way_of(Seat newcomer) const;

  // The same where it is not known who wants in: any stranger, or an unlimited one that says nothing.
  std::optional<Seat> least_missed() const;

 private:
  struct Guest {
    const Connection* connection = nullptr;
    Address owner;
    bool limited = false;  // a stranger, counted among those of its owner
  };
  enum class Whom { strangers, and_silent_ones, anybody };

  std::optional<Seat> pick(Whom whom, std::optional<Seat> except, const Address* owner) const;
  void count(Seat seat, const Address& client);
  void uncount(const Guest& guest);
  std::size_t most_strangers() const;

  const Limits& limits_;
  const Sources& sources_;
  std::vector<Guest> guests_;  // by seat
  std::vector<Seat> left_;     // seats among them that are free
  std::size_t taken_ = 0;
  std::size_t strangers_ = 0;
  std::unordered_map<Address, std::size_t, Address::Hash> owned_;  // limited connections of each owner
};

}  // namespace tvh::server
