// What the listener says: the bodies of its HTTP answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/message.hpp"
#include "wire/finding.hpp"

namespace tvh {

server::Answer accepted_answer(std::string_view signal_id);
server::Answer duplicate_answer(std::string_view signal_id);

// 503 with Retry-After: the sender is asked to come again.
server::Answer unavailable_answer();

// A refusal without a place in the alert: `name` is stable, `message` is for a person.
server::Answer refusal_answer(int status, std::string_view name, std::string_view message);

// 400 with every error finding, its line and column in `body`.
server::Answer invalid_answer(const std::vector<wire::Finding>& findings, std::string_view body);

server::Answer health_answer(bool journal_commits);

}  // namespace tvh
