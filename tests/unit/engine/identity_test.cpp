#include "engine/identity.hpp"

#include "support/catch.hpp"

using namespace tvh;
using engine::identity_of;
using model::Action;
using model::Identity;
using model::Signal;

namespace {

Signal sample() {
  Signal signal;
  signal.strategy = "ma";
  signal.exchange = "binance";
  signal.symbol = "BTCUSDT";
  signal.quantity = Decimal::from_trusted("0.01");
  signal.price = Decimal::from_trusted("65000");
  signal.timeframe = "15";
  signal.bar_time = parse_time("2026-11-20T10:15:00Z");
  return signal;
}

Identity identify(const Signal& signal) { return identity_of(signal, engine::kDefaultResendWindow); }

template <class Change>
Signal changed(Signal signal, Change change) {
  change(signal);
  return signal;
}

}  // namespace

TEST_CASE("identity: the author's id decides alone, per strategy") {
  const Signal first = changed(sample(), [](Signal& s) { s.signal_id = "7"; });
  const Identity identity = identify(first);
  CHECK(identity.rule == Identity::Rule::author_id);
  CHECK_FALSE(identity.key_expires);
  CHECK(identify(changed(first, [](Signal& s) {
          s.quantity = Decimal(9);
          s.symbol = "ETHUSDT";
          s.action = Action::sell;
        })).key == identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.strategy = "other"; })).key != identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.signal_id = "8"; })).key != identity.key);
}

TEST_CASE("identity: a bare id is per strategy, symbol and action, and expires") {
  const Signal first = changed(sample(), [](Signal& s) { s.bare_id = "long"; });
  const Identity identity = identify(first);
  CHECK(identity.rule == Identity::Rule::author_id);
  CHECK(identity.key_expires);
  CHECK(identity.event_at == first.bar_time);
  CHECK(identify(changed(first, [](Signal& s) { s.quantity = Decimal(9); })).key == identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.symbol = "ETHUSDT"; })).key != identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.market = model::Market::perp; })).key != identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.action = Action::sell; })).key != identity.key);
  CHECK(identify(changed(first, [](Signal& s) {
          s.signal_id = "long";
          s.bare_id.clear();
        })).key != identity.key);
}

TEST_CASE("identity: with a time, the trade and its bar decide; the reference price does not") {
  const Signal first = sample();
  const Identity identity = identify(first);
  CHECK(identity.rule == Identity::Rule::trade_and_bar);
  CHECK(identity.direction == 1);
  CHECK(identify(changed(first, [](Signal& s) { s.price = Decimal(1); })).key == identity.key);
  CHECK(identify(changed(first, [](Signal& s) { s.received_at = from_nanoseconds(5); })).key == identity.key);
  const auto differs = [&](auto change) { return identify(changed(first, change)).key != identity.key; };
  CHECK(differs([](Signal& s) { s.strategy = "x"; }));
  CHECK(differs([](Signal& s) { s.symbol = "ETHUSDT"; }));
  CHECK(differs([](Signal& s) { s.market = model::Market::perp; }));
  CHECK(differs([](Signal& s) { s.action = Action::sell; }));
  CHECK(differs([](Signal& s) { s.quantity = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.quantity.reset(); }));
  CHECK(differs([](Signal& s) { s.size_unit = model::SizeUnit::quote; }));
  CHECK(differs([](Signal& s) { s.order_id = "long"; }));
  CHECK(differs([](Signal& s) { s.comment = "tp1"; }));
  CHECK(differs([](Signal& s) { s.limit_price = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.stop_price = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.stop_loss = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.take_profit = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.position = model::PositionChange{}; }));
  CHECK(differs([](Signal& s) { s.bar_time = parse_time("2026-11-20T10:30:00Z"); }));
}

