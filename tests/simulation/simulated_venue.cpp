// SimulatedVenue: requests, answers, and what gets lost in between.
#include "simulation/simulated_venue.hpp"

#include <algorithm>

namespace tvh::simulation {

using model::Accepted;
using model::NotFound;
using model::NotTaken;
using model::OrderKey;
using model::OrderRequest;
using model::OrderState;
using model::Refused;
using model::RetryClass;
using model::SubmitOutcome;
using model::Unknown;
using std::chrono::milliseconds;
using std::chrono::seconds;

SimulatedVenue::SimulatedVenue(VenueProfile profile, std::vector<model::Instrument> instruments,
                               const WorldTime& time, Faults& faults, Random random, VenueObserver& observer,
                               const Trace& trace)
    : profile_(std::move(profile)),
      time_(time),
      faults_(faults),
      random_(random),
      observer_(observer),
      trace_(trace) {
  for (auto& instrument : instruments) instruments_[instrument.name] = std::move(instrument);
}

void SimulatedVenue::at(TimePoint when, std::function<void()> act) {
  events_.push_back({std::max(when, time_.true_now()), ++event_numbers_, std::move(act)});
  std::push_heap(events_.begin(), events_.end());
}

template <class Answer>
void SimulatedVenue::answer_at(TimePoint when, const venue::Done<Answer>& done, Answer answer) {
  at(when, [this, done, answer = std::move(answer), connection = connection_]() mutable {
    if (connection == connection_) done(std::move(answer));
  });
}

std::optional<TimePoint> SimulatedVenue::next_event() const {
  return events_.empty() ? std::optional<TimePoint>() : std::optional(events_.front().at);
}

std::optional<std::chrono::steady_clock::time_point> SimulatedVenue::next_due() const {
  const auto next = next_event();
  if (!next) return std::nullopt;
  return WorldTime::steady_of(*next);
}

void SimulatedVenue::run_due() {
  while (!events_.empty() && events_.front().at <= time_.true_now()) {
    std::pop_heap(events_.begin(), events_.end());
    const auto act = std::move(events_.back().act);
    events_.pop_back();
    act();
  }
}

void SimulatedVenue::disconnect() {
  ++connection_;
  on_update_ = nullptr;
}

void SimulatedVenue::go_down(Nanoseconds length) {
  faults_.count(Fault::venue_down);
  down_until_ = time_.true_now() + length;
  trace_.say(name(), " is down for ", std::to_string(length.count() / 1'000'000), " ms");
}

void SimulatedVenue::watch_orders(std::function<void(venue::OrderUpdate)> on_update) {
  on_update_ = std::move(on_update);
}

// Any window holds at most the rate's calls, whoever counts.
void SimulatedVenue::count_call(const std::optional<model::Rate>& rate, Rates& calls, const char* what) {
  if (!rate) return;
  while (!calls.empty() && time_.true_now() - calls.front() >= rate->window) calls.pop_front();
  calls.push_back(time_.true_now());
  if (int(calls.size()) > rate->calls) {
    throw Violation{"rate", name() + " was sent " + std::to_string(calls.size()) + " " + what + " within " +
                                std::to_string(rate->window.count() / 1'000'000) + " ms, it allows " +
                                std::to_string(rate->calls)};
  }
}

void SimulatedVenue::submit(const OrderRequest& order, venue::Done<SubmitOutcome> done) {
  observer_.before_submit(*this, order);
  const std::string id = order.client_order_id;
  const TimePoint now = time_.true_now();
  Sending& sending = sendings_[id];
  ++sends_;
  if (++sending.sends > 1) ++resends_;
  sending.last_sent = now;
  sending.known_absent = false;
  const Nanoseconds clock_error = time_.offset() - synchronised_;

  const auto not_taken = [this, id, done, connection = connection_](NotTaken why) {
    if (connection != connection_) return;
    sendings_[id].known_absent = true;
    trace_.say(name(), " -> ", id.substr(3, 6), " not taken: ", to_text(why.why));
    done(std::move(why));
  };
  if (is_down() || faults_.strikes(Fault::unreachable)) {
    at(now + one_way(), [not_taken] { not_taken({RetryClass::unreachable, "no connection", {}}); });
    observer_.after_submit(*this, order);
    return;
  }
  count_call(profile_.capabilities.order_rate, order_calls_, "submits and cancels");
  const TimePoint silence = now + profile_.timeout;
  if (faults_.strikes(Fault::request_lost)) {
    trace_.say(name(), " never hears of ", id.substr(3, 6));
    answer_at<SubmitOutcome>(silence, done, Unknown{"no answer"});
    observer_.after_submit(*this, order);
    return;
  }
  Nanoseconds delay = one_way();
  if (faults_.strikes(Fault::request_delayed)) delay = random_.span(Nanoseconds(0), profile_.tolerance * 5 / 4);
  const TimePoint arrival = now + delay;
  const bool deaf = arrival > silence;  // nobody waits for the answer any more when it arrives
  if (deaf) answer_at<SubmitOutcome>(silence, done, Unknown{"no answer"});
  const bool in_time = delay <= profile_.tolerance;
  if (in_time) ++sending.under_way;
  at(arrival,
     [this, order, done, now, silence, deaf, clock_error, not_taken, in_time, connection = connection_] {
       if (in_time) --sendings_[order.client_order_id].under_way;
       auto outcome = take(order, now, clock_error);
       if (deaf || connection != connection_) return;
       const bool lost = !outcome || faults_.strikes(Fault::reply_lost);
       Nanoseconds back = one_way();
       if (faults_.strikes(Fault::reply_late)) back = random_.span(Nanoseconds(0), profile_.timeout * 2);
       const TimePoint reply = time_.true_now() + back;
       const bool broken =
           !lost && std::holds_alternative<Accepted>(*outcome) && faults_.strikes(Fault::error_after_accept);
       if (lost || reply > silence) {
         answer_at<SubmitOutcome>(silence, done, Unknown{"no answer"});
       } else if (broken) {
         answer_at<SubmitOutcome>(reply, done, Unknown{"HTTP 503"});
       } else if (const auto* why = std::get_if<NotTaken>(&*outcome)) {
         at(reply, [not_taken, why = *why] { not_taken(why); });
       } else {
         answer_at<SubmitOutcome>(reply, done, std::move(*outcome));
       }
     });
  observer_.after_submit(*this, order);
}

std::optional<SubmitOutcome> SimulatedVenue::take(const OrderRequest& order, TimePoint sent_at,
                                                  Nanoseconds clock_error) {
  const TimePoint now = time_.true_now();
  const std::string& id = order.client_order_id;
  if (is_down()) return std::nullopt;
  if (now - sent_at > profile_.tolerance || clock_error > seconds(1) || -clock_error > seconds(1) ||
      faults_.strikes(Fault::clock_error)) {
    synchronised_ = time_.offset();
    return NotTaken{RetryClass::clock, "the timestamp is outside recvWindow", {}};
  }
  if (faults_.strikes(Fault::throttled)) {
    std::optional<Nanoseconds> wait;
    if (random_.chance(50)) wait = random_.span(milliseconds(100), seconds(20));
    return NotTaken{RetryClass::throttled, "too many requests", wait};
  }
  if (const auto known = by_id_.find(id); known != by_id_.end()) {
    const VenueOrder& first = *known->second;
    const bool forgotten = profile_.memory && now - first.sent_at > *profile_.memory;
    if (!model::is_terminal(first.state) || !(profile_.ids_unique_among_open_only || forgotten)) {
      return Accepted{report_of(first)};
    }
    throw Violation{"I2", id + " came a second time and is a second order at " + name()};
  }
  if (auto refused = refuse_at_once(order)) {
    trace_.say(name(), " refuses ", id.substr(3, 6), ": ", refused->code);
    return *refused;
  }

  VenueOrder& placed = orders_.emplace_back();
  placed.request = order;
  placed.venue_order_id = std::to_string(1000 + orders_.size());
  placed.sent_at = sent_at;
  placed.visible_at = now;
  const Nanoseconds lag = profile_.capabilities.visibility_lag;
  if (lag > Nanoseconds(0) && faults_.strikes(Fault::invisible)) placed.visible_at += random_.span({}, lag);
  by_id_[id] = &placed;
  by_venue_id_[placed.venue_order_id] = &placed;
  trace_.say(name(), " takes ", id.substr(3, 6), " as ", placed.venue_order_id);
  match(placed);
  tell(placed);
  return Accepted{report_with_fewer_fills(placed)};
}

VenueOrder* SimulatedVenue::look(const OrderKey& key) const {
  const TimePoint now = time_.true_now();
  if (!key.venue_order_id.empty()) {
    const auto known = by_venue_id_.find(key.venue_order_id);
    return known == by_venue_id_.end() || now < known->second->visible_at ? nullptr : known->second;
  }
  const auto known = by_id_.find(key.client_order_id);
  if (known == by_id_.end()) return nullptr;
  VenueOrder* const order = known->second;
  const bool forgotten =
      profile_.memory && model::is_terminal(order->state) && now - order->sent_at > *profile_.memory;
  return now < order->visible_at || forgotten ? nullptr : order;
}

model::QueryOutcome SimulatedVenue::find_order(const OrderKey& key) const {
  const VenueOrder* const order = look(key);
  if (order == nullptr) return NotFound{};
  return report_of(*order);
}

// What a "not found" proves is judged by true times: those the venue acts by.
void SimulatedVenue::note_not_found(const std::string& id, TimePoint asked_at) {
  Sending& sending = sendings_[id];
  const bool fenced = asked_at >= sending.last_sent + profile_.tolerance + profile_.capabilities.visibility_lag;
  const bool remembered = !profile_.memory || asked_at <= sending.last_sent + *profile_.memory;
  if (fenced && remembered) sending.known_absent = true;
}

void SimulatedVenue::query_order(const OrderKey& key, venue::Done<model::QueryOutcome> done) {
  count_call(profile_.capabilities.query_rate, query_calls_, "queries");
  const TimePoint now = time_.true_now();
  trace_.say("executor asks ", name(), " for ", key.client_order_id.substr(3, 6));
  if (is_down() || faults_.strikes(Fault::query_unanswered)) {
    answer_at<model::QueryOutcome>(now + profile_.timeout, done, Unknown{"no answer"});
    return;
  }
  at(now + one_way(), [this, key, done, now, connection = connection_] {
    auto outcome = is_down() ? model::QueryOutcome(Unknown{"no answer"}) : find_order(key);
    const TimePoint reply = std::min(time_.true_now() + one_way(), now + profile_.timeout);
    at(reply, [this, id = key.client_order_id, done, now, connection, outcome = std::move(outcome)]() mutable {
      if (connection != connection_) return;
      if (std::holds_alternative<NotFound>(outcome)) {
        note_not_found(id, now);
        trace_.say(name(), " -> ", id.substr(3, 6), " not found");
      }
      done(std::move(outcome));
    });
  });
}

void SimulatedVenue::cancel(const OrderKey& key, venue::Done<model::CancelOutcome> done) {
  const TimePoint now = time_.true_now();
  ++cancels_;
  trace_.say("executor cancels ", key.client_order_id.substr(3, 6), " at ", name());
  if (is_down()) {
    answer_at<model::CancelOutcome>(now + one_way(), done, Unknown{"no connection"});
    return;
  }
  count_call(profile_.capabilities.order_rate, order_calls_, "submits and cancels");
  if (faults_.strikes(Fault::request_lost)) {
    answer_at<model::CancelOutcome>(now + profile_.timeout, done, Unknown{"no answer"});
    return;
  }
  at(now + one_way(), [this, key, done, now, connection = connection_] {
    auto outcome = is_down() ? model::CancelOutcome(Unknown{"no answer"}) : cancel_now(key);
    if (connection != connection_) return;
    const bool unanswered = faults_.strikes(Fault::cancel_unanswered);
    const TimePoint silence = now + profile_.timeout;
    if (unanswered) outcome = Unknown{"no answer"};
    answer_at(unanswered ? silence : std::min(time_.true_now() + one_way(), silence), done, std::move(outcome));
  });
}

void SimulatedVenue::look_up(const model::LookUp& wanted, venue::Done<model::LookUpOutcome> done) {
  const TimePoint now = time_.true_now();
  if (is_down() || faults_.strikes(Fault::look_up_unreachable)) {
    answer_at<model::LookUpOutcome>(now + one_way(), done, model::Unreachable{"no connection"});
    return;
  }
  model::LookUpOutcome outcome = model::NotTraded{name() + " does not trade " + wanted.instrument};
  const auto known = instruments_.find(wanted.instrument);
  if (known != instruments_.end()) {
    model::MarketFacts facts;
    facts.instrument = known->second;
    if (wanted.price) facts.price = price_of(wanted.instrument);
    if (wanted.account)
      facts.account = model::AccountFigures{Decimal(1000), Decimal(100000), Decimal(100000), {}};
    outcome = std::move(facts);
  }
  answer_at(now + one_way() + one_way(), done, std::move(outcome));
}

void SimulatedVenue::read_positions(venue::Done<Result<std::vector<venue::VenuePosition>>> done) {
  std::vector<venue::VenuePosition> all;
  for (const auto& [instrument, quantity] : held_) {
    if (!quantity.is_zero()) all.push_back({instrument, quantity});
  }
  answer_at(time_.true_now() + one_way(), done, Result<std::vector<venue::VenuePosition>>(std::move(all)));
}

void SimulatedVenue::read_balances(venue::Done<Result<std::vector<model::PaperBalance>>> done) {
  answer_at(time_.true_now() + one_way(), done,
            Result<std::vector<model::PaperBalance>>(std::vector<model::PaperBalance>()));
}

const VenueOrder* SimulatedVenue::find(const std::string& client_order_id) const {
  const auto known = by_id_.find(client_order_id);
  return known == by_id_.end() ? nullptr : known->second;
}

const Sending& SimulatedVenue::sending(const std::string& client_order_id) const {
  return sendings_[client_order_id];
}

Decimal SimulatedVenue::held(const std::string& instrument) const {
  const auto known = held_.find(instrument);
  return known == held_.end() ? Decimal() : known->second;
}

}  // namespace tvh::simulation
