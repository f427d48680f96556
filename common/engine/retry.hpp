// When a request may be repeated, how often, how soon, and why that is safe. Pure: the jitter of a wait is a
// function of the order and the attempt, so a seed reproduces it.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/order.hpp"

namespace tvh::engine {

struct RetryRule {
  int most;                       // requests in all, the first counted
  Nanoseconds first;              // the wait after the first
  Nanoseconds longest;            // doubled up to this
  std::string_view safe_because;  // kept with the order's events
};

const RetryRule& retry_rule(model::RetryClass why);  // a submit the venue did not take
const RetryRule& resend_rule();                      // a submit that is proven absent
const RetryRule& query_rule();                       // looking for an order whose outcome is unknown
const RetryRule& cancel_rule();
const RetryRule& look_up_rule();
const RetryRule& netting_rule();  // a close that the account's net position did not cover, as another order

// The wait before attempt number `attempt` + 1: half of the doubled wait, and up to as much again by jitter.
Nanoseconds backoff(const RetryRule& rule, std::string_view key, int attempt);

}  // namespace tvh::engine
