#include "execution/executor.hpp"

#include <algorithm>

#include "base/overloaded.hpp"

namespace tvh::execution {

using engine::Command;
using engine::Event;
using model::SignalState;

namespace {

// Of one transaction: other writers wait meanwhile.
constexpr std::size_t kMaxBatch = 256;
constexpr std::chrono::milliseconds kMaxHold{20};  // likewise; an event that was begun is ended
// A venue that answers within the call could keep run_until_idle() going; nothing legal takes this many turns.
constexpr int kMaxTurns = 100'000;

// What crash tests call the moments around a transaction, by what it kept.
struct Kept {
  bool claims = false;
  bool sends = false;
  bool outcomes = false;
  int entries = 0;

  void add(const model::JournalEntry& entry) {
    ++entries;
    claims |= std::holds_alternative<model::ClaimSignal>(entry);
    const auto* moved = std::get_if<model::MoveOrder>(&entry);
    if (moved == nullptr) return;
    const bool sent = moved->event == model::OrderEventKind::submit ||
                      moved->event == model::OrderEventKind::resend ||
                      moved->event == model::OrderEventKind::retry;
    (sent ? sends : outcomes) = true;
  }
};

bool tells_of_existence(const Event& event) {
  const auto* answer = std::get_if<engine::SubmitAnswered>(&event);
  return answer != nullptr && (std::holds_alternative<model::Accepted>(answer->outcome) ||
                               std::holds_alternative<model::Unknown>(answer->outcome));
}

}  // namespace

Executor::Executor(journal::Book& book, const Clock& clock, ExecutorSettings settings, RecordSink& sink)
    : book_(book),
      clock_(clock),
      settings_(std::move(settings)),
      sink_(sink),
      alive_(std::make_shared<int>(0)) {
  for (venue::Venue* one : settings_.venues) {
    settings_.rules.venues[one->name()] = one->capabilities();
    one->watch_orders([this, alive = std::weak_ptr<int>(alive_)](venue::OrderUpdate update) {
      if (alive.expired()) return;
      arrived_.push_back(engine::OrderNews{std::move(update.client_order_id), std::move(update.report), {}});
    });
  }
}

Executor::~Executor() {
  for (venue::Venue* one : settings_.venues) one->watch_orders({});
}

void Executor::at_step(std::string_view name) const {
  if (settings_.at_step) settings_.at_step(name);
}

venue::Venue& Executor::venue(const std::string& name) const {
  const auto found = std::find_if(settings_.venues.begin(), settings_.venues.end(),
                                  [&](const venue::Venue* one) { return one->name() == name; });
  TVH_INVARIANT(found != settings_.venues.end(), "orders go to venues that exist");
  return **found;
}

// Their signals are not decided on again for want of their orders, and a request that one of them serves does
// not end without it.
Result<void> Executor::part_with_missing_venues(model::ExecutionOnFile& file) {
  std::set<std::string>& signals = parted_with_;
  for (const auto& order : file.orders) {
    const model::Intent& intent = order.intent;
    if (is_terminal(intent.state) || settings_.rules.venues.contains(intent.venue)) continue;
    const std::string what = "order " + intent.request.client_order_id + " is open at venue " + intent.venue;
    const std::string back = "put [venue." + intent.venue + "] back";
    if (!settings_.passes_over_missing_venues)
      return fail(Errc::configuration, what + ", which the configuration no longer names; " + back);
    sink_.on_warning(what + ", which is not configured any more or cannot be opened, and is left alone; " +
                     back + " and flatten once more");
    signals.insert(intent.signal_id);
  }
  std::erase_if(file.orders, [&](const auto& order) { return signals.contains(order.intent.signal_id); });
  std::erase_if(file.claimed, [&](const auto& signal) { return signals.contains(signal.id); });
  return {};
}

Result<void> Executor::start() {
  const engine::Moment moment{clock_.now(), clock_.steady(), {}};
  TVH_TRY(auto file, book_.load(moment.now));
  TVH_CHECK(part_with_missing_venues(file));
  state_ = engine::start_state(file, settings_.rules, moment);
  for (const auto& request : file.running) {
    for (const std::string& id : request.signals) {
      if (parted_with_.contains(id)) state_.requests[request.seq].insert(id);
    }
  }
  tell_left_behind();
  // What is to be flattened is not sent first.
  TVH_CHECK(take_requests());
  arrived_.push_back(engine::LookNow{});
  return {};
}

// Its exits go where the strategy trades now, and find nothing there. Paper's positions are no money.
void Executor::tell_left_behind() {
  if (settings_.rules.purpose == engine::Purpose::plan) return;
  for (const auto& [lane, position] : state_.positions) {
    const auto venue = settings_.rules.venues.find(lane.venue);
    const bool real = venue != settings_.rules.venues.end() && !venue->second.fills_at_reference;
    const std::string now = settings_.rules.rules_for(lane.strategy).venue;
    if (!real || position.quantity.is_zero() || now == lane.venue) continue;
    sink_.on_warning("strategy " + lane.strategy + " holds " + position.quantity.to_string() + " " +
                     lane.instrument + " at venue " + lane.venue + " and trades at " + now +
                     " now: its exits do not reach that; tvhook-exec --flatten --venue " + lane.venue +
                     " --strategy " + lane.strategy + " closes it");
  }
}

Result<Executor::Given> Executor::give(const model::Signal& signal) {
  const auto compare = [&](const model::Signal& known) {
    model::Signal other = known;
    other.received_at = signal.received_at;  // when it was received says nothing about what it asks for
    return other == signal ? Given::nothing : Given::edited_too_late;
  };
  if (const auto task = state_.tasks.find(signal.id); task != state_.tasks.end())
    return compare(task->second.signal);
  if (waiting_.contains(signal.id)) {
    for (const Event& event : arrived_) {
      const auto* arrived = std::get_if<engine::SignalArrived>(&event);
      if (arrived != nullptr && arrived->signal.id == signal.id) return compare(arrived->signal);
    }
  }
  TVH_TRY(const auto on_file, book_.find_signal(signal));
  if (on_file.state && *on_file.state != SignalState::pending)
    return on_file.differs ? Given::edited_too_late : Given::nothing;
  waiting_.insert(signal.id);
  arrived_.push_back(engine::SignalArrived{signal, true, on_file});
  return Given::taken;
}

bool Executor::has_room() const { return state_.tasks.size() + arrived_.size() < kMaxTasks; }

Result<int> Executor::take_pending() {
  if (!has_room()) return 0;
  const int room = int(kMaxTasks - state_.tasks.size() - arrived_.size());
  TVH_TRY(auto pending, book_.read_pending(pending_after_, room));
  int taken = 0;
  for (auto& signal : pending) {
    if (state_.tasks.contains(signal.id) || !waiting_.insert(signal.id).second) continue;
    arrived_.push_back(engine::SignalArrived{std::move(signal), false, {}});
    ++taken;
  }
  return taken;
}

Result<int> Executor::take_requests() {
  TVH_TRY(const auto requests, book_.read_requests());
  int taken = 0;
  for (const auto& request : requests) {
    if (!requests_taken_.insert(request.seq).second) continue;
    arrived_.push_back(engine::RequestArrived{request});
    ++taken;
  }
  return taken;
}

void Executor::look_now() { arrived_.push_back(engine::LookNow{}); }

std::optional<engine::SteadyPoint> Executor::next_due() const {
  auto due = engine::next_due(state_);
  for (const venue::Venue* one : settings_.venues) {
    const auto at = one->next_due();
    if (at && (!due || *at < *due)) due = at;
  }
  if (!arrived_.empty()) due = clock_.steady();
  return due;
}

int Executor::unfinished_signals() const {
  std::size_t count = 0;
  for (const auto& [key, line] : state_.lines) count += line.size();
  return int(count);
}

int Executor::waiting_signals() const {
  return int(std::count_if(state_.tasks.begin(), state_.tasks.end(), [](const auto& entry) {
    return entry.second.stage != engine::Task::Stage::ordered;
  }));
}

bool Executor::has_requests() const {
  return std::any_of(state_.requests.begin(), state_.requests.end(), [&](const auto& request) {
    const std::set<std::string>& ids = request.second;
    return std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return !parted_with_.contains(id); });
  });
}

