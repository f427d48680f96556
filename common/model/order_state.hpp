// The life of one order, as one table (DESIGN 6, "Order state machine"). States never go back; a fact that
// comes after the end (a fill of a cancelled order) is kept beside the state and reported as drift.
#pragma once

#include <optional>
#include <string_view>

namespace tvh::model {

enum class OrderState {
  planned,     // intended, nothing sent
  submitting,  // the request may have left
  accepted,    // resting at the venue
  partially_filled,
  filled,
  cancelled,
  expired,
  refused,  // exists nowhere
  unknown,  // may exist; only a query may tell
  dropped,  // given up before anything was sent
  absent,   // proven not to exist
};

enum class OrderEventKind {
  submit,
  drop,
  accept,
  fill_part,
  fill_all,
  cancel,
  expire,
  refuse,
  lose,
  resend,
  retry,  // sent again because the venue certainly did not take it
  prove_absent
};

std::string_view to_text(OrderState);
std::string_view to_text(OrderEventKind);

bool is_terminal(OrderState state);

// The state after `event`, or nothing when the table has no such arrow.
std::optional<OrderState> apply(OrderState state, OrderEventKind event);

}  // namespace tvh::model
