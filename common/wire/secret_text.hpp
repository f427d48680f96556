// Taking secrets out of text. Internal to the room.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "wire/alert_reader.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

// Where an alert's secret may stand, in the order the tutorials came.
inline constexpr std::array<std::string_view, 4> kSecretFields{"secret", "token", "passphrase", "segredo"};
// Whether it is one of these.
bool is_secret_field(std::string_view key);
inline constexpr std::string_view kUnknownSecret = "[secret:?]";

// Secret fields, and names that other services give to credentials ("apikey", "password", "signature", …).
bool is_credential_key(std::string_view key);

// `text` with every known secret's value, plain or in JSON or percent escapes, as [secret:NAME].
std::string without_secrets(std::string_view text, const std::vector<NamedSecret>& secrets);

// Compact JSON, object keys sorted, known secrets taken out, credentials' values as [secret:?]. `secrets` may
// be null.
void append_redacted_json(std::string& out, const JsonValue& value, const std::vector<NamedSecret>* secrets);

}  // namespace tvh::wire