std::map<std::string, std::chrono::seconds> Executor::waits() const {
  std::map<std::string, std::chrono::seconds> waits;
  for (const auto& [name, window] : state_.order_requests) {
    const auto venue = settings_.rules.venues.find(name);
    if (venue == settings_.rules.venues.end()) continue;
    const auto now = clock_.steady();
    const auto left = window.next(venue->second.order_rate.value_or(model::Rate{1, {}}), now) - now;
    if (left > Nanoseconds(0)) waits[name] = std::chrono::ceil<std::chrono::seconds>(left);
  }
  return waits;
}

// A ban that a look ran into holds for orders too, and for the next process.
void Executor::note_pauses() {
  for (const venue::Venue* one : settings_.venues) {
    const auto until = one->paused_until();
    if (!until || pauses_told_[one->name()] >= *until) continue;
    pauses_told_[one->name()] = *until;
    arrived_.push_back(engine::VenuePaused{one->name(), *until});
  }
}

Result<void> Executor::turn() {
  for (venue::Venue* one : settings_.venues) one->run_due();
  note_pauses();
  const auto due = engine::next_due(state_);
  TVH_TRY(const auto halt, book_.read_halt());
  if ((due && *due <= clock_.steady()) || halt != state_.halt_seen) arrived_.push_back(engine::TimePassed{});
  if (arrived_.empty()) return {};
  return deal_with_arrived();
}

