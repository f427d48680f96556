#include "model/order_state.hpp"

#include <array>
#include <map>
#include <random>
#include <set>

#include "model/names.hpp"
#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::model;

namespace {

using S = OrderState;
using E = OrderEventKind;

constexpr std::array kStates{S::planned, S::submitting, S::accepted, S::partially_filled,
                             S::filled,  S::cancelled,  S::expired,  S::refused,
                             S::unknown, S::dropped,    S::absent};
constexpr std::array kEvents{E::submit, E::drop,   E::accept, E::fill_part, E::fill_all, E::cancel,
                             E::expire, E::refuse, E::lose,   E::resend,    E::retry,    E::prove_absent};

// The table as the design has it, written down a second time by hand.
const std::map<S, std::map<E, S>> kDesign{
    {S::planned, {{E::submit, S::submitting}, {E::drop, S::dropped}}},
    {S::submitting,
     {{E::accept, S::accepted},
      {E::fill_part, S::partially_filled},
      {E::fill_all, S::filled},
      {E::refuse, S::refused},
      {E::expire, S::expired},
      {E::lose, S::unknown},
      {E::retry, S::submitting},
      {E::cancel, S::cancelled}}},
    {S::accepted,
     {{E::fill_part, S::partially_filled},
      {E::fill_all, S::filled},
      {E::cancel, S::cancelled},
      {E::expire, S::expired},
      {E::refuse, S::refused}}},
    {S::partially_filled,
     {{E::fill_part, S::partially_filled},
      {E::fill_all, S::filled},
      {E::cancel, S::cancelled},
      {E::expire, S::expired}}},
    {S::unknown,
     {{E::resend, S::submitting},
      {E::accept, S::accepted},
      {E::fill_part, S::partially_filled},
      {E::fill_all, S::filled},
      {E::cancel, S::cancelled},
      {E::expire, S::expired},
      {E::refuse, S::refused},
      {E::prove_absent, S::absent}}},
};

const std::set<S> kTerminal{S::filled, S::cancelled, S::expired, S::refused, S::dropped, S::absent};

}  // namespace

TEST_CASE("order state: every arrow of the design is there, and no other") {
  for (const S state : kStates) {
    for (const E event : kEvents) {
      CAPTURE(to_text(state), to_text(event));
      const auto row = kDesign.find(state);
      std::optional<S> expected;
      if (row != kDesign.end() && row->second.contains(event)) expected = row->second.at(event);
      CHECK(apply(state, event) == expected);
    }
  }
}

TEST_CASE("order state: a terminal state is never left") {
  for (const S state : kStates) {
    CAPTURE(to_text(state));
    CHECK(is_terminal(state) == kTerminal.contains(state));
    if (!is_terminal(state)) continue;
    for (const E event : kEvents) CHECK_FALSE(apply(state, event).has_value());
  }
}

TEST_CASE(
    "order state: whatever happens in whatever order, an ended order stays ended and a planned one never comes "
    "back") {
  std::mt19937 random(20261120);
  std::uniform_int_distribution<std::size_t> any_event(0, kEvents.size() - 1);
  std::set<S> met;
  for (int round = 0; round < 2000; ++round) {
    S state = S::planned;
    std::optional<S> ended;
    for (int step = 0; step < 30; ++step) {
      const auto next = apply(state, kEvents[any_event(random)]);
      if (next) {
        REQUIRE_FALSE(ended.has_value());
        REQUIRE(*next != S::planned);
        state = *next;
      }
      met.insert(state);
      if (is_terminal(state)) ended = state;
      if (ended) REQUIRE(state == *ended);
    }
  }
  CHECK(met.size() == kStates.size());  // every state can be reached
}

TEST_CASE("order state: nothing is sent from unknown but by an explicit resend") {
  for (const E event : kEvents) {
    if (event != E::resend) CHECK(apply(S::unknown, event) != std::optional(S::submitting));
  }
  CHECK_FALSE(apply(S::unknown, E::submit).has_value());
}

TEST_CASE("order state: texts are distinct and read back") {
  std::set<std::string_view> texts;
  for (const S state : kStates) {
    texts.insert(to_text(state));
    CHECK(parse_text<OrderState>(to_text(state)) == state);
  }
  CHECK(texts.size() == kStates.size());
  texts.clear();
  for (const E event : kEvents) texts.insert(to_text(event));
  CHECK(texts.size() == kEvents.size());
}
