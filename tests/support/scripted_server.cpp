#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>

namespace tvh::test {

namespace {

constexpr std::chrono::seconds kPatience{60};

ssl_ctx_st* context_with(const IssuedPair& pair) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  BIO* const certificate = BIO_new_mem_buf(pair.certificate.data(), int(pair.certificate.size()));
  BIO* const key = BIO_new_mem_buf(pair.key.data(), int(pair.key.size()));
  X509* const x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
  EVP_PKEY* const private_key = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  const bool done =
      SSL_CTX_use_certificate(context, x509) == 1 && SSL_CTX_use_PrivateKey(context, private_key) == 1;
  EVP_PKEY_free(private_key);
  X509_free(x509);
  BIO_free(key);
  BIO_free(certificate);
  if (!done) throw std::runtime_error("the certificate is not taken");
  return context;
}

}  // namespace

bool Peer::fill() {
  char bytes[16384];
  const auto count =
      tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes) : int(::recv(fd_, bytes, sizeof bytes, 0));
  if (count > 0) buffer_.append(bytes, std::size_t(count));
  return count > 0;
}

std::optional<std::string> Peer::read_request() {
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  std::size_t whole = end + 4;
  const auto length = buffer_.find("Content-Length: ");
  if (length < end) whole += std::stoul(buffer_.substr(length + 16));
  while (buffer_.size() < whole) {
    if (!fill()) return std::nullopt;
  }
  std::string request = buffer_.substr(0, whole);
  buffer_.erase(0, whole);
  on_request_(request);
  return request;
}

void Peer::write(const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto left = bytes.size() - done;
    const auto count = tls_ != nullptr ? SSL_write(tls_, bytes.data() + done, int(left))
                                       : int(::send(fd_, bytes.data() + done, left, MSG_NOSIGNAL));
    if (count <= 0) return;
    done += std::size_t(count);
  }
}

void Peer::answer(const std::string& body, const std::string& head) {
  write(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

ScriptedServer::ScriptedServer(Script script, const std::optional<IssuedPair>& certificate)
    : script_(std::move(script)) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that are gone
  if (certificate) tls_ = context_with(*certificate);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, sizeof address) != 0 || ::listen(listener_, 512) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

std::string ScriptedServer::url(const std::string& path) const {
  return (tls_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
}

void ScriptedServer::accept_all() {
  for (int number = 0;; ++number) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    if (closing_) ::shutdown(fd, SHUT_RDWR);
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

void ScriptedServer::serve(int fd, int number) {
  SSL* const tls = tls_ != nullptr ? SSL_new(tls_) : nullptr;
  if (tls != nullptr) SSL_set_fd(tls, fd);
  if (tls == nullptr || SSL_accept(tls) == 1) {
    Peer peer(fd, tls, [this](const std::string& request) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    });
    script_(peer, number);
  }
  SSL_free(tls);
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), fd));
  ::close(fd);
  ++ended_;
  changed_.notify_all();
}

void ScriptedServer::wait_until_ended(int connections) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return ended_ >= connections; }))
    throw std::runtime_error("the connections did not end");
}

std::vector<std::string> ScriptedServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace tvh::test