// In the transaction that begins the flatten: no signal comes in between. What waits in line behind it comes
// after.
Result<void> Executor::add_pending(engine::RequestArrived& asked) {
  if (asked.request.running || asked.request.kind != "flatten") return {};
  TVH_TRY(asked.pending, book_.read_pending(flattened_to_, int(kMaxBatch)));
  asked.more = asked.pending.size() == kMaxBatch;
  if (!asked.more) flattened_to_ = 0;
  std::erase_if(asked.pending, [&](const model::Signal& signal) { return waiting_.contains(signal.id); });
  return {};
}

// What one event leads to without the world's help happens in the same transaction: a look that is answered
// within the call, a signal that ends and frees the next.
Result<void> Executor::deal_with_arrived() {
  const bool under_way = calls_under_way_ > 0;
  if (auto begun = book_.begin(); !begun) {
    const bool lasting = begun.error().code != Errc::temporary;
    outcome_unrecorded_ =
        lasting && (under_way || std::any_of(arrived_.begin(), arrived_.end(), tells_of_existence));
    return std::move(begun).error();
  }
  bool existed = false;
  Kept kept;
  std::vector<Command> commands;
  const auto keep = [&]() -> Result<bool> {
    TVH_TRY(const auto halt, book_.read_halt());
    const engine::Moment moment{clock_.now(), clock_.steady(), halt};
    // What the venues have not sent yet is not sent after the halt was acknowledged, which this step does.
    if (halt && halt != state_.halt_seen) {
      for (venue::Venue* one : settings_.venues) one->drop_unsent();
    }
    bool any = false;
    for (std::size_t dealt = 0; dealt < kMaxBatch && !arrived_.empty(); ++dealt) {
      if (dealt > 0 && clock_.steady() - moment.steady >= kMaxHold) break;
      Event event = std::move(arrived_.front());
      arrived_.pop_front();
      if (auto* news = std::get_if<engine::OrderNews>(&event);
          news != nullptr && !state_.orders.contains(news->client_order_id)) {
        TVH_TRY(news->ended, book_.find_order(news->client_order_id));
      }
      auto* const asked = std::get_if<engine::RequestArrived>(&event);
      if (asked != nullptr) TVH_CHECK(add_pending(*asked));
      if (const auto* signal = std::get_if<engine::SignalArrived>(&event)) waiting_.erase(signal->signal.id);
      existed |= tells_of_existence(event);
      engine::Step step;
      engine::step(state_, settings_.rules, event, moment, step);
      if (asked != nullptr && asked->more) arrived_.push_front(engine::RequestArrived{asked->request});
      for (const auto& entry : step.entries) {
        TVH_CHECK(book_.apply(entry, moment.now));
        kept.add(entry);
        any = true;
      }
      for (auto& command : step.commands) {
        if (const auto* wanted = std::get_if<engine::Find>(&command)) {
          find(*wanted);
        } else {
          commands.push_back(std::move(command));
        }
      }
    }
    return any;
  };
  auto any = keep();
  if (any && *any) {
    if (kept.claims) at_step("claimed");
    if (auto done = book_.commit(); !done) any = std::move(done).error();
  } else {
    book_.roll_back();
  }
  if (!any) {
    outcome_unrecorded_ = existed || under_way;
    return std::move(any).error();
  }
  entries_kept_ += kept.entries;
  if (kept.sends) at_step("intent_committed");
  if (kept.outcomes) at_step("settled");
  for (const Command& command : commands) send(command);
  return {};
}

