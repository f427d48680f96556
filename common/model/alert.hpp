// One received request, as the journal keeps it: secrets already taken out.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "model/signal.hpp"

namespace tvh::model {

struct Alert {
  TimePoint received_at{};
  std::string source;      // peer address, "127.0.0.1:51234"
  int status = 0;          // the HTTP answer
  std::string verdict;     // "accepted", "duplicate", or the refusal's name: "wrong_secret", "syntax", …
  std::string body;        // redacted; see wire/redaction.hpp
  Digest body_hash{};      // SHA-256 of the redacted body
  Digest original_hash{};  // HMAC of the bytes as received, key outside the journal
};

// How a signal is recognised when it comes again (DESIGN 5.3). Computed by engine, looked up by the journal.
struct Identity {
  enum class Rule { author_id = 1, trade_and_bar = 2, content_window = 3 };

  Rule rule = Rule::content_window;
  Digest key{};      // rules 1 and 2: what must not come twice; unused by rule 3
  Digest content{};  // rule 3: every field but secrets, times and the reference price
  // Rule 1 with a bare `id` and rule 3 look at time as well.
  bool key_expires = false;           // a bare `id`: uses more than `window` apart are two signals
  std::optional<TimePoint> event_at;  // the alert's own time where it has one
  std::optional<TimePoint> key_at;    // rule 2: the time that is part of the key
  Nanoseconds window{};               // resend_window; 0 turns rule 3 off
  bool both_directions = false;       // close_all, target: in between any two of one side
  int direction = 0;  // direction_of(); a signal of the opposite one in between makes rule 2 new
};

}  // namespace tvh::model
