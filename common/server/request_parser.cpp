// Boost 1.74 in C++20 needs <utility> first.
#include "server/request_parser.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace tvh::server {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = beast::error_code;

constexpr Fault kMalformed{400, "malformed_request", "this is not an HTTP/1.1 request"};

// What the checks of RFC 9112 need to remember while the header is read.
struct Framing {
  std::size_t fields = 0;
  std::size_t hosts = 0;
  std::size_t content_lengths = 0;
  bool transfer_encoding = false;
  bool expects_continue = false;
};

bool has_bare_line_feed(std::string_view bytes) {
  for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return true;
  }
  return false;
}

}  // namespace

struct RequestParser::Implementation {
  class Parser final : public http::basic_parser<true> {
   public:
    explicit Parser(Implementation& owner) : owner_(owner) {
      // The bound is ours, so that path and method are judged before size. (1.74 takes "none" for zero.)
      body_limit(std::numeric_limits<std::uint64_t>::max());
      header_limit(std::uint32_t(owner.limits.header_bytes));
    }

   private:
    void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                         ErrorCode& error) override {
      owner_.on_request({method.data(), method.size()}, {target.data(), target.size()}, version, error);
    }
    void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
    void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                       ErrorCode& error) override {
      if (is_header_done()) return;  // trailers are read and forgotten
      owner_.on_field(field, value, error);
      if (field == http::field::unknown && beast::iequals(name, "X-Forwarded-For")) owner_.on_forwarded(value);
    }
    void on_header_impl(ErrorCode& error) override { owner_.on_header(error); }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override {
      owner_.body.append(bytes.data(), bytes.size());
      return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t size, beast::string_view, ErrorCode& error) override {
      if (size > owner_.limits.body_bytes - owner_.body.size()) {
        owner_.refuse(kTooLarge, error);
      }
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, ErrorCode&) override {
      owner_.body.append(bytes.data(), bytes.size());
      return bytes.size();
    }
    void on_finish_impl(ErrorCode&) override {}

    Implementation& owner_;
  };

  explicit Implementation(const Limits& bounds) : limits(bounds) { parser.emplace(*this); }

  void on_forwarded(beast::string_view value) {
    if (!forwarded_for.empty()) forwarded_for += ',';
    forwarded_for.append(value.data(), value.size());
  }

  void refuse(const Fault& reason, ErrorCode& error) {
    fault = reason;
    error = http::error::bad_value;
  }

  void on_request(std::string_view method, std::string_view target, int version, ErrorCode& error) {
    head.method.assign(method);
    head.path.assign(target.substr(0, target.find('?')));
    http_1_0 = version < 11;
    if (!target.starts_with('/')) refuse({400, "malformed_request", "the target does not start with /"}, error);
  }

  void on_field(http::field field, beast::string_view value, ErrorCode& error) {
    // Beast unfolds a folded line into a buffer of its own; every other value lies in what it was fed.
    const auto address = reinterpret_cast<std::uintptr_t>(value.data());
    const auto fed_begin = reinterpret_cast<std::uintptr_t>(fed.data());
    if (!value.empty() && (address < fed_begin || address > fed_begin + fed.size())) {
      return refuse({400, "malformed_request", "a header line is folded"}, error);
    }
    if (++framing.fields > limits.header_fields) {
      return refuse({431, "header_too_large", "too many header fields"}, error);
    }
    switch (field) {
      case http::field::host:
        if (++framing.hosts > 1) refuse({400, "malformed_request", "Host is given twice"}, error);
        return;
      case http::field::content_length:
        // Equal ones too: two readers of one connection must never disagree where a request ends.
        if (++framing.content_lengths > 1 || value.find(',') != beast::string_view::npos) {
          refuse({400, "malformed_request", "Content-Length is given twice"}, error);
        }
        return;
      case http::field::transfer_encoding:
        framing.transfer_encoding = true;
        if (!beast::iequals(value, "chunked")) {
          refuse({501, "unsupported_encoding", "the only Transfer-Encoding understood is chunked"}, error);
        }
        return;
      case http::field::content_encoding:
        return refuse({415, "unsupported_encoding", "send the body without a Content-Encoding"}, error);
      case http::field::expect:
        framing.expects_continue = beast::iequals(value, "100-continue");
        if (!framing.expects_continue) {
          refuse({417, "unsupported_expectation", "the only expectation understood is 100-continue"}, error);
        }
        return;
      default:
        return;
    }
  }

  void on_header(ErrorCode& error) {
    if (!http_1_0 && framing.hosts == 0) return refuse({400, "malformed_request", "Host is missing"}, error);
    if (framing.transfer_encoding && http_1_0) {
      return refuse({400, "malformed_request", "HTTP/1.0 knows no Transfer-Encoding"}, error);
    }
    if (const auto length = parser->content_length()) head.content_length = *length;
    keep_alive = parser->keep_alive();
    const bool has_body = framing.transfer_encoding || head.content_length.value_or(0) > 0;
    if (has_body && (head.method == "GET" || head.method == "HEAD")) {
      return refuse({400, "malformed_request", "a GET has no body"}, error);
    }
    if (framing.content_lengths == 0 && !framing.transfer_encoding && head.method == "POST") {
      return refuse({411, "length_required", "a POST needs a Content-Length"}, error);
    }
  }

  void note_state(const ErrorCode& error) {
    if (error && error != http::error::need_more) {
      if (fault.status == 0) {
        fault = error == http::error::header_limit
                    ? Fault{431, "header_too_large", "the header is over the bound"}
                    : kMalformed;
      }
      state = State::faulty;
    } else if (parser->is_done()) {
      state = State::complete;
    } else if (parser->is_header_done()) {
      state = State::body;
    }
  }

  const Limits& limits;
  std::string_view fed;          // during feed()
  std::optional<Parser> parser;  // rebuilt for each request: Beast's cannot be used twice
  RequestHead head;
  Sender peer;
  std::string forwarded_for;
  std::string body;
  Fault fault;
  Framing framing;
  State state = State::head;
  std::size_t header_bytes = 0;
  bool begun = false;
  bool http_1_0 = false;
  bool keep_alive = false;
};

