// Any bytes as HTTP requests, as a connection feeds them: cut into pieces, one request after another. The first
// byte of the input is the size of the pieces. However it is cut, the same requests come out, within the
// bounds.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/invariant.hpp"
#include "server/forwarded.hpp"
#include "server/request_parser.hpp"

namespace {

using namespace tvh::server;
using State = RequestParser::State;

constexpr int kMaxRequests = 64;

Limits small_limits() {
  Limits limits;
  limits.header_bytes = 512;
  limits.header_fields = 16;
  limits.body_bytes = 256;
  return limits;
}

// What a sequence of requests comes to: method, path and body of each that is complete, and how it ended.
std::string understand(std::string_view bytes, std::size_t piece) {
  static const Limits limits = small_limits();
  static const AddressSet proxies = loopback_addresses();
  RequestParser parser(limits);
  std::string understood;
  std::string offered;
  int requests = 0;
  while (!bytes.empty()) {
    offered += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const State before = parser.state();
      const std::size_t taken = parser.feed(offered);
      TVH_INVARIANT(taken <= offered.size(), "no more is taken than is there");
      offered.erase(0, taken);
      if (parser.state() == State::faulty) return understood + "!";
      // The connection judges by the announced length before it reads on.
      if (parser.state() != State::head && parser.head().content_length.value_or(0) > limits.body_bytes) {
        return understood + ">";
      }
      if (parser.state() == State::complete) {
        const std::string body = parser.take_body();
        TVH_INVARIANT(body.size() <= limits.body_bytes, "a body is within its bound");
        TVH_INVARIANT(parser.head().path.starts_with('/'), "a target is a path");
        (void)forwarded_source(parser.forwarded_for(), proxies);
        understood += parser.head().method + " " + parser.head().path + " " + body + "\n";
        if (++requests == kMaxRequests) return understood;
        parser.restart();
        continue;
      }
      const bool went_on = taken > 0 || parser.state() != before;
      if (offered.empty() || !went_on || parser.state() == State::head) break;
    }
    TVH_INVARIANT(offered.size() <= limits.header_bytes + piece, "what waits is bounded");
  }
  return understood;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] == 0 ? 256 : data[0];
  (void)parse_proxy_header(bytes);
  const std::string whole = understand(bytes, bytes.size());
  const std::string pieces = understand(bytes, piece);
  // A fault may be seen earlier in one of the two; the requests before it are the same.
  const auto complete = [](const std::string& text) { return text.substr(0, text.rfind('\n') + 1); };
  TVH_INVARIANT(complete(whole) == complete(pieces), "pieces do not change what is understood");
  return 0;
}
