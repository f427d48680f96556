#include "venue_sim/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>

namespace tvh::venue_sim {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;

constexpr std::uint64_t kMaxBodyBytes = 1024 * 1024;
constexpr auto kLongestSilence = std::chrono::seconds(60);
constexpr auto kLongestHold = std::chrono::milliseconds(200);

class AsioServer;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(AsioServer& server, tcp::socket socket);
  void start() { read(); }
  void write(Answer answer, bool truncate);

 private:
  void read();
  void on_request();
  void deliver(Delivery delivery);
  void close();
  void reset();

  AsioServer& server_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string peer_;
  std::string bytes_;
  Request request_;
  bool keep_alive_ = true;
};

class AsioServer final : public Server {
 public:
  explicit AsioServer(World& world) : world_(world), acceptor_(context_), due_(context_), signals_(context_) {}

  Result<void> open(const std::string& host, int port) {
    Code error;
    const auto address = asio::ip::make_address(host, error);
    if (error || !address.is_loopback())
      return fail(Errc::usage, host + " is no loopback address; give 127.0.0.1:PORT");
    const tcp::endpoint endpoint(address, static_cast<unsigned short>(port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return fail(Errc::unavailable,
                  "listening on " + host + ":" + std::to_string(port) + ": " + error.message());
    host_ = address.is_v6() ? "[" + host + "]" : host;
    return {};
  }

  std::string base_url() const override { return "http://" + host_ + ":" + std::to_string(port()); }
  int port() const override { return acceptor_.local_endpoint().port(); }
  void run() override {
    accept();
    context_.run();
  }
  void stop() override { context_.stop(); }
  void on_signals() override {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](const Code& error, int) {
      if (!error) context_.stop();
    });
  }

  World& world() { return world_; }
  asio::io_context& context() { return context_; }

  // Something may have been postponed: the timer is set to what is due first.
  void watch() {
    const auto next = world_.next_due();
    if (!next) return;
    due_.expires_after(std::chrono::milliseconds(*next));
    due_.async_wait([this](const Code& error) {
      if (error) return;
      world_.run_due();
      watch();
    });
  }

  void hold(std::shared_ptr<Session> session, Answer answer) {
    held_.push_back({std::move(session), std::move(answer)});
  }
  // An answer went out: those that wait for another one follow.
  void release_held() {
    auto held = std::move(held_);
    held_.clear();
    for (auto& [session, answer] : held) session->write(std::move(answer), false);
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const Code& error, tcp::socket socket) {
      if (error) return;
      std::make_shared<Session>(*this, std::move(socket))->start();
      accept();
    });
  }

  struct Held {
    std::shared_ptr<Session> session;
    Answer answer;
  };

  World& world_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer due_;
  asio::signal_set signals_;
  std::string host_;
  std::list<Held> held_;
};

Session::Session(AsioServer& server, tcp::socket socket)
    : server_(server), socket_(std::move(socket)), timer_(server.context()) {
  Code error;
  socket_.set_option(tcp::no_delay(true), error);
  const auto endpoint = socket_.remote_endpoint(error);
  peer_ = error ? "unknown" : endpoint.address().to_string();
}

void Session::read() {
  parser_.emplace();
  parser_->body_limit(kMaxBodyBytes);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](const Code& error, std::size_t) {
    if (error) return self->close();
    self->on_request();
  });
}

void Session::on_request() {
  const auto& message = parser_->get();
  request_ = {};
  request_.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto mark = std::min(target.find('?'), target.size());
  request_.path = target.substr(0, mark);
  request_.query = target.substr(std::min(mark + 1, target.size()));
  request_.body = message.body();
  request_.peer = peer_;
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    request_.headers[name] = std::string(field.value());
  }
  keep_alive_ = message.keep_alive();
  const auto admission = server_.world().admit(request_);
  const auto serve = [self = shared_from_this(), admission] {
    self->deliver(self->server_.world().serve(self->request_, admission));
    self->server_.watch();
  };
  if (admission.latency_ms == 0) return serve();
  timer_.expires_after(std::chrono::milliseconds(admission.latency_ms));
  timer_.async_wait([serve](const Code& error) {
    if (!error) serve();
  });
}

void Session::deliver(Delivery delivery) {
  const auto self = shared_from_this();
  if (delivery.delay_ms > 0) {
    timer_.expires_after(std::chrono::milliseconds(delivery.delay_ms));
    delivery.delay_ms = 0;
    timer_.async_wait([self, delivery = std::move(delivery)](const Code& error) mutable {
      if (!error) self->deliver(std::move(delivery));
    });
    return;
  }
  switch (delivery.kind) {
    case Delivery::Kind::send:
      write(std::move(delivery.answer), false);
      if (delivery.of_the_venue) server_.release_held();
      return;
    case Delivery::Kind::truncate:
      return write(std::move(delivery.answer), true);
    case Delivery::Kind::close:
      return close();
    case Delivery::Kind::reset:
      return reset();
    case Delivery::Kind::hold:
      server_.hold(self, std::move(delivery.answer));
      timer_.expires_after(kLongestHold);
      timer_.async_wait([self](const Code& error) {
        if (!error) self->server_.release_held();
      });
      return;
    case Delivery::Kind::never:
      timer_.expires_after(kLongestSilence);
      timer_.async_wait([self](const Code&) { self->close(); });
      // Until the client gives up, by closing or by sending more.
      return socket_.async_read_some(buffer_.prepare(1), [self](const Code&, std::size_t) {
        self->timer_.cancel();
        self->close();
      });
  }
}

void Session::write(Answer answer, bool truncate) {
  timer_.cancel();
  http::response<http::string_body> response(http::int_to_status(static_cast<unsigned>(answer.status)), 11);
  if (answer.status == 418) response.reason("I'm a teapot");
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type,
               answer.body.starts_with('<') ? "text/html" : "application/json;charset=UTF-8");
  for (const auto& [name, value] : answer.headers) response.set(name, value);
  response.keep_alive(keep_alive_ && !truncate);
  response.body() = std::move(answer.body);
  response.prepare_payload();
  std::ostringstream stream;
  stream << response;
  bytes_ = std::move(stream).str();
  // Half of the body, and a Content-Length that promised all of it; an empty body loses part of its headers.
  if (truncate) bytes_.resize(bytes_.size() - std::max<std::size_t>(2, response.body().size() / 2));
  asio::async_write(socket_, asio::buffer(bytes_),
                    [self = shared_from_this(), truncate](const Code& error, std::size_t) {
                      if (error || truncate || !self->keep_alive_) return self->close();
                      self->read();
                    });
}

void Session::close() {
  Code error;
  socket_.shutdown(tcp::socket::shutdown_both, error);
  socket_.close(error);
}

// Closing with a linger of no time sends RST.
void Session::reset() {
  Code error;
  socket_.set_option(asio::socket_base::linger(true, 0), error);
  socket_.close(error);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, World& world) {
  const auto colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && address.size() - colon - 1 <= 5) {
    const std::string digits = address.substr(colon + 1);
    if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos)
      port = std::stoi(digits);
  }
  if (port < 0 || port > 65535) return fail(Errc::usage, address + ": give HOST:PORT, such as 127.0.0.1:0");
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  auto server = std::make_unique<AsioServer>(world);
  TVH_CHECK(server->open(host, port));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace tvh::venue_sim
