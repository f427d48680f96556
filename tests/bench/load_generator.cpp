#include "bench/load_generator.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <vector>

namespace tvh::bench {

namespace {

using Clock = std::chrono::steady_clock;

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the listener");
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

double cpu_seconds_of_this_process() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

// Bytes of the answer at the front of `text`, 0 while it is incomplete.
std::size_t answer_length(std::string_view text) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  static constexpr std::string_view kLength = "Content-Length: ";
  const auto at = text.find(kLength);
  if (at == std::string_view::npos || at > end) throw std::runtime_error("an answer without a length");
  std::size_t length = 0;
  std::from_chars(text.data() + at + kLength.size(), text.data() + end, length);
  const std::size_t whole = end + 4 + length;
  return text.size() >= whole ? whole : 0;
}

class Generator {
 public:
  explicit Generator(const Load& load) : load_(load), number_(load.first_alert), epoll_(::epoll_create1(0)) {
    for (int i = 0; i < load.connections; ++i) {
      const int fd = connect_to(load.port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u32 = std::uint32_t(i);
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
      connections_.push_back({fd, {}, {}});
    }
  }
  ~Generator() {
    for (const auto& connection : connections_) ::close(connection.fd);
    ::close(epoll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  LoadResult run() {
    const auto begin = Clock::now();
    const double cpu_begin = cpu_seconds_of_this_process();
    const auto end = begin + load_.duration;
    for (auto& connection : connections_) send_next(connection);
    std::size_t waiting = connections_.size();
    std::array<epoll_event, 128> events{};
    while (waiting > 0) {
      const int count = ::epoll_wait(epoll_, events.data(), int(events.size()), 10'000);
      if (count <= 0) throw std::runtime_error("no answer for 10 s");
      const bool over = Clock::now() >= end;
      for (int i = 0; i < count; ++i) {
        Connection& connection = connections_[events[std::size_t(i)].data.u32];
        if (!read_answer(connection)) continue;
        if (over) {
          --waiting;
        } else {
          send_next(connection);
        }
      }
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result_.cpu_seconds = cpu_seconds_of_this_process() - cpu_begin;
    note_percentiles();
    return result_;
  }

 private:
  struct Connection {
    int fd = -1;
    Clock::time_point sent{};
    std::string partial;
  };

  void note_percentiles() {
    if (latencies_.empty()) return;
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [this](double part) {
      return latencies_[std::size_t(part * double(latencies_.size() - 1))];
    };
    result_.p50 = at(0.5);
    result_.p99 = at(0.99);
    result_.p999 = at(0.999);
  }

  void send_next(Connection& connection) {
    const std::string body = alert_text(number_++, load_.author_ids);
    request_ = "POST " + load_.path +
               " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: ";
    request_ += std::to_string(body.size());
    request_ += "\r\nContent-Type: application/json; charset=utf-8\r\nAccept-Encoding: gzip\r\n\r\n";
    request_ += body;
    connection.sent = Clock::now();
    if (::send(connection.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != ssize_t(request_.size())) {
      throw std::runtime_error("the listener does not take a request");
    }
  }

  // True when a whole answer was there.
  bool read_answer(Connection& connection) {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(connection.fd, bytes.data(), bytes.size(), 0);
    if (count <= 0) throw std::runtime_error("the listener closed a connection");
    std::string_view text(bytes.data(), std::size_t(count));
    if (!connection.partial.empty()) {
      connection.partial += text;
      text = connection.partial;
    }
    if (answer_length(text) == 0) {
      connection.partial = std::string(text);
      return false;
    }
    const bool accepted =
        text.starts_with("HTTP/1.1 200") && text.find("\"accepted\"") != std::string_view::npos;
    ++(accepted ? result_.accepted : result_.other);
    connection.partial.clear();
    latencies_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - connection.sent).count());
    return true;
  }

  const Load load_;
  std::uint64_t number_;
  int epoll_;
  std::vector<Connection> connections_;
  std::string request_;
  LoadResult result_;
  std::vector<double> latencies_;
};

}  // namespace

// Strategy tester's usual shape. Time and quantity change, so that neither rule of identity takes two for one.
std::string alert_text(std::uint64_t number, bool author_id) {
  const std::string id = author_id ? ",\"signal_id\":\"trade " + std::to_string(number) + "\"" : "";
  std::array<char, 512> text{};
  const int length = std::snprintf(
      text.data(), text.size(),
      "{\"secret\":\"%s\",\"strategy\":\"ma_cross_%u\",\"exchange\":\"BINANCE\",\"symbol\":\"BTCUSDT\","
      "\"action\":\"%s\","
      "\"quantity\":\"0.%08u\",\"price\":\"65000.5\",\"order_id\":\"Long\",\"time\":%llu%s}",
      kBenchSecret.data(), unsigned(number % 7), number % 2 == 0 ? "buy" : "sell",
      unsigned(number % 99'999'999 + 1), static_cast<unsigned long long>(1'795'000'000'000 + number),
      id.c_str());
  return std::string(text.data(), std::size_t(length));
}

LoadResult run_load(const Load& load) { return Generator(load).run(); }

}  // namespace tvh::bench
