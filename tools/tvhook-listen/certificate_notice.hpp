// When our certificate ends, and what an operator should read about it.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"

namespace tvh {

inline constexpr std::chrono::hours kExpiryNotice{21 * 24};

// From 21 days before on: what to say; nothing before.
std::optional<std::string> expiry_warning(TimePoint expires_at, TimePoint now);

// Says it once a day, and at once for a new certificate.
class CertificateNotice {
 public:
  void set(TimePoint expires_at);
  std::optional<std::string> due(TimePoint now);

 private:
  std::optional<TimePoint> expires_at_;
  std::optional<TimePoint> said_at_;
};

}  // namespace tvh
