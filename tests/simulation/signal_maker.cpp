#include "simulation/signal_maker.hpp"

#include <algorithm>

namespace tvh::simulation {

using model::Action;
using model::Market;
using model::OrderType;
using model::PositionSide;
using model::Signal;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Decimal tenths(std::int64_t count) {
  return multiply(Decimal(count), Decimal::from_trusted("0.1"), Rounding::half_even);
}
PositionSide side_of(std::int64_t held) {
  return held == 0 ? PositionSide::flat : held > 0 ? PositionSide::long_side : PositionSide::short_side;
}

}  // namespace

std::string SignalMaker::make_id() {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id(26, 'a');
  for (char& letter : id) letter = kAlphabet[random_.next() % 32];
  return id;
}

Signal SignalMaker::begin(const std::string& strategy, TimePoint at) {
  Signal signal;
  signal.id = make_id();
  signal.received_at = at;
  signal.strategy = strategy;
  signal.symbol = random_.pick(symbols_);
  signal.market = random_.chance(50) ? Market::perp : Market::spot;
  if (random_.chance(85)) {
    signal.price = Decimal(signal.symbol.starts_with("BTC") ? 100 : signal.symbol.starts_with("ETH") ? 20 : 5);
  }
  if (random_.chance(10)) signal.max_age = seconds(random_.between(2, 120));
  return signal;
}

void SignalMaker::make_exit(Signal& signal) {
  signal.action = random_.pick(std::vector{Action::close_long, Action::close_short, Action::close_all});
  if (signal.action == Action::close_all && random_.chance(50)) signal.symbol.clear();
  if (signal.action != Action::close_all && random_.chance(30))
    signal.quantity = tenths(random_.between(1, 20));
}

void SignalMaker::make_resting(Signal& signal) {
  const Decimal price(signal.symbol.starts_with("BTC") ? 100 : signal.symbol.starts_with("ETH") ? 20 : 5);
  signal.order_type = random_.chance(70) ? OrderType::limit : OrderType::stop;
  (signal.order_type == OrderType::limit ? signal.limit_price : signal.stop_price) = price;
  if (random_.chance(50)) {
    signal.time_in_force = random_.pick(std::vector{model::TimeInForce::gtc, model::TimeInForce::ioc,
                                                    model::TimeInForce::fok, model::TimeInForce::post_only});
  }
}

void SignalMaker::make_entry(Signal& signal) {
  signal.action = random_.chance(55) ? Action::buy : Action::sell;
  if (random_.chance(80)) {
    signal.quantity = tenths(random_.between(1, 20));
    if (random_.chance(10)) signal.quantity = Decimal::from_trusted("0.126");
    if (random_.chance(10)) {
      signal.quantity = Decimal(random_.between(5, 100));
      signal.size_unit = model::SizeUnit::quote;
    }
  }
  if (random_.chance(8)) signal.reduce_only = true;
  if (random_.chance(35)) make_resting(signal);
}

Signal SignalMaker::make_order_signal(const std::string& strategy, TimePoint at) {
  Signal signal = begin(strategy, at);
  const auto kind = random_.between(0, 99);
  if (kind < 3) {
    signal.action = Action::heartbeat;
    if (random_.chance(50)) signal.symbol.clear();
  } else if (kind < 15) {
    signal.action = Action::cancel;
    if (random_.chance(30)) signal.symbol.clear();
  } else if (kind < 35) {
    make_exit(signal);
  } else {
    make_entry(signal);
  }
  return signal;
}

