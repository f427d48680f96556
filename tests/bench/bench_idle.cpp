// What 1,000 idle connections cost the real tvhook-listen: its memory, and what they do to the answer of
// another one. Plain and with TLS, both in one run.
//   bench_idle [--connections N] [--alerts N]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "support/site.hpp"
#include "support/tls_client.hpp"

namespace {

using namespace tvh::test;

struct Arguments {
  int connections = 1000;
  int alerts = 2000;
};

// Memory of its own that the process holds: what is mapped from files is shared.
double resident_megabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    if (word != "RssAnon:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1024;
  }
  return 0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Microseconds from an alert to its answer, one after the other on one connection.
template <class Client>
double median_answer(Client& client, int alerts, int& number) {
  std::vector<double> times;
  for (int i = 0; i < alerts; ++i) {
    const std::string body = alert_body({.id = std::to_string(number++)});
    const auto begin = std::chrono::steady_clock::now();
    if (client.post("/webhook", body).status != 200) throw std::runtime_error("an alert was not accepted");
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  }
  return median(times);
}

// `make` connects; every connection has had one answer before it idles, as TradingView's would have.
template <class Client, class Make>
void measure(const char* name, const Arguments& arguments, double reach, Listener& listener, const Make& make) {
  int number = 0;
  Client client = make();
  median_answer(client, arguments.alerts, number);  // warm
  const double memory_before = resident_megabytes(listener.process().pid());
  std::vector<double> alone, among;
  std::vector<std::unique_ptr<Client>> idle;
  // In turns, so that a drift of the machine favours neither.
  for (int round = 0; round < 3; ++round) {
    idle.clear();
    alone.push_back(median_answer(client, arguments.alerts, number));
    for (int i = 0; i < arguments.connections; ++i) {
      idle.push_back(std::make_unique<Client>(make()));
      if (idle.back()->get("/health").status != 200) throw std::runtime_error("not well");
    }
    among.push_back(median_answer(client, arguments.alerts, number));
  }
  std::printf(
      "%-6s p50 alone %.0f us, among %d idle %.0f us: %.2f times; memory %.1f MB, before %.1f MB (reach: "
      "%.0f)\n",
      name, median(alone), arguments.connections, median(among), median(among) / median(alone),
      resident_megabytes(listener.process().pid()), memory_before, reach);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--connections") arguments.connections = std::atoi(argv[i + 1]);
    if (std::string(argv[i]) == "--alerts") arguments.alerts = std::atoi(argv[i + 1]);
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  try {
    {
      const Site site;
      Listener listener = site.listen({"--no-stdout", "-q"});
      measure<HttpConnection>("plain", arguments, 20, listener, [&] { return listener.connect(); });
      listener.stop();
    }
    const Site site;
    const IssuedPair pair = TestAuthority().issue();
    write_file(site.file("server.pem"), pair.certificate);
    write_file(site.file("server.key"), pair.key);
    std::filesystem::permissions(site.file("server.key"), std::filesystem::perms(0600));
    Listener listener = site.listen(
        {"--no-stdout", "-q", "--tls-cert", site.file("server.pem"), "--tls-key", site.file("server.key")});
    measure<TlsClient>("TLS", arguments, 100, listener, [&] { return TlsClient(listener.port()); });
    listener.stop();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_idle: %s\n", error.what());
    return 1;
  }
  return 0;
}
