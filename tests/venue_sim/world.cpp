#include "venue_sim/world.hpp"

#include <algorithm>

namespace tvh::venue_sim {
namespace {

constexpr std::size_t kLoggedRequests = 200'000;
enum Purpose : std::uint64_t { kReset = 100, kLate, kWords, kJump, kMalformed };

std::string without_signature(const std::string& query, const std::string& body) {
  std::string kept;
  std::string_view all;
  for (const std::string* part : {&query, &body}) {
    all = *part;
    while (!all.empty()) {
      const auto end = std::min(all.find('&'), all.size());
      const auto pair = all.substr(0, end);
      all.remove_prefix(std::min(end + 1, all.size()));
      if (pair.substr(0, 9) == "signature") continue;
      if (!kept.empty()) kept += '&';
      kept += pair;
    }
  }
  return kept;
}

Answer unparsable(std::uint64_t choice) {
  switch (choice % 3) {
    case 0:
      return {200, "{\"symbol\":\"BTCUSDT\",\"orderId\":", {}};
    case 1:
      return {200, "<!DOCTYPE html><html><body>Just a moment...</body></html>", {}};
    default:
      return {200, "", {}};
  }
}

}  // namespace

Result<std::unique_ptr<World>> World::make(WorldOptions options, const Clock& clock) {
  TVH_TRY(auto venue, make_venue(options.venue));
  std::unique_ptr<World> world(new World(std::move(options), clock, std::move(venue)));
  for (const auto& [name, probability] : world->options_.faults) {
    TVH_CHECK(world->faults_.set(name, probability));
  }
  return world;
}

World::World(WorldOptions options, const Clock& clock, std::unique_ptr<Venue> venue)
    : options_(std::move(options)), clock_(clock), venue_(std::move(venue)), faults_(options_.venue.seed) {}

Milliseconds World::true_now() const {
  if (options_.fixed_time_ms != 0) return options_.fixed_time_ms + moved_;
  return nanoseconds_since_epoch(clock_.now()) / 1'000'000 + options_.clock_offset_ms + moved_;
}

Milliseconds World::now() const { return true_now() + jump_; }

void World::postpone(Milliseconds delay, std::function<void()> action) {
  postponed_.emplace(true_now() + delay, std::move(action));
}

void World::run_due() {
  while (!postponed_.empty() && postponed_.begin()->first <= true_now()) {
    const auto action = std::move(postponed_.begin()->second);
    postponed_.erase(postponed_.begin());
    action();
  }
}

std::optional<Milliseconds> World::next_due() const {
  if (postponed_.empty() || options_.fixed_time_ms != 0) return std::nullopt;
  return std::max<Milliseconds>(0, postponed_.begin()->first - true_now());
}

World::Admission World::admit(const Request& request) {
  run_due();
  Admission admission;
  if (request.path.starts_with("/_sim/")) return admission;
  admission.ordinal = next_ordinal_++;
  admission.latency_ms = options_.latency_ms;
  admission.fault = faults_.draw({admission.ordinal, venue_->trades(request), request.method, request.path});
  const auto too_soon = [&](Fault fault, Milliseconds last, Milliseconds gap) {
    return admission.fault == fault && last != 0 && true_now() < last + gap;
  };
  if (too_soon(Fault::ban, last_ban_end_, options_.ban_gap_ms) ||
      too_soon(Fault::throttled, last_throttle_, options_.throttle_gap_ms))
    admission.fault = Fault::none;
  if (admission.fault == Fault::throttled) last_throttle_ = true_now();
  if (admission.fault == Fault::clock) jump_clock(admission.ordinal);
  admission.received_at = now();
  LoggedRequest log;
  log.ordinal = admission.ordinal;
  log.time = admission.received_at;
  log.method = request.method;
  log.path = request.path;
  log.parameters = without_signature(request.query, request.body);
  log.fault = admission.fault;
  log_.push_back(std::move(log));
  if (log_.size() > kLoggedRequests) log_.pop_front();
  return admission;
}

World::LoggedRequest& World::log_of(std::uint64_t ordinal) {
  static LoggedRequest forgotten;
  if (log_.empty() || ordinal < log_.front().ordinal) return forgotten;
  return log_[std::size_t(ordinal - log_.front().ordinal)];
}

// Somewhere within the jump of the true time; where it was before does not add up.
void World::jump_clock(std::uint64_t ordinal) {
  const auto width = std::uint64_t(2 * options_.clock_jump_ms + 1);
  jump_ = Milliseconds(faults_.roll(ordinal, kJump) % width) - options_.clock_jump_ms;
}

Answer World::execute(const Request& request, const Admission& admission, LoggedRequest& log,
                      Milliseconds visible_for) {
  Answer answer =
      venue_->serve(request, {admission.received_at, now(), visible_for == 0 ? 0 : now() + visible_for});
  log.executed = true;
  log.status = answer.status;
  log.answer_start = answer.status == 200 ? "" : answer.body.substr(0, 200);
  return answer;
}

std::optional<Answer> World::banned(const Request& request) {
  const Milliseconds left = banned_until_ - true_now();
  if (left <= 0) return std::nullopt;
  return venue_->banned(request, banned_until_ + jump_, int((left + 999) / 1000));
}

Answer World::start_ban(const Request& request) {
  banned_until_ = last_ban_end_ = true_now() + options_.venue.ban_ms;
  return *banned(request);
}

Delivery World::serve(const Request& request, const Admission& admission) {
  using Kind = Delivery::Kind;
  run_due();
  if (admission.ordinal == 0) return {Kind::send, control(request), 0, false};
  LoggedRequest& log = log_of(admission.ordinal);
  if (auto answer = banned(request)) {
    log.fault = Fault::ban;  // whatever was drawn for it
    log.status = answer->status;
    return {Kind::send, std::move(*answer), 0};
  }
  const auto without_executing = [&](Answer answer) {
    log.status = answer.status;
    return Delivery{Kind::send, std::move(answer), 0};
  };
  const auto words = faults_.roll(admission.ordinal, kWords);
  switch (admission.fault) {
    case Fault::request_lost:
      return {Kind::close, {}, 0};
    case Fault::unavailable:
      return without_executing(venue_->unavailable(request));
    case Fault::throttled:
      return without_executing(venue_->throttled(request, 1));
    case Fault::ban:
      return without_executing(start_ban(request));
    case Fault::late_accept: {
      const auto late = options_.late_ms + Milliseconds(faults_.roll(admission.ordinal, kLate) %
                                                        std::uint64_t(options_.late_ms + 1));
      postpone(late, [this, request, admission] {
        execute(request, admission, log_of(admission.ordinal), options_.visibility_ms);
      });
      return without_executing(venue_->outcome_unknown(request, words));
    }
    case Fault::reset:
      if (faults_.roll(admission.ordinal, kReset) % 2 == 0) return {Kind::reset, {}, 0};
      break;
    default:
      break;
  }
  const bool hide = admission.fault == Fault::invisible;
  Delivery delivery;
  delivery.answer = execute(request, admission, log, hide ? options_.invisible_ms : options_.visibility_ms);
  switch (admission.fault) {
    case Fault::reply_lost:
      delivery.kind = Kind::close;
      break;
    case Fault::reset:
      delivery.kind = Kind::reset;
      break;
    case Fault::truncated:
      delivery.kind = Kind::truncate;
      break;
    case Fault::silent:
      delivery.kind = Kind::never;
      break;
    case Fault::reordered:
      delivery.kind = Kind::hold;
      break;
    case Fault::slow:
      delivery.delay_ms = options_.slow_ms;
      break;
    case Fault::malformed:
      delivery.answer = unparsable(faults_.roll(admission.ordinal, kMalformed));
      break;
    case Fault::error_after_accept:
      delivery.answer = venue_->outcome_unknown(request, words);
      break;
    default:
      break;
  }
  return delivery;
}

}  // namespace tvh::venue_sim
