#include "model/order_state.hpp"

#include <array>

#include "base/invariant.hpp"

namespace tvh::model {
namespace {

using S = OrderState;
using E = OrderEventKind;

struct Arrow {
  S from;
  E event;
  S to;
};

constexpr std::array kArrows{
    Arrow{S::planned, E::submit, S::submitting},
    Arrow{S::planned, E::drop, S::dropped},

    Arrow{S::submitting, E::accept, S::accepted},
    Arrow{S::submitting, E::fill_part, S::partially_filled},
    Arrow{S::submitting, E::fill_all, S::filled},
    Arrow{S::submitting, E::refuse, S::refused},
    Arrow{S::submitting, E::expire, S::expired},
    Arrow{S::submitting, E::lose, S::unknown},
    Arrow{S::submitting, E::retry, S::submitting},
    Arrow{S::submitting, E::cancel, S::cancelled},  // cancelled before its own answer came

    Arrow{S::accepted, E::fill_part, S::partially_filled},
    Arrow{S::accepted, E::fill_all, S::filled},
    Arrow{S::accepted, E::cancel, S::cancelled},
    Arrow{S::accepted, E::expire, S::expired},
    Arrow{S::accepted, E::refuse, S::refused},  // an asynchronous reject

    Arrow{S::partially_filled, E::fill_part, S::partially_filled},
    Arrow{S::partially_filled, E::fill_all, S::filled},
    Arrow{S::partially_filled, E::cancel, S::cancelled},
    Arrow{S::partially_filled, E::expire, S::expired},

    Arrow{S::unknown, E::resend, S::submitting},
    Arrow{S::unknown, E::accept, S::accepted},
    Arrow{S::unknown, E::fill_part, S::partially_filled},
    Arrow{S::unknown, E::fill_all, S::filled},
    Arrow{S::unknown, E::cancel, S::cancelled},
    Arrow{S::unknown, E::expire, S::expired},
    Arrow{S::unknown, E::refuse, S::refused},
    Arrow{S::unknown, E::prove_absent, S::absent},
};

}  // namespace

std::string_view to_text(OrderEventKind kind) {
  switch (kind) {
    case E::submit:
      return "submit";
    case E::drop:
      return "drop";
    case E::accept:
      return "accept";
    case E::fill_part:
      return "fill_part";
    case E::fill_all:
      return "fill_all";
    case E::cancel:
      return "cancel";
    case E::expire:
      return "expire";
    case E::refuse:
      return "refuse";
    case E::lose:
      return "lose";
    case E::resend:
      return "resend";
    case E::retry:
      return "retry";
    case E::prove_absent:
      return "prove_absent";
  }
  TVH_INVARIANT(false, "an order event without a text");
}

bool is_terminal(OrderState state) {
  for (const auto& arrow : kArrows) {
    if (arrow.from == state) return false;
  }
  return true;
}

std::optional<OrderState> apply(OrderState state, OrderEventKind event) {
  for (const auto& arrow : kArrows) {
    if (arrow.from == state && arrow.event == event) return arrow.to;
  }
  return std::nullopt;
}

}  // namespace tvh::model
