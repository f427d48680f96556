#include "contract/exchange_stand.hpp"

#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/signal.hpp"

namespace tvh::test {

namespace {

using Json = nlohmann::json;

// The stop case sells what it bought, and a commission is taken from that: hence the BTC.
std::vector<std::string> arguments_for(const std::string& kind, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"--venue",    kind,        "--price",  "BTCUSDT=50000", "--balance",
                               "USDT=10000", "--api-key", kCanaryKey, "--api-secret",  kCanarySecret};
  if (kind == "binance_spot") all.insert(all.end(), {"--balance", "BTC=1"});
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

std::string text_of(const Json& row, const char* name) {
  return row.contains(name) && row[name].is_string() ? row[name].get<std::string>() : "";
}

}  // namespace

ExchangeStand::ExchangeStand(const std::string& kind, const std::vector<std::string>& arguments)
    : kind_(kind),
      home_(kind == "binance_spot" ? "BTCUSDT" : "BTCUSDT.P"),
      simulator_(arguments_for(kind, arguments)) {
  restart();
}

void ExchangeStand::restart() { restart_with(kCanaryKey, kCanarySecret); }

void ExchangeStand::restart_with(const std::string& key, const std::string& secret) {
  venue_.reset();
  venues::Access access;
  access.venue = "sim";
  access.kind = kind_;
  access.mode = "testnet";
  access.api_key = Secret(key);
  access.api_secret = Secret(secret);
  access.base_url = simulator_.url();
  auto venue = venues::open_exchange(std::move(access), clock_, nullptr);
  if (!venue) throw std::runtime_error(venue.error().message);
  venue_ = std::move(*venue);
  venue_->watch_orders([this](venue::OrderUpdate update) { updates.push_back(std::move(update)); });
}

void ExchangeStand::move_market(const std::string& instrument, const Decimal& price) {
  simulator_.set_price(model::symbol_of(instrument), price.to_string());
}

void ExchangeStand::pass_time(std::chrono::milliseconds most) {
  auto wait = most;
  if (const auto due = venue_->next_due()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - clock_.steady());
    wait = std::clamp(left, std::chrono::milliseconds(0), most);
  }
  pollfd watched{venue_->wait_fd(), POLLIN, 0};
  ::poll(&watched, 1, int(wait.count()));
  venue_->run_due();
}

Decimal ExchangeStand::position(const std::string& instrument) {
  for (const Json& row : Json::parse(simulator_.get("positions"))) {
    if (text_of(row, "symbol") == model::symbol_of(instrument))
      return Decimal::from_trusted(text_of(row, "quantity"));
  }
  return {};
}

std::string ExchangeStand::order_path() const {
  return kind_ == "binance_spot" ? "/api/v3/order" : "/fapi/v1/order";
}

std::string ExchangeStand::time_path() const {
  return kind_ == "binance_spot" ? "/api/v3/time" : "/fapi/v1/time";
}

std::vector<ExchangeStand::SimulatedOrder> ExchangeStand::orders() {
  std::vector<SimulatedOrder> all;
  for (const Json& row : Json::parse(simulator_.get("orders"))) {
    all.push_back({text_of(row, "client_id"), text_of(row, "status"), text_of(row, "quantity"),
                   text_of(row, "price"), text_of(row, "trigger_price")});
  }
  return all;
}

std::vector<ExchangeStand::SimulatedRequest> ExchangeStand::requests() {
  std::vector<SimulatedRequest> all;
  for (const Json& row : Json::parse(simulator_.get("requests"))) {
    all.push_back(
        {text_of(row, "method"), text_of(row, "path"), text_of(row, "params"), row["status"].get<int>()});
  }
  return all;
}

int ExchangeStand::placed() {
  const auto all = requests();
  return int(std::count_if(all.begin(), all.end(), [&](const SimulatedRequest& one) {
    return one.method == "POST" && one.path == order_path();
  }));
}

}  // namespace tvh::test
