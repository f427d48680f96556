#include <sys/socket.h>

#include <cerrno>

#include "server/stream.hpp"

namespace tvh::server {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class PlainStream final : public Stream {
 public:
  explicit PlainStream(int socket) : socket_(socket) {}

  Status open() override { return Status::done; }

  Transfer read(std::span<char> into) override {
    const ssize_t count = ::recv(socket_, into.data(), into.size(), 0);
    if (count > 0) return {Status::done, std::size_t(count)};
    return {count < 0 && would_block(errno) ? Status::wants_read : Status::closed, 0};
  }

  Transfer write(std::string_view bytes) override {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return {Status::done, std::size_t(count)};
    return {would_block(errno) ? Status::wants_write : Status::closed, 0};
  }

  void finish() override { (void)::shutdown(socket_, SHUT_WR); }

  const PeerCertificate* peer_certificate() const override { return nullptr; }
  const std::string& failure() const override {
    static const std::string none;
    return none;
  }

 private:
  const int socket_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(int socket) { return std::make_unique<PlainStream>(socket); }

}  // namespace tvh::server