RequestParser::RequestParser(const Limits& limits)
    : implementation_(std::make_unique<Implementation>(limits)) {}
RequestParser::~RequestParser() = default;

void RequestParser::set_peer(Sender peer) {
  set_source(peer);
  implementation_->peer = std::move(peer);
}

void RequestParser::set_source(const Sender& sender) {
  implementation_->head.source = sender.text;
  implementation_->head.address = sender.address;
}

void RequestParser::set_certificate(const PeerCertificate* certificate) {
  implementation_->head.certificate = certificate;
}

std::size_t RequestParser::feed(std::string_view bytes) {
  Implementation& self = *implementation_;
  std::size_t taken = 0;
  if (!self.begun) {
    // RFC 9112, 2.2: ignore empty lines before a request line.
    while (taken < bytes.size() && (bytes[taken] == '\r' || bytes[taken] == '\n')) ++taken;
    if (taken == bytes.size()) return taken;
    self.begun = true;
  }
  const bool in_head = self.state == State::head;
  self.fed = bytes;
  ErrorCode error;
  const std::size_t parsed =
      self.parser->put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
  taken += parsed;
  if (in_head) {
    // Beast's own limit starts anew with every piece.
    self.header_bytes += parsed;
    if (self.header_bytes > self.limits.header_bytes && !error) error = http::error::header_limit;
    if (error == http::error::need_more &&
        self.header_bytes + (bytes.size() - taken) > self.limits.header_bytes) {
      error = http::error::header_limit;
    }
    // Beast waits for the end of a line that has its end already, as others read it.
    if (error == http::error::need_more && has_bare_line_feed(bytes.substr(taken))) {
      error = http::error::bad_line_ending;
    }
  } else if (error == http::error::need_more && bytes.size() - taken > self.limits.header_bytes) {
    error = http::error::bad_chunk_extension;  // a chunk's header without an end
  } else if (error == http::error::need_more && has_bare_line_feed(bytes.substr(taken))) {
    error = http::error::bad_chunk;  // Beast leaves nothing over but a chunk's header, or trailers
  }
  self.note_state(error);
  return taken;
}

RequestParser::State RequestParser::state() const { return implementation_->state; }
bool RequestParser::begun() const { return implementation_->begun; }
const RequestHead& RequestParser::head() const { return implementation_->head; }
const Fault& RequestParser::fault() const { return implementation_->fault; }
bool RequestParser::keep_alive() const { return implementation_->keep_alive; }
bool RequestParser::is_http_1_0() const { return implementation_->http_1_0; }
bool RequestParser::expects_continue() const { return implementation_->framing.expects_continue; }
const std::string& RequestParser::forwarded_for() const { return implementation_->forwarded_for; }
std::size_t RequestParser::body_memory() const { return implementation_->body.capacity(); }
std::string RequestParser::take_body() { return std::exchange(implementation_->body, {}); }

void RequestParser::restart() {
  Implementation& self = *implementation_;
  self.parser.emplace(self);
  self.head.method.clear();
  self.head.path.clear();
  self.head.content_length.reset();
  if (self.head.address != self.peer.address) set_source(self.peer);
  self.forwarded_for.clear();
  self.body.clear();
  self.fault = {};
  self.framing = {};
  self.state = State::head;
  self.header_bytes = 0;
  self.begun = false;
  self.http_1_0 = false;
  self.keep_alive = false;
}

}  // namespace tvh::server
