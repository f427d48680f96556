// What one seed makes of the outside: strategies, venues, limits, and what arrives when.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/rules.hpp"
#include "model/execution_record.hpp"
#include "simulation/random.hpp"
#include "simulation/simulated_venue.hpp"

namespace tvh::simulation {

struct Arrival {
  TimePoint at{};  // true time
  model::Signal signal;
  bool given = false;  // on stdin; else the listener put it into the journal
  bool echo = false;   // an older step under a new id, long after: changes nothing
};

enum class Deed { halt, resume, flatten, look_now, clock_jump, venue_down, stop };
struct Act {
  TimePoint at{};
  Deed deed = Deed::halt;
  model::Request request;  // of flatten
  Nanoseconds length{};    // of clock_jump, venue_down
  std::size_t venue = 0;   // of venue_down
};

struct Scenario {
  TimePoint start{};
  std::vector<VenueProfile> venues;
  std::vector<model::Instrument> instruments;  // all venues trade them
  std::map<std::string, engine::StrategyRules> strategies;
  engine::RiskRules risk;
  std::map<std::string, engine::BreakerRules> breakers;
  engine::EditPolicy edit_policy = engine::EditPolicy::edited_wins;
  Nanoseconds exit_patience{};
  std::vector<Arrival> arrivals;  // in order
  std::vector<Act> acts;          // in order
  // Where strategies that are followed end, by (strategy, instrument), as far as their alerts tell it apart.
  std::map<std::pair<std::string, std::string>, Decimal> ends;
  bool turns_until_idle = false;  // how the executor is driven
  bool regives = false;           // what was on stdin is piped again after a crash
};

Scenario make_scenario(std::uint64_t seed, const Faults& faults);

}  // namespace tvh::simulation