template <class Answer>
venue::Done<Answer> Executor::note(std::function<Event(Answer)> event) {
  ++calls_under_way_;
  return [this, alive = std::weak_ptr<int>(alive_), event = std::move(event)](Answer answer) {
    if (alive.expired()) return;
    --calls_under_way_;
    arrived_.push_back(event(std::move(answer)));
  };
}

void Executor::find(const engine::Find& wanted) {
  venue(wanted.venue)
      .look_up(wanted.wanted,
               note<model::LookUpOutcome>(
                   [id = wanted.signal_id, instrument = wanted.wanted.instrument](model::LookUpOutcome facts) {
                     return engine::FactsArrived{id, instrument, std::move(facts)};
                   }));
}

void Executor::send(const Command& command) {
  std::visit(
      Overloaded{
          [&](const engine::Submit& submit) {
            venue(submit.venue)
                .submit(submit.order,
                        note<model::SubmitOutcome>([id = submit.order.client_order_id,
                                                    asked_at = clock_.steady()](model::SubmitOutcome outcome) {
                          return engine::SubmitAnswered{id, std::move(outcome), asked_at};
                        }));
            at_step("submitted");
          },
          [&](const engine::Query& query) {
            venue(query.venue)
                .query_order(query.order, note<model::QueryOutcome>(
                                              [id = query.order.client_order_id](model::QueryOutcome outcome) {
                                                return engine::QueryAnswered{id, std::move(outcome)};
                                              }));
            at_step("queried");
          },
          [&](const engine::Cancel& cancel) {
            venue(cancel.venue)
                .cancel(cancel.order, note<model::CancelOutcome>(
                                          [id = cancel.order.client_order_id](model::CancelOutcome outcome) {
                                            return engine::CancelAnswered{id, std::move(outcome)};
                                          }));
            at_step("cancelled");
          },
          [&](const engine::ObservePrice& seen) {
            venue(seen.venue).observe_price(seen.instrument, seen.price);
          },
          [&](const engine::TellOrder& told) { sink_.on_order(told.record); },
          [&](const engine::TellRefusal& told) { sink_.on_refusal(told.record); },
          [&](const engine::Warn& warning) { sink_.on_warning(warning.text); },
          [&](const engine::Find& wanted) { find(wanted); },
      },
      command);
}

Result<void> Executor::run_until_idle() {
  for (int turns = 0; turns < kMaxTurns; ++turns) {
    TVH_CHECK(turn());
    const auto due = next_due();
    if (!due || *due > clock_.steady()) {
      book_.maintain();
      return {};
    }
  }
  return fail(Errc::bug, "the executor does not come to rest");
}

}  // namespace tvh::execution
