#include "alert_maker.hpp"
#include "support/catch.hpp"
#include "wire/records.hpp"

using namespace tvh;
using test::Random;

namespace {

Decimal random_decimal(Random& random) {
  std::string text = std::to_string(1 + random.below(999'999));
  if (const std::size_t places = random.below(12); places > 0) {
    text = (random.below(2) == 0 ? "0." : text + ".") + std::string(random.below(places), '0') + text;
  }
  return Decimal::from_trusted(text);
}

std::optional<Decimal> maybe_decimal(Random& random) {
  if (random.below(2) == 0) return std::nullopt;
  return random_decimal(random);
}

std::string random_text(Random& random, bool with_controls) {
  std::vector<std::string> pieces{"a",  "Z", "0",  " x", "\"",  "\\",   "/", "é",
                                  "漢", "😀", "{{", ":",  "nan", "null", "'"};
  if (with_controls) pieces.insert(pieces.end(), {"\n", "\t", "\x01"});
  std::string text;
  for (std::size_t i = random.below(8); i > 0; --i) text += random.pick(pieces);
  return text;
}

std::optional<TimePoint> maybe_time(Random& random) {
  if (random.below(2) == 0) return std::nullopt;
  const std::int64_t second = 1'600'000'000 + std::int64_t(random.below(900'000'000));
  const std::int64_t fraction = random.pick(std::vector<std::int64_t>{0, 412'000'000, 412'001'000, 7});
  return from_nanoseconds(second * 1'000'000'000 + fraction);
}

template <class Enum>
Enum any_of(Random& random, std::size_t count) {
  return Enum(random.below(count));
}

model::PositionChange random_position(Random& random) {
  model::PositionChange position;
  position.side = any_of<model::PositionSide>(random, 3);
  const auto size_for = [&](model::PositionSide side) {
    return side == model::PositionSide::flat ? Decimal() : random_decimal(random);
  };
  if (position.side == model::PositionSide::flat || random.below(2) == 0)
    position.size = size_for(position.side);
  if (random.below(2) == 0) {
    position.prev_side = any_of<model::PositionSide>(random, 3);
    if (random.below(2) == 0) position.prev_size = size_for(*position.prev_side);
  }
  return position;
}

void add_order_terms(model::Signal& signal, Random& random) {
  signal.order_type = any_of<model::OrderType>(random, 4);
  const bool limit =
      signal.order_type == model::OrderType::limit || signal.order_type == model::OrderType::stop_limit;
  const bool stop =
      signal.order_type == model::OrderType::stop || signal.order_type == model::OrderType::stop_limit;
  if (limit) signal.limit_price = random_decimal(random);
  if (stop) signal.stop_price = random_decimal(random);
  if (!limit && !stop) signal.price = maybe_decimal(random);
  // On either side of no price at all, a stop alone is always consistent.
  if (!signal.price && !limit && !stop) signal.stop_loss = maybe_decimal(random);
  if (random.below(4) == 0) signal.reduce_only = random.below(2) == 0;
  signal.leverage = random.below(4) == 0 ? maybe_decimal(random) : std::nullopt;
  if (random.below(4) == 0) signal.time_in_force = any_of<model::TimeInForce>(random, 5);
}

model::Signal random_signal(Random& random) {
  model::Signal signal;
  for (int i = 0; i < 26; ++i) signal.id += "abcdefghijklmnopqrstuvwxyz234567"[random.below(32)];
  signal.received_at = maybe_time(random).value_or(from_nanoseconds(1'700'000'000'000'000'001));
  if (std::string name = random_text(random, false); !name.empty()) signal.strategy = name;
  signal.exchange = random.pick(std::vector<std::string>{"", "binance", "nymex"});
  signal.symbol = random.pick(std::vector<std::string>{"BTCUSDT", "1000PEPEUSDT", "ABC"});
  signal.market = any_of<model::Market>(random, 2);
  signal.action = any_of<model::Action>(random, 8);
  if (random.below(2) == 0) signal.quantity = random_decimal(random);
  signal.size_unit = any_of<model::SizeUnit>(random, 7);
  add_order_terms(signal, random);
  signal.trailing_json = random.pick(std::vector<std::string>{"", R"({"percent":1.50})"});
  signal.legs_json = random.pick(std::vector<std::string>{"", R"([{"a":"1e400","b":[]},{}])"});
  signal.order_id = random_text(random, true);
  signal.comment = random_text(random, true);
  signal.bar_time = maybe_time(random);
  signal.fired_at = maybe_time(random);
  signal.timeframe = random.pick(std::vector<std::string>{"", "15", "1D", "fast"});
  if (random.below(3) == 0) signal.max_age = std::chrono::milliseconds(random.below(100'000));
  if (random.below(2) == 0 || signal.action == model::Action::target) {
    signal.position = random_position(random);
    if (signal.action == model::Action::target && !signal.position->size) signal.quantity = Decimal(1);
  }
  signal.signal_id = random_text(random, true);
  signal.bare_id = random_text(random, true);
  signal.extra_json = random.pick(std::vector<std::string>{"", R"({"atr":1.20,"z":{"a":null}})"});
  return signal;
}

}  // namespace

TEST_CASE("record property: every signal reads back from its record as it was") {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed);
    const model::Signal signal = random_signal(random);
    const std::string record = wire::format_signal(signal);
    INFO("seed " << seed << " " << record);
    CHECK(record.find('\n') == std::string::npos);
    const auto back = wire::parse_signal(record);
    if (!back) FAIL(back.error().message);
    REQUIRE(*back == signal);
    REQUIRE(wire::format_signal(*back) == record);
  }
}
