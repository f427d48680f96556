#include "tvhook-listen/certificate_notice.hpp"

namespace tvh {

std::optional<std::string> expiry_warning(TimePoint expires_at, TimePoint now) {
  if (expires_at - now > kExpiryNotice) return std::nullopt;
  const std::string when = format_time(std::chrono::floor<std::chrono::seconds>(expires_at));
  if (expires_at <= now) {
    return "the TLS certificate ended at " + when +
           "; TradingView does not send to it. Renew it; it is read again by itself";
  }
  const auto days = std::chrono::duration_cast<std::chrono::hours>(expires_at - now).count() / 24;
  return "the TLS certificate ends in " + std::to_string(days) + " days, at " + when +
         "; renew it, it is read again by itself";
}

void CertificateNotice::set(TimePoint expires_at) {
  expires_at_ = expires_at;
  said_at_.reset();
}

std::optional<std::string> CertificateNotice::due(TimePoint now) {
  if (!expires_at_ || (said_at_ && now - *said_at_ < std::chrono::hours(24))) return std::nullopt;
  auto warning = expiry_warning(*expires_at_, now);
  if (warning) said_at_ = now;
  return warning;
}

}  // namespace tvh
