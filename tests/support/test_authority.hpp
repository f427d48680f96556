// A certificate authority made for one test, and what it issues. Nothing is stored but what the test writes.
#pragma once

#include <memory>
#include <string>

namespace tvh::test {

struct IssuedPair {
  std::string certificate;  // PEM
  std::string key;          // PEM
  std::string fingerprint;  // SHA-256, hexadecimal, lower case
};

struct CertificateWish {
  std::string common_name = "localhost";
  std::string organization{};
  std::string email{};                // subject alternative name
  std::string host = "127.0.0.1";     // subject alternative name, an address
  long seconds_from = -3600;          // validity, from now
  long seconds_to = 90L * 24 * 3600;  // from now
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "a test's authority");
  ~TestAuthority();

  IssuedPair issue(const CertificateWish& wish = {}) const;
  const std::string& certificate() const { return certificate_; }  // PEM

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string certificate_;
};

// As TradingView describes its client certificate ("webhooks: authentication", HELP/43000680459).
CertificateWish tradingview_wish();

}  // namespace tvh::test
