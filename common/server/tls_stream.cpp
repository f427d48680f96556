#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/invariant.hpp"
#include "server/stream.hpp"
#include "server/tls_parts.hpp"

namespace tvh::server {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int socket_of(BIO* bio) { return int(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE.
int read_socket(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::recv(socket_of(bio), into, std::size_t(size), 0);
  if (count < 0 && would_block(errno)) BIO_set_retry_read(bio);
  return int(count);
}

int write_socket(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::send(socket_of(bio), bytes, std::size_t(size), MSG_NOSIGNAL);
  if (count < 0 && would_block(errno)) BIO_set_retry_write(bio);
  return int(count);
}

long control_socket(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tvhook socket");
    TVH_INVARIANT(made != nullptr, "a BIO method can be made");
    BIO_meth_set_read(made, read_socket);
    BIO_meth_set_write(made, write_socket);
    BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  return method;
}

class TlsStream final : public Stream {
 public:
  TlsStream(const TlsContext& context, int socket)
      : socket_(socket), session_(SSL_new(context.implementation().context.get())) {
    TVH_INVARIANT(session_ != nullptr, "memory for a TLS session");
    BIO* const bio = BIO_new(socket_method());
    TVH_INVARIANT(bio != nullptr, "memory for a TLS session");
    BIO_set_data(bio, reinterpret_cast<void*>(std::intptr_t(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);
    SSL_set_app_data(session_.get(), this);
    SSL_set_info_callback(session_.get(), note_progress);
    SSL_set_accept_state(session_.get());
  }

  Status open() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    if (result != 1) return status_of(result);
    opened_ = true;
    if (const CertificatePointer presented{SSL_get1_peer_certificate(session_.get())}) {
      peer_ = describe_certificate(*presented, SSL_get_verify_result(session_.get()));
    }
    return Status::done;
  }

  Transfer read(std::span<char> into) override {
    ERR_clear_error();
    const int count = SSL_read(session_.get(), into.data(), int(std::min<std::size_t>(into.size(), INT_MAX)));
    if (refused_) return {Status::closed, 0};
    if (count > 0) return {Status::done, std::size_t(count)};
    return {status_of(count), 0};
  }

  Transfer write(std::string_view bytes) override {
    ERR_clear_error();
    const int count =
        SSL_write(session_.get(), bytes.data(), int(std::min<std::size_t>(bytes.size(), INT_MAX)));
    if (count > 0) return {Status::done, std::size_t(count)};
    return {status_of(count), 0};
  }

  void finish() override {
    ERR_clear_error();
    if (opened_ && !broken_) (void)SSL_shutdown(session_.get());
    ERR_clear_error();
    (void)::shutdown(socket_, SHUT_WR);
  }

  const PeerCertificate* peer_certificate() const override { return peer_ ? &*peer_ : nullptr; }
  const std::string& failure() const override { return failure_; }

 private:
  // A TLS 1.2 client that wants to negotiate anew is told no by OpenSSL, and closed by us: nobody honest asks.
  static void note_progress(const SSL* session, int where, int value) {
    if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT && (value & 0xff) == SSL_AD_NO_RENEGOTIATION) {
      static_cast<TlsStream*>(SSL_get_app_data(session))->refused_ = true;
    }
  }

  Status status_of(int result) {
    switch (SSL_get_error(session_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Status::wants_read;
      case SSL_ERROR_WANT_WRITE:
        return Status::wants_write;
      case SSL_ERROR_ZERO_RETURN:
        return Status::closed;
      default:
        break;
    }
    broken_ = true;  // nothing may be said on it any more
    const unsigned long code = ERR_peek_error();
    if (!opened_ && ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST) {
      answer_plain_request();
    }
    failure_ = take_tls_reason();
    return Status::closed;
  }

  // Whoever typed http:// for https:// gets to read why nothing comes back.
  void answer_plain_request() const {
    static constexpr std::string_view kAnswer =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\n"
        "Content-Length: 95\r\n\r\n"
        R"({"status":"refused","errors":[{"name":"tls_needed","message":"this port speaks https only"}]})"
        "\r\n";
    (void)::send(socket_, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }

  const int socket_;
  TlsSessionPointer session_;
  std::optional<PeerCertificate> peer_;
  std::string failure_;
  bool opened_ = false;
  bool broken_ = false;
  bool refused_ = false;
};

}  // namespace

std::unique_ptr<Stream> make_tls_stream(const TlsContext& context, int socket) {
  return std::make_unique<TlsStream>(context, socket);
}

}  // namespace tvh::server
