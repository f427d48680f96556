// The promises of DESIGN 2, asked of the executor at every entry, request, fill and turn, and at the quiet end.
// What is true is what the simulated venues hold; what the executor may know is what it was told.
#pragma once

#include <memory>
#include <set>

#include "execution/executor.hpp"
#include "simulation/scenario.hpp"
#include "support/memory_book.hpp"

namespace tvh::simulation {

class Checkers {
 public:
  Checkers(const Scenario& scenario, const test::MemoryBook& book);
  void set_venues(std::vector<const SimulatedVenue*> venues) { venues_ = std::move(venues); }

  void before_entry(const model::JournalEntry& entry) const;
  void before_submit(const SimulatedVenue& venue, const model::OrderRequest& order);
  void on_fill(const SimulatedVenue& venue, const VenueOrder& order, const model::Fill& fill);
  void after_turn(const engine::ExecutorState& state) const;
  void at_end(Totals& totals) const;

 private:
  using Lane = test::MemoryBook::Lane;

  void check_intent(const model::Intent& intent) const;
  void check_size(const model::Intent& intent, const model::Signal& signal) const;
  void check_move(const model::MoveOrder& move) const;
  void check_order_of_halves(const model::Intent& opening) const;
  void check_fill(const model::AppendFill& entry) const;
  void check_halt(const engine::ExecutorState& state) const;
  void check_closing(const Lane& lane, const model::Intent& intent, const Decimal& before,
                     const Decimal& after) const;
  void check_exposure(const engine::Limits& limits, const std::string& scope, const std::string& venue,
                      const std::string& strategy, const std::string& instrument) const;
  void check_order_at_end(const test::MemoryBook::OrderRow& row, Totals& totals) const;
  void check_signal_at_end(const test::MemoryBook::SignalRow& row, Totals& totals) const;
  void check_positions_at_end() const;
  void check_followed_at_end(const std::string& strategy, const std::string& instrument, const Decimal& end,
                             Totals& totals) const;
  bool waits_for_undecidable(const test::MemoryBook::SignalRow& row) const;
  bool is_undecidable(const test::MemoryBook::OrderRow& row) const;
  const SimulatedVenue& venue(const std::string& name) const;
  bool is_own(const std::string& signal_id) const { return !alerts_.contains(signal_id); }

  const Scenario& scenario_;
  const test::MemoryBook& book_;
  std::vector<const SimulatedVenue*> venues_;
  std::set<std::string> alerts_;  // ids of all signals that came from outside
  // Filled of each lane and side by orders that close nothing by name; and how much of it when a close left.
  std::map<std::pair<Lane, model::Side>, Decimal> plainly_filled_;
  std::map<std::string, Decimal> filled_before_;
  std::map<Lane, Decimal> held_;  // truly, by strategy: what its orders were filled
  bool prices_are_steady_ = true;
  bool base_fees_ = false;
};

}  // namespace tvh::simulation
