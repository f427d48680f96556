// A secret's bytes: never printed, compared in constant time, wiped when let go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tvh {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  bool empty() const { return value_.empty(); }

  // Time depends on the candidate's length only, never on where the first difference is.
  bool equals(std::string_view candidate) const;

  // The bytes, for signing, redaction and nothing else. Named so that a reader stops here.
  const std::string& reveal() const { return value_; }

 private:
  std::string value_;
};

// A secret and the name it goes by in the configuration and in `[secret:NAME]`.
struct NamedSecret {
  std::string name;
  Secret secret;
};

// The name of the secret that `candidate` is, or nullptr. Every secret is compared, whichever matches.
const std::string* find_secret(const std::vector<NamedSecret>& secrets, std::string_view candidate);

}  // namespace tvh
