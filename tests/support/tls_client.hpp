// A TLS client on a loopback port, blocking: good ones, old ones, and ones that stop half way.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "support/http_connection.hpp"
#include "support/test_authority.hpp"

namespace tvh::test {

enum class TlsVersion { any, only_1_0, only_1_1, only_1_2, only_1_3 };

struct TlsClientWish {
  std::string authority{};               // PEM; "" believes anybody
  std::optional<IssuedPair> identity{};  // what to present when asked
  TlsVersion version = TlsVersion::any;
  std::string ciphers{};   // of TLS 1.2
  std::string preamble{};  // sent before the handshake
};

class TlsClient {
 public:
  // Connects and shakes hands; is_open() says whether that succeeded.
  explicit TlsClient(int port, const TlsClientWish& wish = {});
  ~TlsClient();
  TlsClient(TlsClient&&) noexcept;

  bool is_open() const;
  std::string failure() const;             // OpenSSL's words when it is not
  std::string version() const;             // "TLSv1.3"
  std::string server_certificate() const;  // PEM

  bool send(const std::string& bytes);
  std::optional<HttpAnswer> read_answer();
  HttpAnswer post(const std::string& path, const std::string& body);  // throws without an answer
  HttpAnswer get(const std::string& path);
  // Asks to negotiate anew (TLS 1.2), then exchanges something; true when the connection survived.
  bool survives_renegotiation();
  bool survives_key_update();  // TLS 1.3
  // The other side closed; what it said before is thrown away.
  bool is_closed();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tvh::test
