// The simulated venue without sockets: time, faults, what is still to happen, the log of requests, and the
// /_sim control surface. Single-threaded: the server's one thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "venue_sim/faults.hpp"
#include "venue_sim/venue.hpp"

namespace tvh::venue_sim {

struct WorldOptions {
  VenueOptions venue;
  std::vector<std::pair<std::string, double>> faults;
  Milliseconds latency_ms = 0;
  Milliseconds clock_offset_ms = 0;
  Milliseconds fixed_time_ms = 0;  // not 0: time stands still there and moves only by POST /_sim/clock
  Milliseconds late_ms = 300;      // late_accept: executed this much later, up to twice
  Milliseconds slow_ms = 500;
  Milliseconds invisible_ms = 500;
  Milliseconds visibility_ms = 0;  // every order is invisible this long, without a fault
  Milliseconds clock_jump_ms = 1500;
  Milliseconds ban_gap_ms = 0;       // no ban is drawn within this of the last one's end
  Milliseconds throttle_gap_ms = 0;  // nor a throttle within this of the last one
};

// What to do with an answer.
struct Delivery {
  enum class Kind {
    send,
    close,  // no answer
    reset,
    truncate,  // half of the body
    hold,      // after the next answer of another request
    never,     // keep the connection, say nothing
  } kind = Kind::send;
  Answer answer;
  Milliseconds delay_ms = 0;
  bool of_the_venue = true;  // false: of the control surface, which no held answer waits for
};

class World {
 public:
  static Result<std::unique_ptr<World>> make(WorldOptions options, const Clock& clock);

  // A request came in; serve() follows after the latency.
  struct Admission {
    std::uint64_t ordinal = 0;
    Milliseconds received_at = 0;
    Fault fault = Fault::none;
    Milliseconds latency_ms = 0;
  };
  Admission admit(const Request& request);
  Delivery serve(const Request& request, const Admission& admission);

  // What was postponed and is due. next_due(): in how many milliseconds, at most; nothing when none waits.
  void run_due();
  std::optional<Milliseconds> next_due() const;
  Milliseconds now() const;  // the venue's clock

 private:
  World(WorldOptions options, const Clock& clock, std::unique_ptr<Venue> venue);

  struct LoggedRequest {
    std::uint64_t ordinal = 0;
    Milliseconds time = 0;
    std::string method;
    std::string path;
    std::string parameters;  // without signature; never headers
    Fault fault = Fault::none;
    bool executed = false;
    int status = 0;  // what the venue decided, even where the client did not hear it
    std::string answer_start;
  };

  Milliseconds true_now() const;  // without the jumps
  Answer execute(const Request& request, const Admission& admission, LoggedRequest& log,
                 Milliseconds visible_for);
  LoggedRequest& log_of(std::uint64_t ordinal);
  void jump_clock(std::uint64_t ordinal);
  std::optional<Answer> banned(const Request& request);
  Answer start_ban(const Request& request);
  void postpone(Milliseconds delay, std::function<void()> action);

  // control.cpp, control_state.cpp
  Answer control(const Request& request);
  Answer control_post(const std::string& path, const std::string& body);
  Result<std::string> state_of(const std::string& what) const;
  Result<void> set_price(const std::string& body);
  Result<void> set_fault(const std::string& body);
  Result<void> move_clock(const std::string& body);
  Result<std::string> place_outside(const std::string& body);

  WorldOptions options_;
  const Clock& clock_;
  std::unique_ptr<Venue> venue_;
  Faults faults_;
  std::uint64_t next_ordinal_ = 1;
  Milliseconds moved_ = 0;  // by /_sim/clock
  Milliseconds jump_ = 0;
  Milliseconds banned_until_ = 0;
  Milliseconds last_ban_end_ = 0;
  Milliseconds last_throttle_ = 0;                                // 0: there was none
  std::multimap<Milliseconds, std::function<void()>> postponed_;  // by when it is due, in true time
  std::deque<LoggedRequest> log_;
};

}  // namespace tvh::venue_sim
