#include "bench/server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "bench/load_generator.hpp"
#include "cli/log.hpp"
#include "engine/identity.hpp"
#include "journal/open.hpp"
#include "tvhook-listen/listener.hpp"

namespace tvh::bench {

namespace {

// Stores nothing and says so at once.
class NoStore final : public journal::AlertStore {
 public:
  Result<std::vector<journal::Stored>> append_arrivals(std::span<const journal::Arrival> arrivals) override {
    std::vector<journal::Stored> stored(arrivals.size());
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      if (!arrivals[i].signal) continue;
      stored[i].kind = journal::Stored::Kind::accepted;
      stored[i].signal_id = arrivals[i].signal->id;
    }
    return stored;
  }
  void maintain(journal::Upkeep) override {}
  Result<std::vector<journal::KeptAlert>> read_last_alerts(Nanoseconds, TimePoint) override {
    return std::vector<journal::KeptAlert>();
  }
  Result<void> probe() override { return {}; }
  Result<void> note_all_answered() override { return {}; }
};

void run_listener(journal::AlertStore& store, int in, int out) {
  SystemClock clock;
  cli::Log log(::open("/dev/null", O_WRONLY | O_CLOEXEC), "tvhook-listen", cli::LogLevel::info,
               cli::LogFormat::text);
  ListenerSettings settings;
  settings.intake.secrets.push_back({"main", Secret(std::string(kBenchSecret))});
  settings.intake.resend_window = [](const std::string&) { return engine::kDefaultResendWindow; };
  settings.intake.hash_key = std::string(32, 'k');
  Listener listener(settings, store, clock, log);
  if (const auto started = listener.start(); !started) throw std::runtime_error(started.error().message);
  const std::string url = listener.url();
  const auto colon = url.rfind(':');
  send_value(out, std::uint16_t(std::atoi(url.c_str() + colon + 1)));
  char byte = 0;
  [[maybe_unused]] const ssize_t told = ::read(in, &byte, 1);
  listener.stop();
}

void run_echo(int out) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listening, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening, 16) != 0 ||
      ::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no socket to echo on");
  }
  send_value(out, std::uint16_t(ntohs(address.sin_port)));
  constexpr std::string_view kAnswer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 62\r\n\r\n"
      "{\"status\":\"accepted\",\"id\":\"abcdefghijklmnopqrstuvwxyz\"}        ";
  std::array<char, 4096> bytes{};
  for (;;) {
    const int fd = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (::recv(fd, bytes.data(), bytes.size(), 0) > 0) {
      if (::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::close(fd);
  }
}

}  // namespace

Child start_child(const std::function<void(int in, int out)>& body) {
  int down[2];
  int up[2];
  if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(down[1]);
    ::close(up[0]);
    try {
      body(down[0], up[1]);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bench: %s\n", error.what());
      std::_Exit(1);
    }
    std::_Exit(0);
  }
  ::close(down[0]);
  ::close(up[1]);
  return {pid, down[1], up[0]};
}

// A byte, because a later child may hold a copy of the pipe's end open.
void finish(const Child& child) {
  [[maybe_unused]] const ssize_t told = ::write(child.to_child, "", 1);
  ::close(child.to_child);
  ::waitpid(child.pid, nullptr, 0);
  ::close(child.from_child);
}

Server start_server(const std::string& name, const std::string& journal) {
  Server server{name, start_child([&](int in, int out) {
                  if (journal.empty()) {
                    NoStore store;
                    return run_listener(store, in, out);
                  }
                  auto store = journal::open_alert_store(journal);
                  if (!store) throw std::runtime_error(store.error().message);
                  run_listener(**store, in, out);
                })};
  server.port = receive_value<std::uint16_t>(server.child.from_child);
  return server;
}

Server start_echo() {
  Server server{"echo", start_child([](int in, int out) {
                  static_cast<void>(in);
                  run_echo(out);
                })};
  server.port = receive_value<std::uint16_t>(server.child.from_child);
  return server;
}

double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec now{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &now) != 0) return 0;
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

}  // namespace tvh::bench
