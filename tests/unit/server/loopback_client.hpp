// A client that does to a server what the tests of its edges need: half requests, resets, interim answers.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace tvh::test {

inline std::string post_text(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class LoopbackClient {
 public:
  struct Answer {
    int status = 0;
    std::string head;
    std::string body;
    // The value of a header, "" when there is none.
    std::string header(const std::string& name) const {
      const auto at = head.find("\r\n" + name + ": ");
      if (at == std::string::npos) return "";
      const auto begin = at + name.size() + 4;
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };

  LoopbackClient() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  explicit LoopbackClient(std::uint16_t port) : LoopbackClient() { connect(port); }
  // From another address of this machine, "127.0.0.2".
  LoopbackClient(std::uint16_t port, const char* from) : LoopbackClient() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::inet_addr(from);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind");
    }
    connect(port);
  }
  LoopbackClient(LoopbackClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}
  LoopbackClient& operator=(LoopbackClient&&) = delete;
  ~LoopbackClient() { close(); }

  void connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }

  // False when the other side has closed.
  bool send(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (count <= 0) return false;
      done += std::size_t(count);
    }
    return true;
  }

  std::optional<Answer> post(const std::string& path, const std::string& body) {
    send(post_text(path, body));
    return read_answer();
  }

  // Nothing when the other side closed or reset first.
  std::optional<Answer> read_answer() {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return std::nullopt;
    }
    Answer answer;
    answer.head = buffer_.substr(0, end + 2);
    answer.status = std::stoi(answer.head.substr(9, 3));
    buffer_.erase(0, end + 4);
    const std::string length = answer.header("Content-Length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < wanted) {
      if (!fill()) return std::nullopt;
    }
    answer.body = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    return answer;
  }

  // Everything until the other side closes.
  std::string read_to_end() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
  }

  // The other side closed, in order or not; what it said before is thrown away.
  bool is_closed() {
    read_to_end();
    return true;
  }

  // The other side threw away what was sent to it, or all of the connection.
  bool is_reset() {
    pollfd watched{fd_, 0, 0};
    return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLERR | POLLHUP)) != 0;
  }

  bool answer_waits(std::chrono::milliseconds patience) {
    pollfd watched{fd_, POLLIN, 0};
    return ::poll(&watched, 1, int(patience.count())) > 0;
  }

  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  // Goes away without a word: the server's next write meets a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

 private:
  bool fill() {
    char bytes[16384];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      throw std::runtime_error("no answer within a minute");
    if (count > 0) buffer_.append(bytes, std::size_t(count));
    return count > 0;
  }

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace tvh::test
