#include "engine/retry.hpp"

#include <algorithm>

namespace tvh::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetryRule kThrottled{8, milliseconds(500), seconds(30),
                               "the venue refused it unread for its rate, so it exists nowhere"};
constexpr RetryRule kClock{8, milliseconds(200), seconds(2),
                           "the venue refused it for its timestamp, so it exists nowhere"};
constexpr RetryRule kUnreachable{6, milliseconds(250), seconds(10),
                                 "no connection came about, so it never left"};
constexpr RetryRule kResend{4, milliseconds(0), seconds(0),
                            "absent after the fence, within the venue's memory for ids, and under the same id"};
constexpr RetryRule kQuery{1'000'000, milliseconds(200), seconds(30), "a query changes nothing"};
constexpr RetryRule kCancel{8, milliseconds(250), seconds(10), "what is cancelled stays cancelled"};
constexpr RetryRule kLookUp{4, milliseconds(250), seconds(2), "a look changes nothing"};
constexpr RetryRule kNetting{
    2, milliseconds(100), seconds(2),
    "the venue refused the first or cut it, so what is left of it exists nowhere, and the "
    "strategy holds what the second closes"};

}  // namespace

const RetryRule& retry_rule(model::RetryClass why) {
  switch (why) {
    case model::RetryClass::throttled:
      return kThrottled;
    case model::RetryClass::clock:
      return kClock;
    case model::RetryClass::unreachable:
      return kUnreachable;
  }
  return kUnreachable;
}

const RetryRule& resend_rule() { return kResend; }
const RetryRule& query_rule() { return kQuery; }
const RetryRule& cancel_rule() { return kCancel; }
const RetryRule& look_up_rule() { return kLookUp; }
const RetryRule& netting_rule() { return kNetting; }

Nanoseconds backoff(const RetryRule& rule, std::string_view key, int attempt) {
  Nanoseconds wait = rule.first;
  for (int doubled = 0; doubled < attempt && wait < rule.longest; ++doubled) wait *= 2;
  wait = std::min(wait, rule.longest);
  // Many orders that failed together must not all come back together.
  auto mixed = std::uint64_t(0x9e3779b97f4a7c15) + std::uint64_t(attempt);
  for (const char c : key)
    mixed = (mixed ^ std::uint64_t(static_cast<unsigned char>(c))) * std::uint64_t(0x100000001b3);
  mixed ^= mixed >> 29;
  return wait / 2 + (wait / 2) * std::int64_t(mixed % 1024) / 1024;
}

}  // namespace tvh::engine