TEST_CASE(
    "identity: times of firing within one bar fold together, of a day or without a timeframe they do not") {
  const auto fired = [](const char* at, const char* timeframe) {
    Signal signal = sample();
    signal.bar_time.reset();
    signal.fired_at = parse_time(at);
    signal.timeframe = timeframe;
    return identify(signal).key;
  };
  CHECK(fired("2026-11-20T10:15:00Z", "15") == fired("2026-11-20T10:29:59Z", "15"));
  CHECK(fired("2026-11-20T10:15:00Z", "15") != fired("2026-11-20T10:30:00Z", "15"));
  CHECK(fired("2026-11-20T10:15:01Z", "1D") != fired("2026-11-20T10:15:02Z", "1D"));
  CHECK(fired("2026-11-20T10:15:01Z", "") != fired("2026-11-20T10:15:02Z", ""));
  CHECK(fired("2026-11-20T10:15:01Z", "") == fired("2026-11-20T10:15:01Z", ""));
  CHECK(fired("2026-11-20T10:15:00Z", "15") == identify(sample()).key);
}

TEST_CASE("identity: a day's last bar and the next day's first are two, though a length does not fit the day") {
  const auto of_bar = [](const char* at, const char* timeframe) {
    Signal signal = sample();
    signal.bar_time = parse_time(at);
    signal.timeframe = timeframe;
    return identify(signal).key;
  };
  const auto fired = [](const char* at, const char* timeframe) {
    Signal signal = sample();
    signal.bar_time.reset();
    signal.fired_at = parse_time(at);
    signal.timeframe = timeframe;
    return identify(signal).key;
  };
  for (const char* timeframe : {"7", "25", "50", "100"}) {
    CAPTURE(timeframe);
    CHECK(of_bar("2026-11-20T23:55:00Z", timeframe) != of_bar("2026-11-21T00:00:00Z", timeframe));
    CHECK(fired("2026-11-20T23:59:59Z", timeframe) != fired("2026-11-21T00:00:01Z", timeframe));
  }
  CHECK(fired("2026-11-21T00:25:01Z", "25") == fired("2026-11-21T00:49:59Z", "25"));
  // A trading day that begins at 22:00 UTC: its last bar begins at 21:45.
  CHECK(of_bar("2026-11-20T21:45:00Z", "25") != of_bar("2026-11-20T22:00:00Z", "25"));
  CHECK(of_bar("2026-11-20T10:15:00Z", "15") == of_bar("2026-11-20T10:16:01Z", "15"));
}

TEST_CASE("identity: a timeframe that fits a day has the ids it always had") {
  CHECK(engine::signal_id(identify(sample()), "") == "abvqahnemuetzkq4mnkaxab7py");
}

TEST_CASE("identity: without a time only the content within the window is left") {
  const Signal first = changed(sample(), [](Signal& s) { s.bar_time.reset(); });
  const Identity identity = identity_of(first, std::chrono::seconds(7));
  CHECK(identity.rule == Identity::Rule::content_window);
  CHECK(identity.window == std::chrono::seconds(7));
  CHECK_FALSE(identity.event_at);
}

TEST_CASE("identity: content is every field but times and the reference price") {
  const Signal first = sample();
  const Digest content = identify(first).content;
  CHECK(identify(changed(first, [](Signal& s) {
          s.price.reset();
          s.bar_time.reset();
          s.fired_at = parse_time("2026-11-20T10:15:09Z");
          s.received_at = from_nanoseconds(1);
          s.id = "x";
        })).content == content);
  const auto differs = [&](auto change) { return identify(changed(first, change)).content != content; };
  CHECK(differs([](Signal& s) { s.strategy = "x"; }));
  CHECK(differs([](Signal& s) { s.exchange = "okx"; }));
  CHECK(differs([](Signal& s) { s.symbol = "ETHUSDT"; }));
  CHECK(differs([](Signal& s) { s.market = model::Market::perp; }));
  CHECK(differs([](Signal& s) { s.action = Action::sell; }));
  CHECK(differs([](Signal& s) { s.quantity = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.size_unit = model::SizeUnit::quote; }));
  CHECK(differs([](Signal& s) { s.order_type = model::OrderType::limit; }));
  CHECK(differs([](Signal& s) { s.limit_price = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.stop_price = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.stop_loss = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.take_profit = Decimal(1); }));
  CHECK(differs([](Signal& s) { s.trailing_json = "1"; }));
  CHECK(differs([](Signal& s) { s.legs_json = "[]"; }));
  CHECK(differs([](Signal& s) { s.reduce_only = false; }));
  CHECK(differs([](Signal& s) { s.leverage = Decimal(2); }));
  CHECK(differs([](Signal& s) { s.time_in_force = model::TimeInForce::ioc; }));
  CHECK(differs([](Signal& s) { s.order_id = "a"; }));
  CHECK(differs([](Signal& s) { s.comment = "a"; }));
  CHECK(differs([](Signal& s) { s.timeframe = "60"; }));
  CHECK(differs([](Signal& s) { s.max_age = std::chrono::seconds(1); }));
  CHECK(differs([](Signal& s) { s.position = model::PositionChange{}; }));
  CHECK(differs([](Signal& s) { s.extra_json = "{\"a\":1}"; }));
}

