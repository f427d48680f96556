// How a signal is recognised when it comes again (DESIGN 5.3). Pure: the same signal always has the same
// identity.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/alert.hpp"

namespace tvh::engine {

inline constexpr Nanoseconds kDefaultResendWindow = std::chrono::seconds(30);

// Whether the hash of the whole content is wanted beside a key of rule 1 or 2: to be remembered, so that rule 3
// can compare what comes later with it.
enum class Content { always, where_it_is_the_identity };

// Rules 1 to 3. `resend_window` 0 turns rule 3 off. Rule 4 (resends of what was answered 503) is the
// listener's.
model::Identity identity_of(const model::Signal& signal, Nanoseconds resend_window,
                            Content content = Content::always);

// Of an alert that is several signals, recognised as one: that of its last signal over the contents of all.
// With `earlier` empty it is the same as above.
model::Identity identity_of(const model::Signal& last, const std::vector<model::Signal>& earlier,
                            Nanoseconds resend_window, Content content = Content::always);

// The signal's id: 26 characters [a-z2-7], a function of its identity and `salt`. Rules 1 and 2 use an empty
// salt, so that the same alert gets the same id wherever it is read; rule 3, and a rule 2 key that legally
// recurs, need one (the time of receipt, or its place in a file) to tell two equal alerts apart.
// Where the identity has a time of its own (rule 2), or the salt one (`salted_at`), the first 8 characters
// stand for its second: what comes together stands together in the journal's index of ids, where random ids
// would each change a page of their own. Only rule 1 has ids that are hash alone.
std::string signal_id(const model::Identity& identity, std::string_view salt,
                      std::optional<TimePoint> salted_at = std::nullopt);

// The id that journals hold which were written before ids began with a time; "" if it is the same. Without
// salt.
std::string former_signal_id(const model::Identity& identity);

}  // namespace tvh::engine
