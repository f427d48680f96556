#include "support/tls_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "support/process.hpp"

namespace tvh::test {

namespace {

struct Free {
  void operator()(BIO* it) const { BIO_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(X509* it) const { X509_free(it); }
  void operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
  void operator()(SSL* it) const { SSL_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> memory_of(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), int(text.size())));
}

Owned<X509> read_certificate(const std::string& pem) {
  return Owned<X509>(PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr));
}

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::only_1_0:
      return TLS1_VERSION;
    case TlsVersion::only_1_1:
      return TLS1_1_VERSION;
    case TlsVersion::only_1_2:
      return TLS1_2_VERSION;
    case TlsVersion::only_1_3:
      return TLS1_3_VERSION;
    case TlsVersion::any:
      break;
  }
  return 0;
}

Owned<SSL_CTX> context_for(const TlsClientWish& wish) {
  Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);  // ours must not be what refuses
  SSL_CTX_set_min_proto_version(context.get(), number_of(wish.version));
  SSL_CTX_set_max_proto_version(context.get(), number_of(wish.version));
  if (!wish.ciphers.empty()) SSL_CTX_set_cipher_list(context.get(), wish.ciphers.c_str());
  if (!wish.authority.empty()) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), read_certificate(wish.authority).get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  if (wish.identity) {
    SSL_CTX_use_certificate(context.get(), read_certificate(wish.identity->certificate).get());
    const Owned<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(memory_of(wish.identity->key).get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_PrivateKey(context.get(), key.get());
  }
  return context;
}

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  return socket;
}

}  // namespace

struct TlsClient::Parts {
  ~Parts() {
    session.reset();
    if (socket >= 0) ::close(socket);
  }
  bool fill() {
    char bytes[16384];
    ERR_clear_error();
    const int count = SSL_read(session.get(), bytes, sizeof bytes);
    if (count > 0) buffer.append(bytes, std::size_t(count));
    return count > 0;
  }

  int socket = -1;
  Owned<SSL_CTX> context;
  Owned<SSL> session;
  std::string buffer;
  std::string failure;
  bool open = false;
};

TlsClient::TlsClient(int port, const TlsClientWish& wish) : parts_(std::make_unique<Parts>()) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  parts_->socket = connect_to(port);
  if (!wish.preamble.empty()) {
    (void)::send(parts_->socket, wish.preamble.data(), wish.preamble.size(), MSG_NOSIGNAL);
  }
  parts_->context = context_for(wish);
  parts_->session.reset(SSL_new(parts_->context.get()));
  SSL_set_fd(parts_->session.get(), parts_->socket);
  ERR_clear_error();
  parts_->open = SSL_connect(parts_->session.get()) == 1;
  if (parts_->open) return;
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  parts_->failure = reason == nullptr ? "closed" : reason;
}

TlsClient::~TlsClient() = default;
TlsClient::TlsClient(TlsClient&&) noexcept = default;

bool TlsClient::is_open() const { return parts_->open; }
std::string TlsClient::failure() const { return parts_->failure; }
std::string TlsClient::version() const { return SSL_get_version(parts_->session.get()); }

std::string TlsClient::server_certificate() const {
  const Owned<X509> certificate(SSL_get1_peer_certificate(parts_->session.get()));
  if (!certificate) return "";
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate.get());
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &bytes);
  return std::string(bytes, std::size_t(length));
}

bool TlsClient::send(const std::string& bytes) {
  std::size_t done = 0;
  ERR_clear_error();
  while (done < bytes.size()) {
    const int count = SSL_write(parts_->session.get(), bytes.data() + done, int(bytes.size() - done));
    if (count <= 0) return false;
    done += std::size_t(count);
  }
  return true;
}

std::optional<HttpAnswer> TlsClient::read_answer() {
  return take_answer(parts_->buffer, [this] { return parts_->fill(); });
}

static HttpAnswer expect(std::optional<HttpAnswer> answer) {
  if (!answer) throw std::runtime_error("the TLS connection ended without an answer");
  return *std::move(answer);
}

HttpAnswer TlsClient::post(const std::string& path, const std::string& body) {
  send(post_request(path, body));
  return expect(read_answer());
}

HttpAnswer TlsClient::get(const std::string& path) {
  send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  return expect(read_answer());
}

bool TlsClient::survives_renegotiation() {
  SSL* const session = parts_->session.get();
  ERR_clear_error();
  if (SSL_renegotiate(session) != 1 || SSL_do_handshake(session) != 1) return false;
  return send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n") && read_answer().has_value();
}

bool TlsClient::survives_key_update() {
  if (SSL_key_update(parts_->session.get(), SSL_KEY_UPDATE_REQUESTED) != 1) return false;
  return send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n") && read_answer().has_value();
}

bool TlsClient::is_closed() {
  while (parts_->fill()) {
  }
  // OpenSSL also stops at what it does not like; the socket itself says whether it ended.
  char bytes[4096];
  ssize_t count = 0;
  while ((count = ::recv(parts_->socket, bytes, sizeof bytes, 0)) > 0) {
  }
  return count == 0 || errno == ECONNRESET;
}

}  // namespace tvh::test