TEST_CASE("identity: an unknown field filled from timenow does not make a resend look new") {
  const auto content = [](const char* extra) {
    return identify(changed(sample(), [&](Signal& s) { s.extra_json = extra; })).content;
  };
  CHECK(content(R"({"sent":"2026-11-20T10:15:03Z","rsi":1})") ==
        content(R"({"sent":"2026-11-20T10:15:08Z","rsi":1})"));
  CHECK(content(R"({"sent":"2026-11-20T10:15:03Z","rsi":1})") !=
        content(R"({"sent":"2026-11-20T10:15:03Z","rsi":2})"));
  CHECK(content(R"({"n":1795169703})") != content(R"({"n":1795169708})"));
  CHECK(content(R"({"a\"":"x\\","n":"1"})") != content(R"({"a\"":"x\\","n":"2"})"));
}

TEST_CASE("identity: a signal id is 26 characters, the same for the same alert, another with another salt") {
  const Identity identity = identify(sample());
  const std::string id = engine::signal_id(identity, "");
  CHECK(id.size() == 26);
  CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
  CHECK(engine::signal_id(identify(sample()), "") == id);
  CHECK(engine::signal_id(identity, "1") != id);
  Identity other = identity;
  other.rule = Identity::Rule::content_window;
  CHECK(engine::signal_id(other, "") != id);
  other.key = {};
  CHECK(engine::signal_id(other, "1") != engine::signal_id(other, "2"));
}

TEST_CASE("identity: ids begin with the time that the identity has, or the salt, so that they stand together") {
  const auto begin = [](const std::string& id) { return id.substr(0, 8); };
  const Identity identity = identify(sample());
  const std::string id = engine::signal_id(identity, "");
  const Signal other = changed(sample(), [](Signal& signal) { signal.strategy = "other"; });
  CHECK(engine::signal_id(identify(other), "") != id);
  CHECK(begin(engine::signal_id(identify(other), "")) == begin(id));
  const Signal later =
      changed(sample(), [](Signal& signal) { signal.bar_time = parse_time("2026-11-20T10:30:00Z"); });
  CHECK(begin(engine::signal_id(identify(later), "")) != begin(id));
  // Within the bar the time is not part of the identity.
  const Signal resent =
      changed(sample(), [](Signal& signal) { signal.bar_time = parse_time("2026-11-20T10:16:01Z"); });
  CHECK(engine::signal_id(identify(resent), "") == id);

  const Signal without = changed(sample(), [](Signal& signal) { signal.bar_time.reset(); });
  const auto salted_at = parse_time("2026-11-20T10:15:00Z");
  CHECK(begin(engine::signal_id(identify(without), "1", salted_at)) == begin(id));
  CHECK(begin(engine::signal_id(identify(without), "1")) != begin(engine::signal_id(identify(without), "2")));
  CHECK(engine::former_signal_id(identify(without)).empty());
}

TEST_CASE("identity: never changes between versions, because journals keep it for ever") {
  CHECK(engine::signal_id(identify(sample()), "") == "abvqahnemuetzkq4mnkaxab7py");
  // Before ids began with a time.
  CHECK(engine::former_signal_id(identify(sample())) == "7vp5v4v7muetzkq4mnkaxab7py");
}
