#include "venue/exchange_venue.hpp"

#include <algorithm>

namespace tvh::venue {

using client::Failure;
using client::Response;
using std::chrono::seconds;

namespace {

constexpr std::size_t kMaxWaiting = 4096;
constexpr seconds kLookPatience{30};
// Looks at the venue's clock this often while we run: that keeps it true, and a connection warm.
constexpr seconds kSyncInterval{45};
// An answer that takes longer tells the time too loosely to sign with: half of the way counts as doubt.
constexpr std::chrono::milliseconds kSyncTimeout{1500};
constexpr int kSamples = 2;  // the first one pays for the connection
// A venue that says "too many" and not until when: so long, and twice as long each time it says so again.
constexpr seconds kFirstPause{5};
constexpr seconds kLongestPause{80};  // more than the minute by which limits are counted

}  // namespace

ExchangeVenue::ExchangeVenue(ExchangeSettings settings, std::unique_ptr<Exchange> exchange, const Clock& clock,
                             model::InstrumentStore* store)
    : settings_(std::move(settings)),
      exchange_(std::move(exchange)),
      clock_(clock),
      store_(store),
      pause_(kFirstPause),
      http_(clock,
            [&] {
              client::ClientSettings http;
              http.ca_file = settings_.ca_file;
              return http;
            }()),
      budget_(exchange_->weight_per_minute()) {}

void ExchangeVenue::ask(Ask ask, Urgency urgency, OnAnswer done) {
  const Steady now = clock_.steady();
  const Steady free = budget_.free_at(ask.weight, urgency, now);
  if (free > now && urgency == Urgency::order) {
    return done(Problem{Problem::Kind::throttled, "our_limit",
                        "the venue's limit on requests is used up for the moment", free - now});
  }
  const bool has_clock = !ask.is_signed || !server_clock_.is_stale(now);
  if (free <= now && has_clock) return send(ask, urgency, done);
  if (waiting_.size() >= kMaxWaiting) {
    return done(Failure{Failure::Reach::not_sent,
                        "more than " + std::to_string(kMaxWaiting) + " requests wait for the venue"});
  }
  const seconds patience = urgency == Urgency::order ? kOrderPatience : kLookPatience;
  waiting_.push_back({std::move(ask), urgency, std::move(done), now + patience});
  if (!has_clock) synchronise();
}

void ExchangeVenue::send(const Ask& ask, Urgency, const OnAnswer& done) {
  const Steady now = clock_.steady();
  if (!next_sync_) next_sync_ = now + kSyncInterval;
  Stamp stamp;
  if (ask.is_signed) stamp = {server_clock_.now(now), settings_.window};
  client::Request request = exchange_->write(ask, stamp);
  request.url = settings_.base_url + request.url;
  request.timeout = settings_.timeout;
  budget_.take(ask.weight, now);
  http_.send(std::move(request), [this, done](client::Outcome outcome) {
    if (auto* failure = std::get_if<Failure>(&outcome)) return done(std::move(*failure));
    auto& response = std::get<Response>(outcome);
    take_usage(response);
    done(std::move(response));
  });
}

void ExchangeVenue::take_usage(const Response& response) {
  const Steady now = clock_.steady();
  const Usage usage = exchange_->read_usage(response);
  if (usage.weight) budget_.observe(*usage.weight, now);
  if (response.status < 400) {
    pause_ = kFirstPause;
    return;
  }
  const Problem problem = timed(exchange_->read_problem(response));
  if (problem.kind == Problem::Kind::throttled) {
    pause(problem.retry_after, now);
  } else if (problem.kind == Problem::Kind::clock) {
    server_clock_.forget();
  }
}

void ExchangeVenue::pause(std::optional<Nanoseconds> asked, Steady now) {
  if (asked) return budget_.pause(now + *asked);
  if (now < pause_ends_) return;  // it was on its way with the one that began the pause
  pause_ends_ = now + pause_;
  budget_.pause(pause_ends_);
  pause_ = std::min<seconds>(pause_ * 2, kLongestPause);
}

void ExchangeVenue::synchronise() {
  if (synchronising_) return;
  const Steady now = clock_.steady();
  const Ask ask = exchange_->server_time();
  // A pause is for everything; whoever waits for the clock is woken at its end.
  if (const Steady free = budget_.free_at(ask.weight, Urgency::order, now); free > now) {
    if (next_sync_) next_sync_ = free;
    return;
  }
  synchronising_ = true;
  next_sync_ = now + kSyncInterval;
  client::Request request = exchange_->write(ask, {});
  request.url = settings_.base_url + request.url;
  request.timeout = kSyncTimeout;
  budget_.take(ask.weight, now);
  http_.send(std::move(request), [this, now](const client::Outcome& outcome) { on_time(now, outcome); });
}

void ExchangeVenue::on_time(Steady asked, const client::Outcome& outcome) {
  const Steady now = clock_.steady();
  synchronising_ = false;
  no_clock_.reset();
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    no_clock_ = Problem{Problem::Kind::unavailable, "no_answer", failure->message};
  } else {
    const auto& response = std::get<Response>(outcome);
    take_usage(response);
    const auto time = exchange_->read_server_time(response);
    if (const auto* problem = std::get_if<Problem>(&time)) {
      no_clock_ = scrubbed(*problem);
      // What waits for the clock has not left, whatever became of the question for the time.
      if (problem->kind != Problem::Kind::throttled) no_clock_->kind = Problem::Kind::unavailable;
    } else {
      server_clock_.observe(asked, now, std::get<std::chrono::milliseconds>(time));
      if (++samples_ < kSamples) return synchronise();
      if (server_clock_.is_stale(now)) {
        no_clock_ = Problem{Problem::Kind::clock, "no_clock",
                            "the way to the venue takes so long that its clock cannot be told (off by up to " +
                                std::to_string(server_clock_.uncertainty(now).count()) + " ms)"};
      }
    }
  }
  samples_ = 0;
  release_waiting();
}

