#include "venue/exchange_venue.hpp"

#include <algorithm>

namespace tvh::venue {

using client::Failure;
using client::Response;
using std::chrono::seconds;

namespace {

constexpr std::size_t kMaxWaiting = 4096;
// Looks at the venue's clock this often while we run: that keeps it true, and a connection warm.
constexpr seconds kSyncInterval{45};
// An answer that takes longer tells the time too loosely to sign with: half of the way counts as doubt.
constexpr std::chrono::milliseconds kSyncTimeout{1500};
constexpr int kSamples = 2;  // the first one pays for the connection
// A look at the clock that fails is repeated while a question waits for it, after one, two and four times this.
constexpr int kSyncTries = 4;
constexpr std::chrono::milliseconds kSyncPause{100};
// Of one look that is turned away for the rate or the time.
constexpr int kMostTimes = 5;
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
  const seconds patience = urgency == Urgency::order ? kOrderPatience : kLookPatience;
  this->ask(std::move(ask), urgency, patience, std::move(done));
}

void ExchangeVenue::ask(Ask ask, Urgency urgency, seconds patience, OnAnswer done) {
  const Steady now = clock_.steady();
  const Steady free = budget_.free_at(ask.weight, urgency, now);
  if (free > now && urgency == Urgency::order) return done(over_our_limit(free - now));
  Question question{std::move(ask), urgency, std::move(done), patience, now + patience};
  if (free <= now && can_sign(question, now)) return send(std::move(question));
  wait(std::move(question));
}

bool ExchangeVenue::can_sign(const Question& question, Steady now) const {
  return !question.ask.is_signed || !server_clock_.is_stale(now);
}

std::optional<ExchangeVenue::Steady> ExchangeVenue::paused_until() const {
  const auto until = budget_.paused_until();
  return until && *until > clock_.steady() ? until : std::nullopt;
}

Problem ExchangeVenue::over_our_limit(Nanoseconds wait) const {
  wait = std::max(wait, Nanoseconds(0));
  const auto left = std::chrono::ceil<seconds>(wait).count();
  return {Problem::Kind::throttled, "our_limit",
          paused_until() ? "the venue asked us to wait, " + std::to_string(left) + " s more"
                         : "the venue's limit on requests is used up for the moment",
          wait};
}

void ExchangeVenue::wait(Question question) {
  if (waiting_.size() >= kMaxWaiting) {
    return question.done(Failure{Failure::Reach::not_sent,
                                 "more than " + std::to_string(kMaxWaiting) + " requests wait for the venue"});
  }
  const bool wants_clock = !can_sign(question, clock_.steady());
  waiting_.push_back(std::move(question));
  if (wants_clock) synchronise();
}

void ExchangeVenue::send(Question question) {
  const Steady now = clock_.steady();
  if (!next_sync_) next_sync_ = now + kSyncInterval;
  Stamp stamp;
  if (question.ask.is_signed) stamp = {server_clock_.now(now), settings_.window};
  client::Request request = exchange_->write(question.ask, stamp);
  request.url = settings_.base_url + request.url;
  request.timeout = settings_.timeout;
  if (question.urgency != Urgency::order)
    request.timeout = std::min(request.timeout, Nanoseconds(question.patience));
  budget_.take(question.ask.weight, now);
  ++question.times;
  http_.send(std::move(request), [this, now, question = std::move(question)](client::Outcome outcome) mutable {
    if (auto* failure = std::get_if<Failure>(&outcome)) return question.done(std::move(*failure));
    auto& response = std::get<Response>(outcome);
    // A look that was turned away for the rate or the time changes nothing by waiting for its turn.
    const bool again = take_usage(response, now) == Usable::later && question.urgency != Urgency::order &&
                       question.times < kMostTimes && clock_.steady() < question.until;
    if (again) return wait(std::move(question));
    question.done(std::move(response));
  });
}

// What an answer says of our rate and our clock; `later`: the request was not dealt with for one of them.
ExchangeVenue::Usable ExchangeVenue::take_usage(const Response& response, Steady asked) {
  const Steady now = clock_.steady();
  const Usage usage = exchange_->read_usage(response);
  if (usage.weight) budget_.observe(*usage.weight, now);
  if (response.status < 400) {
    pause_ = kFirstPause;
    return Usable::now;
  }
  const Problem problem = timed(exchange_->read_problem(response));
  if (problem.kind == Problem::Kind::throttled) {
    pause(problem.retry_after, now);
    return Usable::later;
  }
  if (problem.kind != Problem::Kind::clock) return Usable::now;
  // One that left before the clock was asked for last says nothing of what that told.
  if (asked >= clock_asked_) server_clock_.doubt(now);
  return Usable::later;
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
  const Steady free = std::max(budget_.free_at(ask.weight, Urgency::order, now), sync_again_);
  if (free > now) {
    next_sync_ = free;
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
  sync_problem_ = take_time(asked, outcome);
  if (!sync_problem_) {
    sync_failures_ = 0;
    release_waiting(Clockless::wait);  // the first sample will do, the second makes it better
    if (++samples_ < kSamples) return synchronise();
  } else if (sync_problem_->kind == Problem::Kind::throttled) {
    release_waiting(Clockless::wait);
  } else if (!waiting_.empty() && ++sync_failures_ < kSyncTries) {
    sync_again_ = now + kSyncPause * (1 << (sync_failures_ - 1));
    next_sync_ = sync_again_;
    return;
  } else {
    sync_failures_ = 0;
    release_waiting(Clockless::give_up);
  }
  samples_ = 0;
}

// Nothing where the clock is known now.
std::optional<Problem> ExchangeVenue::take_time(Steady asked, const client::Outcome& outcome) {
  const Steady now = clock_.steady();
  if (const auto* failure = std::get_if<Failure>(&outcome))
    return Problem{Problem::Kind::unavailable, "no_answer", failure->message};
  const auto& response = std::get<Response>(outcome);
  take_usage(response, asked);
  const auto time = exchange_->read_server_time(response);
  if (const auto* problem = std::get_if<Problem>(&time)) {
    Problem told = scrubbed(*problem);
    // What waits for the clock has not left, whatever became of the question for the time.
    if (told.kind != Problem::Kind::throttled) told.kind = Problem::Kind::unavailable;
    return told;
  }
  server_clock_.observe(asked, now, std::get<std::chrono::milliseconds>(time));
  clock_asked_ = asked;
  if (!server_clock_.is_stale(now)) return std::nullopt;
  return Problem{Problem::Kind::clock, "no_clock",
                 "the way to the venue takes so long that its clock cannot be told (off by up to " +
                     std::to_string(server_clock_.uncertainty(now).count()) + " ms)"};
}

// Sends what may leave now, in the order it was asked; what has waited too long is answered.
void ExchangeVenue::release_waiting(Clockless clockless) {
  const Steady now = clock_.steady();
  std::deque<Question> waiting = std::exchange(waiting_, {});
  std::deque<Question> kept;
  bool wants_clock = false;
  for (Question& one : waiting) {
    const bool has_clock = can_sign(one, now);
    const Steady free = budget_.free_at(one.ask.weight, one.urgency, now);
    const bool is_over = now >= one.until;
    if (one.urgency == Urgency::order && free > now) {
      one.done(over_our_limit(free - now));
    } else if (has_clock && free <= now && !(is_over && one.urgency == Urgency::order)) {
      send(std::move(one));
    } else if (!has_clock && sync_problem_ && (is_over || clockless == Clockless::give_up)) {
      one.done(*sync_problem_);
    } else if (is_over && free > now) {
      one.done(over_our_limit(free - now));
    } else if (is_over) {
      one.done(Problem{Problem::Kind::clock, "no_clock", "the venue did not tell its time soon enough"});
    } else {
      wants_clock |= !has_clock;
      kept.push_back(std::move(one));
    }
  }
  // What was answered above may have asked anew: that stands behind.
  for (Question& one : waiting_) kept.push_back(std::move(one));
  waiting_ = std::move(kept);
  if (wants_clock) synchronise();
}

void ExchangeVenue::drop_unsent() {
  std::deque<Question> kept;
  for (Question& one : std::exchange(waiting_, {})) {
    if (one.ask.method != client::Method::post) {
      kept.push_back(std::move(one));
    } else {
      one.done(Failure{Failure::Reach::not_sent, "dropped before it was sent"});
    }
  }
  for (Question& one : waiting_) kept.push_back(std::move(one));
  waiting_ = std::move(kept);
  http_.drop_unsent(client::Method::post);
}

std::optional<ExchangeVenue::Steady> ExchangeVenue::next_due() const {
  std::optional<Steady> due = http_.next_due();
  const auto consider = [&](Steady at) {
    if (!due || at < *due) due = at;
  };
  if (next_sync_ && !synchronising_) consider(*next_sync_);
  const Steady now = clock_.steady();
  for (const Question& one : waiting_) {
    consider(one.until);
    // What waits for the clock alone is woken by the next look at it.
    const Steady free = budget_.free_at(one.ask.weight, one.urgency, now);
    if (free > now || can_sign(one, now)) consider(free);
  }
  return due;
}

void ExchangeVenue::run_due() {
  http_.run_due();
  const Steady now = clock_.steady();
  const bool overdue =
      std::any_of(waiting_.begin(), waiting_.end(), [&](const Question& one) { return one.until <= now; });
  const bool is_free = std::any_of(waiting_.begin(), waiting_.end(), [&](const Question& one) {
    return (can_sign(one, now) || !synchronising_) && budget_.free_at(one.ask.weight, one.urgency, now) <= now;
  });
  if (overdue || is_free) release_waiting(Clockless::wait);
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
  const Steady now = clock_.steady();
  // Where the venue says no time, the one that we set.
  if (problem.kind == Problem::Kind::throttled && !problem.retry_after && !problem.banned_until &&
      now < pause_ends_)
    problem.retry_after = pause_ends_ - now;
  if (!problem.banned_until || problem.retry_after) return problem;
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
