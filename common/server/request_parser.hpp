// One HTTP request after another from bytes. Beast's parser underneath, with the checks it leaves out; keeps no
// header field but those the server acts on, so an ordinary request costs one allocation, its body.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/message.hpp"
#include "server/server.hpp"

namespace tvh::server {

inline constexpr Fault kTooLarge{413, "too_large", "the body is over the bound"};

class RequestParser {
 public:
  enum class State { head, body, complete, faulty };

  explicit RequestParser(const Limits& limits);
  ~RequestParser();

  // Whose connection this is: the sender of every request for which set_source() says nothing else.
  void set_peer(Sender peer);
  void set_source(const Sender& sender);  // of the present request
  void set_certificate(const PeerCertificate* certificate);

  // Takes what it can of `bytes` and returns how much that was; what it left must be offered again, followed by
  // more. Returns at the end of the header, so that the caller can judge it before any body is read.
  std::size_t feed(std::string_view bytes);

  State state() const;
  bool begun() const;  // a byte of the request has been taken or is wanted back
  const RequestHead& head() const;
  const Fault& fault() const;  // when faulty
  bool keep_alive() const;     // the client wants the connection kept; from State::body on
  bool is_http_1_0() const;
  bool expects_continue() const;
  const std::string& forwarded_for() const;  // X-Forwarded-For, all of its lines as one list
  std::size_t body_memory() const;           // what the body so far takes up, in bytes
  std::string take_body();
  void restart();  // for the next request of the same client

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tvh::server