// Sends what may leave now; what needs a clock that could not be had, or has waited too long, is answered.
void ExchangeVenue::release_waiting() {
  const Steady now = clock_.steady();
  std::deque<Waiting> waiting = std::exchange(waiting_, {});
  std::deque<Waiting> kept;
  bool wants_clock = false;
  for (Waiting& one : waiting) {
    const bool has_clock = !one.ask.is_signed || !server_clock_.is_stale(now);
    const bool free = budget_.free_at(one.ask.weight, one.urgency, now) <= now;
    if (one.urgency == Urgency::order && now >= one.until) {
      one.done(Problem{Problem::Kind::clock, "no_clock", "the venue did not tell its time soon enough"});
    } else if (has_clock && free) {
      send(one.ask, one.urgency, one.done);
    } else if (!has_clock && no_clock_) {
      one.done(*no_clock_);
    } else if (now >= one.until) {
      one.done(Problem{
          Problem::Kind::throttled, "our_limit", "the venue's limit on requests was used up too long",
          std::max(Nanoseconds(budget_.free_at(one.ask.weight, one.urgency, now) - now), Nanoseconds(0))});
    } else {
      wants_clock |= !has_clock;
      kept.push_back(std::move(one));
    }
  }
  // What was answered above may have asked anew: that stands behind.
  for (Waiting& one : waiting_) kept.push_back(std::move(one));
  waiting_ = std::move(kept);
  no_clock_.reset();
  if (wants_clock) synchronise();
}

std::optional<ExchangeVenue::Steady> ExchangeVenue::next_due() const {
  std::optional<Steady> due = http_.next_due();
  const auto consider = [&](Steady at) {
    if (!due || at < *due) due = at;
  };
  if (next_sync_ && !synchronising_) consider(*next_sync_);
  const Steady now = clock_.steady();
  for (const Waiting& one : waiting_) {
    consider(one.until);
    // What waits for the clock alone is woken by its answer.
    const Steady free = budget_.free_at(one.ask.weight, one.urgency, now);
    if (!synchronising_ || free > now) consider(free);
  }
  return due;
}

void ExchangeVenue::run_due() {
  http_.run_due();
  const Steady now = clock_.steady();
  const bool overdue =
      std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& one) { return one.until <= now; });
  if (overdue || (!waiting_.empty() && !synchronising_)) release_waiting();
  if (next_sync_ && *next_sync_ <= now) synchronise();
}

Problem ExchangeVenue::problem_of(const Failure& failure) {
  const bool left = failure.reach == Failure::Reach::may_stand;
  return {left ? Problem::Kind::ambiguous : Problem::Kind::unavailable, left ? "no_answer" : "not_sent",
          failure.message};
}

// A ban's end as a time to wait. While the venue's clock is not known the wall's has to do: were it wrong, the
// wait would be, and the venue would say so again.
Problem ExchangeVenue::timed(Problem problem) const {
  constexpr std::chrono::hours kMost{24 * 3};
  constexpr std::chrono::seconds kLeast{1};
  if (!problem.banned_until || problem.retry_after) return problem;
  const Steady now = clock_.steady();
  const Nanoseconds there = server_clock_.is_stale(now) ? Nanoseconds(clock_.now().time_since_epoch())
                                                        : Nanoseconds(server_clock_.now(now));
  const Nanoseconds left = Nanoseconds(*problem.banned_until) - there;
  problem.retry_after = std::clamp(left, Nanoseconds(kLeast), Nanoseconds(kMost));
  return problem;
}

Problem ExchangeVenue::scrubbed(Problem problem) const {
  constexpr std::size_t kMaxText = 300;
  for (const Secret& secret : settings_.secrets) {
    if (secret.empty()) continue;
    constexpr std::string_view kInstead = "[secret]";
    for (auto at = problem.message.find(secret.reveal()); at != std::string::npos;
         at = problem.message.find(secret.reveal(), at + kInstead.size())) {
      problem.message.replace(at, secret.reveal().size(), kInstead);
    }
  }
  if (problem.message.size() > kMaxText) {
    std::size_t end = kMaxText;
    while (end > 0 && (problem.message[end] & 0xC0) == 0x80) --end;  // no half of a character
    problem.message.resize(end);
  }
  return problem;
}

}  // namespace tvh::venue
