#include "server/seats.hpp"

#include <utility>

namespace tvh::server {

namespace {

using Phase = Connection::Phase;

constexpr std::size_t kKeptShare = 8;  // one in so many seats is not for strangers
constexpr int kPhases = int(Phase::busy);

// In which order they leave: all strangers before the first one that is unlimited.
int rank_of(Phase phase, bool limited) { return int(phase) + (limited ? 0 : kPhases); }

}  // namespace

Seats::Seat Seats::free_seat() const { return left_.empty() ? Seat(guests_.size()) : left_.back(); }

void Seats::take(Seat seat, const Connection& connection, const Address& client) {
  if (left_.empty()) {
    guests_.emplace_back();
  } else {
    left_.pop_back();
  }
  guests_[seat].connection = &connection;
  ++taken_;
  count(seat, client);
}

void Seats::recount(Seat seat, const Address& client) {
  uncount(guests_[seat]);
  count(seat, client);
}

void Seats::leave(Seat seat) {
  uncount(std::exchange(guests_[seat], {}));
  left_.push_back(seat);
  --taken_;
}

void Seats::count(Seat seat, const Address& client) {
  Guest& guest = guests_[seat];
  guest.owner = client.owner();
  guest.limited = !sources_.unlimited.contains(client);
  if (!guest.limited) return;
  ++strangers_;
  ++owned_[guest.owner];
}

void Seats::uncount(const Guest& guest) {
  if (!guest.limited) return;
  --strangers_;
  const auto count = owned_.find(guest.owner);
  if (--count->second == 0) owned_.erase(count);
}

// Strangers who are all being answered cannot leave, and must not be all there are.
std::size_t Seats::most_strangers() const { return limits_.connections - limits_.connections / kKeptShare; }

std::optional<Seats::Seat> Seats::in_the_way_of(Seat newcomer) const {
  const Guest& guest = guests_[newcomer];
  if (!guest.limited) return is_over() ? pick(Whom::anybody, newcomer, nullptr) : std::nullopt;
  if (owned_.at(guest.owner) > limits_.connections_per_owner) {
    return pick(Whom::strangers, newcomer, &guest.owner).value_or(newcomer);
  }
  if (!is_over() && strangers_ <= most_strangers()) return std::nullopt;
  return pick(Whom::strangers, newcomer, nullptr).value_or(newcomer);
}

std::optional<Seats::Seat> Seats::least_missed() const {
  return pick(Whom::and_silent_ones, std::nullopt, nullptr);
}

std::optional<Seats::Seat> Seats::pick(Whom whom, std::optional<Seat> except, const Address* owner) const {
  std::optional<Seat> best;
  int best_rank = 2 * kPhases;
  if (whom == Whom::strangers) best_rank = kPhases;
  if (whom == Whom::and_silent_ones) best_rank = rank_of(Phase::silent, false) + 1;
  for (Seat seat = 0; seat < guests_.size(); ++seat) {
    const auto& [connection, owned_by, limited] = guests_[seat];
    if (connection == nullptr || seat == except) continue;
    if (owner != nullptr && (!limited || owned_by != *owner)) continue;
    const Phase phase = connection->phase();
    if (phase == Phase::busy) continue;
    const int rank = rank_of(phase, limited);
    if (rank > best_rank || (!best && rank == best_rank)) continue;
    if (best && rank == best_rank && connection->since() >= guests_[*best].connection->since()) continue;
    if (phase == Phase::silent && !connection->has_nothing_to_say()) continue;
    best = seat;
    best_rank = rank;
  }
  return best;
}

}  // namespace tvh::server
