#include "venue_sim/binance/limits.hpp"

#include <algorithm>

#include "venue_sim/binance/api_error.hpp"

namespace tvh::venue_sim::binance {
namespace {

constexpr Milliseconds kMinute = 60'000;
constexpr int kIgnoredBeforeBan = 10;  // the real number is not published

int seconds_until(Milliseconds until, Milliseconds now) {
  return int(std::max<Milliseconds>(1, (until - now + 999) / 1000));
}

}  // namespace

Limits::Limits(LimitTable table, int factor, Milliseconds ban_ms)
    : table_(std::move(table)), ban_ms_(ban_ms), orders_(table_.orders.size()) {
  table_.weight *= factor;
  table_.raw_requests *= factor;
  for (auto& limit : table_.orders) limit.limit *= factor;
}

void Limits::charge(const std::string& name, int weight, Milliseconds now) {
  Peer& peer = peers_[name];
  if (now < peer.banned_until) {
    throw ApiError{-1003,
                   "Way too much request weight used; IP banned until " + std::to_string(peer.banned_until) +
                       ". Please use WebSocket Streams for live updates to avoid bans.",
                   418, seconds_until(peer.banned_until, now)};
  }
  const Milliseconds start = now - now % kMinute;
  if (peer.weight.start != start) {
    peer.weight = {start, 0};
    peer.ignored = 0;
  }
  peer.weight.used += weight;
  if (peer.weight.used <= table_.weight) return;
  if (++peer.ignored > kIgnoredBeforeBan) peer.banned_until = now + ban_ms_;
  throw ApiError{-1003,
                 "Too much request weight used; current limit is " + std::to_string(table_.weight) +
                     " request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid "
                     "polling the API.",
                 429, seconds_until(start + kMinute, now)};
}

void Limits::check_orders(int count, Milliseconds now) {
  for (const auto& limit : table_.orders) {
    if (used_orders(limit, now) + count <= limit.limit) continue;
    const Milliseconds end = now - now % limit.length + limit.length;
    throw ApiError{-1015,
                   "Too many new orders; current limit is " + std::to_string(limit.limit) + " orders per " +
                       std::to_string(limit.interval_count) + " " + limit.interval + ".",
                   429, seconds_until(end, now)};
  }
}

void Limits::count_orders(int count, Milliseconds now) {
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    const Milliseconds start = now - now % table_.orders[i].length;
    if (orders_[i].start != start) orders_[i] = {start, 0};
    orders_[i].used += count;
  }
}

void Limits::give_back_order() {
  if (!table_.fills_give_back) return;
  for (auto& window : orders_) window.used = std::max(0, window.used - 1);
}

int Limits::used_weight(const std::string& name, Milliseconds now) const {
  const auto peer = peers_.find(name);
  if (peer == peers_.end() || peer->second.weight.start != now - now % kMinute) return 0;
  return peer->second.weight.used;
}

int Limits::used_orders(const OrderLimit& limit, Milliseconds now) const {
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    if (table_.orders[i].header != limit.header) continue;
    return orders_[i].start == now - now % limit.length ? orders_[i].used : 0;
  }
  return 0;
}

}  // namespace tvh::venue_sim::binance
