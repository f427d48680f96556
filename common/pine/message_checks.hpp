// What is wrong with a script's messages. Internal to the room.
#pragma once

#include <vector>

#include "pine/evaluator.hpp"
#include "pine/messages.hpp"

namespace tvh::pine {

struct FoundMessage {
  Message message;  // its places have offsets alone
};

void check_messages(const std::vector<FoundMessage>& messages, const Evaluation& evaluation,
                    const ScriptReport& script, Findings& findings);

}  // namespace tvh::pine
