// Who guesses secrets: slowed down first, then refused for a while. It knows owners of addresses, not people;
// whom it must never be asked about is DESIGN section 7's business.
#pragma once

#include <chrono>
#include <cstddef>
#include <unordered_map>

#include "server/address.hpp"

namespace tvh {

struct AttemptLimits {
  int free = 5;                               // wrong secrets before an answer is held back
  std::chrono::milliseconds first_hold{250};  // and then twice as long each time
  std::chrono::milliseconds longest_hold{4000};
  int most = 20;                     // then it is refused
  std::chrono::minutes refusal{10};  // for so long
  std::chrono::minutes memory{10};   // wrong secrets are forgotten after so long without one
  std::size_t capacity = 8192;       // owners remembered; over it any one goes
};

class AttemptLimiter {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  explicit AttemptLimiter(const AttemptLimits& limits) : limits_(limits) {}

  // A wrong secret came from `owner`.
  struct Judgement {
    std::chrono::milliseconds hold{0};
    bool refused = false;
    bool newly_refused = false;
  };
  Judgement note_wrong(const server::Address& owner, SteadyTime now);
  // The right one came: whoever guesses there, somebody knows it.
  void note_right(const server::Address& owner);

  std::size_t size() const { return owners_.size(); }

 private:
  struct Record {
    int wrong = 0;
    SteadyTime last{};
    SteadyTime refused_until{};
  };
  void make_room(SteadyTime now);

  const AttemptLimits limits_;
  SteadyTime looked_over_{};
  std::unordered_map<server::Address, Record, server::Address::Hash> owners_;
};

}  // namespace tvh
