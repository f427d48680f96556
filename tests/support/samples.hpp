// Signals, orders and times for tests, in one line each.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "base/hash.hpp"
#include "model/alert.hpp"
#include "model/instrument.hpp"
#include "model/order.hpp"
#include "model/signal.hpp"

namespace tvh {

inline std::ostream& operator<<(std::ostream& stream, const Decimal& value) {
  return stream << value.to_string();
}

}  // namespace tvh

namespace tvh::test {

inline Decimal dec(std::string_view text) { return Decimal::from_trusted(text); }

// 2026-11-20T10:00:00Z and some seconds.
inline TimePoint at_second(std::int64_t second) {
  return from_nanoseconds((1'795'168'800 + second) * 1'000'000'000);
}

// A valid signal id from a name a person can read.
inline std::string sample_id(std::string_view name) {
  const Digest digest = sha256(name);
  return to_base32(std::span(digest).first(16));
}

struct SampleSignal {
  std::string name = "one";  // of its id
  model::Action action = model::Action::buy;
  std::string symbol = "BTCUSDT";
  std::string quantity = "0.01";  // "" for none
  std::string price = "65000.5";  // "" for none
  std::string strategy = "ma_cross_v1";
  model::Market market = model::Market::spot;
  TimePoint received_at = at_second(0);
};

inline model::Signal make_signal(const SampleSignal& sample) {
  model::Signal signal;
  signal.id = sample_id(sample.name);
  signal.received_at = sample.received_at;
  signal.strategy = sample.strategy;
  signal.symbol = sample.symbol;
  signal.market = sample.market;
  signal.action = sample.action;
  if (!sample.quantity.empty()) signal.quantity = dec(sample.quantity);
  if (!sample.price.empty()) signal.price = dec(sample.price);
  return signal;
}

// "BTCUSDT" or "BTCUSDT.P", without filters.
inline model::Instrument make_instrument(const std::string& name) {
  const bool perp = name.ends_with(".P");
  const auto pair = model::split_symbol(perp ? name.substr(0, name.size() - 2) : name);
  model::Instrument instrument;
  instrument.name = name;
  instrument.market = perp ? model::Market::perp : model::Market::spot;
  instrument.base_asset = pair ? pair->base : "";
  instrument.quote_asset = pair ? pair->quote : "";
  return instrument;
}

// A clock that moves one microsecond at every look, so that what happens in order also carries times in order.
class TickingClock final : public Clock {
 public:
  explicit TickingClock(TimePoint start = at_second(1)) : now_(start) {}
  TimePoint now() const override { return now_ += std::chrono::microseconds(1); }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(now().time_since_epoch()));
  }
  void set(TimePoint at) { now_ = at; }

 private:
  mutable TimePoint now_;
};

}  // namespace tvh::test