// A bar of a followed strategy: one to four steps from where it stood, each told once or twice, in any order.
std::vector<Signal> SignalMaker::make_bar(const std::string& strategy, TimePoint at) {
  std::vector<Signal> bar;
  const Signal first = begin(strategy, at);
  Walk& walk = walks_[{strategy, model::instrument_name(first.symbol, first.market)}];
  const bool chained = random_.chance(80);
  const TimePoint closed = model::bar_start(at, "1") - minutes(1);
  if (closed != walk.bar) walk.steps.clear();
  walk.bar = closed;
  if (!chained) walk.ambiguous = true;
  for (auto steps = random_.between(1, 4); steps > 0; --steps) {
    Signal signal = first;
    signal.id = make_id();
    const std::int64_t before = walk.held;
    walk.held = first.market == Market::spot ? random_.between(0, 15) : random_.between(-15, 15);
    if (random_.chance(25)) walk.held = 0;
    signal.action = random_.chance(20) ? Action::target : walk.held > before ? Action::buy : Action::sell;
    signal.position.emplace();
    signal.position->side = side_of(walk.held);
    signal.position->size = tenths(walk.held < 0 ? -walk.held : walk.held);
    if (chained) {
      signal.position->prev_side = side_of(before);
      signal.position->prev_size = tenths(before < 0 ? -before : before);
    }
    signal.timeframe = "1";
    signal.bar_time = closed;
    if (!walk.steps.emplace(before, walk.held).second) walk.ambiguous = true;
    bar.push_back(signal);
    if (random_.chance(15)) {
      signal.id = make_id();
      bar.push_back(signal);
    }
  }
  if (chained) random_.shuffle(bar);
  return bar;
}

std::map<std::pair<std::string, std::string>, Decimal> SignalMaker::ends() const {
  std::map<std::pair<std::string, std::string>, Decimal> ends;
  for (const auto& [lane, walk] : walks_) {
    if (!walk.ambiguous) ends[lane] = tenths(walk.held);
  }
  return ends;
}

// An alert of a followed strategy that was underway for long, and is known already by its bar.
void SignalMaker::echo(std::vector<Arrival>& arrivals, TimePoint after) {
  Arrival late = random_.pick(arrivals);
  if (!late.signal.position || !late.signal.position->prev_side) return;
  late.at = std::max(late.at, after) + random_.span(Nanoseconds(0), minutes(3));
  late.signal.id = make_id();
  late.echo = true;
  arrivals.push_back(std::move(late));
}

std::vector<Arrival> SignalMaker::make(int count) {
  std::vector<TimePoint> times;
  // Alerts come in bursts, at the ends of bars.
  TimePoint burst = scenario_.start;
  while (int(times.size()) < count) {
    if (times.empty() || random_.chance(50)) burst = scenario_.start + random_.span(Nanoseconds(0), length_);
    times.push_back(burst + random_.span(Nanoseconds(0), milliseconds(random_.chance(50) ? 1 : 3000)));
  }
  std::sort(times.begin(), times.end());

  std::vector<std::string> names;
  for (const auto& [name, rules] : scenario_.strategies) names.push_back(name);
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::string& strategy = random_.pick(names);
    const bool given = random_.chance(50);
    if (scenario_.strategies.at(strategy).follows_position && !random_.chance(10)) {
      TimePoint at = times[i];
      for (Signal& signal : make_bar(strategy, at)) {
        at += random_.span(Nanoseconds(0), milliseconds(300));
        arrivals.push_back({at, std::move(signal), given});
      }
    } else {
      arrivals.push_back({times[i], make_order_signal(strategy, times[i]), given});
      const Signal signal = arrivals.back().signal;
      if (signal.order_type != OrderType::market && random_.chance(40)) {  // what rests is taken back
        Arrival back = arrivals.back();
        back.at += random_.span(Nanoseconds(0), minutes(1));
        back.signal = begin(strategy, back.at);
        back.signal.action = Action::cancel;
        back.signal.symbol = signal.symbol;
        back.signal.market = signal.market;
        arrivals.push_back(std::move(back));
      }
    }
    if (random_.chance(8)) echo(arrivals, times[i]);
    if (random_.chance(12)) {  // the same once more, from here or there, soon or late, now and then edited
      Arrival again = random_.pick(arrivals);
      again.at = std::max(again.at, times[i]) +
                 random_.span(Nanoseconds(0), random_.chance(50) ? Nanoseconds(seconds(2)) : length_);
      again.given = random_.chance(50);
      if (again.given && again.signal.quantity && random_.chance(20)) again.signal.quantity = tenths(1);
      arrivals.push_back(std::move(again));
    }
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& one, const Arrival& other) { return one.at < other.at; });
  return arrivals;
}

}  // namespace tvh::simulation
