// venue-sim: one simulated exchange until SIGTERM. 0: ended so; 64: usage; 69: the address cannot be had.
#include <unistd.h>

#include <cstdio>

#include "venue_sim/options.hpp"
#include "venue_sim/server.hpp"

int main(int argc, char** argv) {
  using namespace tvh::venue_sim;
  const ParsedOptions parsed = parse_options(argc, argv);
  if (!parsed.options) return parsed.exit_code;
  const tvh::SystemClock clock;
  auto world = World::make(parsed.options->world, clock);
  if (!world) {
    std::fprintf(stderr, "venue-sim: %s\n", world.error().message.c_str());
    return 64;
  }
  auto server = Server::listen(parsed.options->address, **world);
  if (!server) {
    std::fprintf(stderr, "venue-sim: %s\n", server.error().message.c_str());
    return server.error().code == tvh::Errc::usage ? 64 : 69;
  }
  (*server)->on_signals();
  const std::string line = (*server)->base_url() + "\n";
  const int fd = parsed.options->ready_fd >= 0 ? parsed.options->ready_fd : STDOUT_FILENO;
  if (::write(fd, line.data(), line.size()) != ssize_t(line.size())) return 74;
  if (fd != STDOUT_FILENO) ::close(fd);
  (*server)->run();
  return 0;
}
