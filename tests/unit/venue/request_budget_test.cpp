#include "venue/request_budget.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::venue;
using namespace std::chrono_literals;

namespace {

using Steady = RequestBudget::Steady;
using Urgency = RequestBudget::Urgency;

Steady at(Nanoseconds since_start) {
  return Steady(std::chrono::duration_cast<Steady::duration>(1000s + since_start));
}

}  // namespace

TEST_CASE(
    "request budget: looks leave a part of a minute's weight to queries of orders, those to orders, and orders a "
    "rest to others") {
  RequestBudget budget(100);
  CHECK(budget.free_at(70, Urgency::look, at(0s)) == at(0s));
  budget.take(70, at(0s));
  CHECK(budget.free_at(1, Urgency::look, at(1s)) == at(60s));
  CHECK(budget.free_at(20, Urgency::query, at(1s)) == at(1s));
  budget.take(20, at(1s));
  CHECK(budget.free_at(1, Urgency::query, at(1s)) == at(60s));
  CHECK(budget.free_at(5, Urgency::order, at(1s)) == at(1s));
  CHECK(budget.free_at(6, Urgency::order, at(1s)) == at(60s));
  budget.take(5, at(1s));
  CHECK(budget.free_at(0, Urgency::order, at(2s)) == at(2s));  // what weighs nothing is not held up
}

TEST_CASE("request budget: a minute after its first request the weight is free again") {
  RequestBudget budget(100);
  budget.take(95, at(0s));
  CHECK(budget.free_at(1, Urgency::order, at(59s)) == at(60s));
  CHECK(budget.free_at(1, Urgency::order, at(60s)) == at(60s));
  budget.take(1, at(60s));
  CHECK(budget.free_at(69, Urgency::look, at(61s)) == at(61s));
}

TEST_CASE("request budget: the venue's own count is believed where it is higher") {
  RequestBudget budget(100);
  budget.take(10, at(0s));
  budget.observe(5, at(1s));  // of a minute of its own that began later
  CHECK(budget.free_at(61, Urgency::look, at(1s)) == at(60s));
  budget.observe(95, at(2s));  // others share the address
  CHECK(budget.free_at(1, Urgency::order, at(2s)) == at(60s));
}

TEST_CASE("request budget: a pause holds everything back to its end, and a shorter one does not end it") {
  RequestBudget budget(100);
  budget.pause(at(10s));
  budget.pause(at(5s));
  CHECK(budget.free_at(0, Urgency::order, at(1s)) == at(10s));
  CHECK(budget.free_at(1, Urgency::look, at(9s)) == at(10s));
  CHECK(budget.free_at(1, Urgency::order, at(11s)) == at(11s));
  budget.take(95, at(11s));
  budget.pause(at(20s));
  CHECK(budget.free_at(1, Urgency::order, at(12s)) == at(71s));  // the later of both
}

TEST_CASE("request budget: a new minute counts from what the venue tells of it") {
  RequestBudget budget(100);
  budget.take(90, at(0s));
  budget.observe(3, at(61s));
  CHECK(budget.free_at(67, Urgency::look, at(61s)) == at(61s));
}
