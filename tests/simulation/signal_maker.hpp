// The alerts of one world: what strategies say, in which order it arrives, and what comes twice.
#pragma once

#include <set>

#include "simulation/scenario.hpp"

namespace tvh::simulation {

class SignalMaker {
 public:
  SignalMaker(const Scenario& scenario, std::vector<std::string> symbols, Nanoseconds length, Random& random)
      : scenario_(scenario), symbols_(std::move(symbols)), length_(length), random_(random) {}

  std::vector<Arrival> make(int count);
  std::map<std::pair<std::string, std::string>, Decimal> ends() const;

 private:
  struct Walk {             // of a strategy that is followed by its position, in one instrument
    std::int64_t held = 0;  // tenths of a base unit
    TimePoint bar{};
    std::set<std::pair<std::int64_t, std::int64_t>> steps;  // of that bar
    // A step that comes twice within a bar cannot be told from a resend, nor alerts without their past apart.
    bool ambiguous = false;
  };

  model::Signal begin(const std::string& strategy, TimePoint at);
  model::Signal make_order_signal(const std::string& strategy, TimePoint at);
  void make_exit(model::Signal& signal);
  void make_entry(model::Signal& signal);
  void make_resting(model::Signal& signal);
  std::vector<model::Signal> make_bar(const std::string& strategy, TimePoint at);
  void echo(std::vector<Arrival>& arrivals, TimePoint after);
  std::string make_id();

  const Scenario& scenario_;
  std::vector<std::string> symbols_;
  Nanoseconds length_;
  Random& random_;
  std::map<std::pair<std::string, std::string>, Walk> walks_;
};

}  // namespace tvh::simulation
