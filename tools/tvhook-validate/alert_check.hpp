// One alert, or one signal record, checked: every finding there is about it, and its signal when it is right.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "model/alert.hpp"
#include "model/signal.hpp"
#include "wire/alert_reader.hpp"
#include "wire/finding.hpp"

namespace tvh {

enum class Strictness { errors_only, warnings_too };
enum class Repairs { none, allowed };
enum class SecretValues { checked, only_hidden };

struct CheckRules {
  std::vector<NamedSecret> secrets;  // empty: secrets are not checked
  std::vector<std::string> exchanges;
  wire::DialectChoice dialects;
  Strictness strictness = Strictness::errors_only;
  Repairs repairs = Repairs::none;  // of alerts that cannot be read as they stand
  SecretValues secret_values = SecretValues::checked;
  TimePoint now{};
};

// Its signal is engaged when no finding is an error.
struct CheckedAlert : wire::Decoded {
  const wire::Dialect* dialect = nullptr;  // nullptr: the text could not be read at all
  // Of an alert's signal; its id is for the first such content in the input. A record brings its own id.
  std::optional<model::Identity> identity;
};

CheckedAlert check_alert(std::string_view text, const CheckRules& rules);

// Gives the signals of an alert their ids, as the `count`-th of that identity in one input.
void number_signals(CheckedAlert& checked, std::size_t count);

// The id of the `count`-th signal of that identity in one input (DESIGN 5.3: rule 3 needs a salt).
std::string id_in_input(const model::Identity& identity, std::size_t count);

}  // namespace tvh
