#include "venue_sim/stand/stand.hpp"

#include <stdexcept>

#include "venue_sim/binance/signature.hpp"

namespace tvh::venue_sim {
namespace {

template <class T>
T expect(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

Reply reply_of(const test::HttpAnswer& answer) {
  return {answer.status, nlohmann::json::parse(answer.body, nullptr, false), answer.headers};
}

}  // namespace

WorldOptions stand_options(const std::string& venue) {
  WorldOptions options;
  options.venue.name = venue;
  options.fixed_time_ms = kStart;
  return options;
}

Stand::Stand(WorldOptions options)
    : options_(std::move(options)),
      world_(expect(World::make(options_, clock_))),
      server_(expect(Server::listen("127.0.0.1:0", *world_))),
      thread_([this] { server_->run(); }) {}

Stand::~Stand() {
  server_->stop();
  thread_.join();
}

Client::Client(const Stand& stand)
    : port_(stand.port()),
      key_(stand.options().venue.api_key),
      secret_(stand.options().venue.api_secret),
      connection_(stand.port()) {}

std::string Client::request(const std::string& method, const std::string& path,
                            const std::string& parameters) const {
  std::string query = parameters + (parameters.empty() ? "" : "&") + "recvWindow=" + window +
                      "&timestamp=" + std::to_string(timestamp);
  query += "&signature=" + binance::hmac_hex(secret_, query);
  return method + " " + path + "?" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-MBX-APIKEY: " + key_ +
         "\r\nContent-Length: 0\r\n\r\n";
}

void Client::send(const std::string& method, const std::string& path, const std::string& parameters) {
  connection_.send(request(method, path, parameters));
}

std::optional<Reply> Client::read() {
  const auto answer = connection_.read_answer();
  if (!answer) return std::nullopt;
  return reply_of(*answer);
}

std::optional<Reply> Client::attempt(const std::string& method, const std::string& path,
                                     const std::string& parameters) {
  send(method, path, parameters);
  return read();
}

Reply Client::call(const std::string& method, const std::string& path, const std::string& parameters) {
  auto reply = attempt(method, path, parameters);
  if (!reply) throw std::runtime_error("no answer to " + method + " " + path);
  return *std::move(reply);
}

Reply Client::plain(const std::string& method, const std::string& path, const std::string& query,
                    const std::string& body, const std::string& headers) {
  connection_.send(method + " " + path + (query.empty() ? "" : "?" + query) +
                   " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  auto reply = read();
  if (!reply) throw std::runtime_error("no answer to " + method + " " + path);
  return *std::move(reply);
}

nlohmann::json Client::state(const std::string& what) {
  test::HttpConnection connection(port_);  // ours may have been closed by a fault
  return nlohmann::json::parse(connection.get("/_sim/" + what).body);
}

void Client::wait_for_requests(std::size_t count) {
  for (int look = 0; look < 100'000; ++look) {
    if (state("requests").size() >= count) return;
  }
  throw std::runtime_error("the venue never took " + std::to_string(count) + " requests");
}

void Client::control(const std::string& what, const std::string& body) {
  test::HttpConnection connection(port_);
  const auto answer = connection.post("/_sim/" + what, body);
  if (answer.status != 200) throw std::runtime_error(answer.body);
}

void Client::advance(Milliseconds by) { control("clock", R"({"advance_ms":)" + std::to_string(by) + "}"); }

void Client::price(const std::string& symbol, const std::string& price, const std::string& liquidity) {
  nlohmann::json body{{"symbol", symbol}, {"price", price}};
  if (!liquidity.empty()) body["quantity"] = liquidity;
  control("price", body.dump());
}

void Client::fault(const std::string& name, const std::string& method, const std::string& path) {
  control("fault", nlohmann::json{{"name", name}, {"next", 1}, {"method", method}, {"path", path}}.dump());
}

}  // namespace tvh::venue_sim
