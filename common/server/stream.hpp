// Bytes to and from one client over a non-blocking socket, as they are or through TLS. Nothing here waits.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/peer_certificate.hpp"
#include "server/tls_context.hpp"

namespace tvh::server {

class Stream {
 public:
  // wants_read, wants_write: nothing more can be done before the socket is readable, or writable.
  enum class Status { done, wants_read, wants_write, closed };
  struct Transfer {
    Status status = Status::closed;
    std::size_t bytes = 0;  // when done, at least 1
  };

  virtual ~Stream() = default;

  // What has to happen before the first byte of a request; again and again until it is done.
  virtual Status open() = 0;
  virtual Transfer read(std::span<char> into) = 0;
  virtual Transfer write(std::string_view bytes) = 0;
  // Says that no more will be written, as far as that goes without waiting. The socket stays open.
  virtual void finish() = 0;

  // After open(): what the client presented; nullptr when it presented nothing, or was not asked.
  virtual const PeerCertificate* peer_certificate() const = 0;
  // Why open() said closed, for a person; "" when the client just went away.
  virtual const std::string& failure() const = 0;
};

// Neither owns `socket`.
std::unique_ptr<Stream> make_plain_stream(int socket);
std::unique_ptr<Stream> make_tls_stream(const TlsContext& context, int socket);

}  // namespace tvh::server
