#include "journal/alert_store.hpp"

#include <algorithm>

#include "journal/journal.hpp"
#include "journal/latest_signals.hpp"
#include "journal/open.hpp"
#include "wire/records.hpp"

namespace tvh::journal {
namespace {

using model::Identity;
using model::Signal;

// What the journal knows of earlier signals that this one might be again.
struct KnownKey {
  std::string first_id;  // that the key had when it first came
  std::string signal_id;
  std::int64_t seq = 0;
  TimePoint event_at{};
};
// Clocks are set back as well.
Nanoseconds apart(TimePoint one, TimePoint other) { return one < other ? other - one : one - other; }

TimePoint event_time(const Signal& signal, const Identity& identity) {
  return identity.event_at.value_or(signal.received_at);
}

// Of a signal that is one of several in an alert: it is never looked up itself, but it counts for what follows.
Identity companion_identity(const Signal& signal) {
  Identity identity;
  identity.direction = model::direction_of(signal.action);
  identity.both_directions =
      signal.action == model::Action::close_all || signal.action == model::Action::target;
  identity.event_at = signal.fired_at ? signal.fired_at : signal.bar_time;
  return identity;
}

class SqliteAlertStore final : public AlertStore {
 public:
  explicit SqliteAlertStore(std::unique_ptr<Journal> journal)
      : journal_(std::move(journal)), latest_(*journal_) {}
  ~SqliteAlertStore() override { journal_->settle(); }

  Result<std::vector<Stored>> append_arrivals(std::span<const Arrival> arrivals) override {
    auto stored = append_batch(arrivals, Isolation::together);
    // One arrival that cannot be stored must not take its neighbours down: the second try gives each a
    // savepoint.
    if (!stored && stored.error().code == Errc::bug) stored = append_batch(arrivals, Isolation::each_alone);
    return stored;
  }

  Result<std::vector<KeptAlert>> read_last_alerts(Nanoseconds span, TimePoint since) override {
    TVH_TRY(auto statement,
            journal_->statement(
                "SELECT original_hash, received_at, signal_id FROM alerts WHERE seq > coalesce((SELECT "
                "CAST(value AS INTEGER) FROM controls WHERE key = 'answered_through'), 0) ORDER BY seq DESC "
                "LIMIT 4096"));
    std::vector<KeptAlert> alerts;
    auto earliest = since;
    for (bool last = true;; last = false) {
      TVH_TRY(const bool row, statement->step());
      if (!row) break;
      KeptAlert alert;
      const std::string hash = statement->read_text();
      std::copy_n(hash.begin(), std::min(hash.size(), alert.original_hash.size()), alert.original_hash.begin());
      alert.received_at = statement->read_time();
      alert.signal_id = statement->read_text();
      if (last) earliest = std::max(earliest, alert.received_at - span);
      if (alert.received_at < earliest) break;
      if (!alert.signal_id.empty()) alerts.push_back(std::move(alert));
    }
    return alerts;
  }

  Result<void> note_all_answered() override {
    if (last_alert_ == 0) return {};
    TVH_TRY(auto write, journal_->begin_write(std::chrono::milliseconds(500)));
    TVH_TRY(
        auto statement,
        journal_->statement("INSERT INTO controls (key, value, updated_at) VALUES ('answered_through', min(?, "
                            "coalesce((SELECT max(seq) FROM alerts), 0)), "
                            "0) ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    statement->bind(last_alert_);
    TVH_CHECK(statement->run());
    return write.commit();
  }

  void maintain(Upkeep upkeep) override { journal_->maintain(upkeep); }

  Result<void> probe() override {
    TVH_TRY(auto write, journal_->begin_write(std::chrono::milliseconds(500)));
    TVH_TRY(auto statement,
            journal_->statement("INSERT INTO controls (key, value, updated_at) VALUES ('probe', '', 0) "
                                "ON CONFLICT (key) DO UPDATE SET value = value || 'x'"));
    TVH_CHECK(statement->run());
    TVH_TRY(auto clean, journal_->statement("DELETE FROM controls WHERE key = 'probe'"));
    TVH_CHECK(clean->run());
    return write.commit();
  }

 private:
  enum class Isolation { together, each_alone };

  Result<std::vector<Stored>> append_batch(std::span<const Arrival> arrivals, Isolation isolation) {
    // The listener answers 503 after 2.8 s; waiting longer for the lock helps nobody.
    TVH_TRY(auto write, journal_->begin_write(std::chrono::milliseconds(1500)));
    latest_.begin();
    std::vector<Stored> stored;
    stored.reserve(arrivals.size());
    bool accepted = false;
    for (const Arrival& arrival : arrivals) {
      TVH_TRY(Stored one, isolation == Isolation::together ? append(arrival) : append_alone(arrival));
      accepted |= one.kind == Stored::Kind::accepted;
      stored.push_back(std::move(one));
    }
    TVH_CHECK(latest_.write());
    TVH_CHECK(write.commit());
    latest_.keep();
    last_alert_ = appended_;
    if (accepted) journal_->ring();
    return stored;
  }

  Result<Stored> append_alone(const Arrival& arrival) {
    TVH_CHECK(latest_.write());  // what came before outlives this one
    TVH_CHECK(journal_->connection().execute("SAVEPOINT arrival"));
    auto stored = append(arrival);
    if (!stored) {
      if (stored.error().code != Errc::bug) return stored;
      stored = Stored{Stored::Kind::failed, "", stored.error().message};
      TVH_CHECK(journal_->connection().execute("ROLLBACK TO arrival"));
      latest_.forget();
    }
    TVH_CHECK(journal_->connection().execute("RELEASE arrival"));
    return stored;
  }

  Result<Stored> append(const Arrival& arrival) {
    if (!arrival.signal) {
      TVH_CHECK(insert_alert(arrival, arrival.alert.verdict, ""));
      return Stored{};
    }
    if (arrival.resend_of && !arrival.resend_of->empty()) return append_duplicate(arrival, *arrival.resend_of);
    TVH_TRY(std::optional<Stored> inserted, insert_if_new(arrival));
    if (inserted) return *std::move(inserted);
    TVH_TRY(const Recognised recognised, recognise(arrival));
    if (!recognised.duplicate_of.empty()) return append_duplicate(arrival, recognised.duplicate_of);
    return insert_signals(arrival, recognised);
  }

  Result<Stored> append_duplicate(const Arrival& arrival, const std::string& signal_id) {
    TVH_CHECK(insert_alert(arrival, "duplicate", signal_id));
    return Stored{Stored::Kind::duplicate, signal_id, ""};
  }

  // Most are new, and then it is the insert itself that has looked whether the id is taken. Nothing where it
  // is, or where more has to be looked at than the id.
  Result<std::optional<Stored>> insert_if_new(const Arrival& arrival) {
    std::optional<Stored> stored;
    if (!arrival.earlier.empty()) return stored;
    TVH_TRY(const LatestSignal* const latest, latest_.read(*arrival.signal));
    if (repeats(arrival, latest)) return stored;
    TVH_TRY(const bool may_be_former, may_have_former_id(arrival));
    if (may_be_former) return stored;
    stored = Stored{Stored::Kind::accepted, arrival.signal->id, ""};
    TVH_TRY(const auto seq, try_insert_signal(*arrival.signal, arrival.identity, stored->record));
    if (!seq) return std::optional<Stored>();
    TVH_CHECK(insert_alert(arrival, "accepted", stored->signal_id));
    return stored;
  }

  // What the identity rules say: the signal this one is again, or the id it is to be stored under.
  struct Recognised {
    std::string duplicate_of;  // "" when it is new
    std::string id;
    std::string first_id;  // of the identity, if it came before
  };
  Result<Recognised> recognise(const Arrival& arrival) {
    const Signal& signal = *arrival.signal;
    const Identity& identity = arrival.identity;
    TVH_TRY(const LatestSignal* const latest, latest_.read(signal));
    Recognised recognised{"", signal.id, ""};
    if (identity.rule != Identity::Rule::content_window) {
      TVH_TRY(const auto known, read_known(arrival));
      if (known && !recurs(signal, identity, *known, latest)) return Recognised{known->signal_id, "", ""};
      if (known) recognised = {"", arrival.alternate_id, known->first_id};
    }
    if (repeats(arrival, latest)) return Recognised{latest->signal_id, "", ""};
    return recognised;
  }

  // Rule 3: the same as the latest, within its window.
  static bool repeats(const Arrival& arrival, const LatestSignal* latest) {
    const Identity& identity = arrival.identity;
    return identity.rule != Identity::Rule::author_id && !arrival.resend_of && latest != nullptr &&
           identity.window > Nanoseconds(0) &&
           apart(arrival.signal->received_at, latest->received_at) <= identity.window &&
           latest->content == short_content(identity);
  }

  // Whether a known key may legally come again.
  static bool recurs(const Signal& signal, const Identity& identity, const KnownKey& known,
                     const LatestSignal* latest) {
    if (identity.rule == Identity::Rule::author_id) {
      if (!identity.key_expires) return false;
      return apart(event_time(signal, identity), known.event_at) > identity.window;
    }
    const bool has_side = identity.direction != 0 || identity.both_directions;
    if (!latest || !has_side) return false;
    const std::int64_t opposite = identity.direction > 0   ? latest->sell_seq
                                  : identity.direction < 0 ? latest->buy_seq
                                                           : std::max(latest->buy_seq, latest->sell_seq);
    return opposite > known.seq;
  }

  // The latest signal of the arrival's identity.
  Result<std::optional<KnownKey>> read_known(const Arrival& arrival) {
    TVH_TRY(auto first, read_first(arrival.signal->id));
    if (!first) {
      TVH_TRY(const bool may_be_former, may_have_former_id(arrival));
      if (may_be_former) {
        TVH_TRY(first, read_first(arrival.former_id));
      }
    }
    if (!first) return std::optional<KnownKey>();
    return read_latest(arrival, *std::move(first));
  }

  Result<std::optional<KnownKey>> read_first(const std::string& id) {
    TVH_TRY(auto statement, journal_->statement("SELECT seq, event_at FROM signals WHERE id = ?"));
    statement->bind(id);
    TVH_TRY(const bool row, statement->step());
    if (!row) return std::optional<KnownKey>();
    KnownKey known{id, id, statement->read_integer(), {}};
    known.event_at = statement->read_time();
    return std::optional(std::move(known));
  }

  // Where the journal is older than ids that begin with a time; which never changes.
  Result<bool> may_have_former_id(const Arrival& arrival) {
    if (arrival.former_id.empty()) return false;
    if (!former_ids_) {
      TVH_TRY(auto statement, journal_->statement("SELECT 1 FROM controls WHERE key = 'ids_without_time'"));
      TVH_TRY(former_ids_, statement->step());
    }
    return *former_ids_;
  }

  Result<std::optional<KnownKey>> read_latest(const Arrival& arrival, KnownKey known) {
    const Identity& identity = arrival.identity;
    // A bare id is known by the signal nearest in time; a trade of a bar by the latest that had it.
    const bool by_time = identity.key_expires;
    TVH_TRY(auto again, journal_->statement(
                            "SELECT signal_id, seq, event_at FROM recurrences WHERE first_id = ? AND event_at "
                            "BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1"));
    const TimePoint at = event_time(*arrival.signal, identity);
    // As good as for ever, and from an alert's latest time not past what nanoseconds can tell.
    const Nanoseconds reach = by_time ? identity.window : std::chrono::days(20'000);
    const bool first_is_near = by_time && !recurs(*arrival.signal, identity, known, nullptr);
    again->bind(known.first_id).bind(at - reach).bind(at + reach);
    TVH_TRY(const bool row, again->step());
    if (row && !first_is_near) {
      known.signal_id = again->read_text();
      known.seq = again->read_integer();
      known.event_at = again->read_time();
    }
    return std::optional(known);
  }

  Result<Stored> insert_signals(const Arrival& arrival, const Recognised& recognised) {
    const std::string& id = recognised.id;
    Stored stored{Stored::Kind::accepted, id, ""};
    for (std::size_t i = 0; i < arrival.earlier.size(); ++i) {
      Signal signal = arrival.earlier[i];
      signal.id = model::companion_id(id, i);
      TVH_TRY(const std::int64_t place, insert_signal(signal, companion_identity(signal), stored.record));
      static_cast<void>(place);
      stored.record += '\n';
    }
    Signal signal = *arrival.signal;
    signal.id = id;
    TVH_TRY(const std::int64_t seq, insert_signal(signal, arrival.identity, stored.record));
    if (!recognised.first_id.empty()) TVH_CHECK(remember_recurrence(arrival, recognised, seq));
    TVH_CHECK(insert_alert(arrival, "accepted", signal.id));
    return stored;
  }

  // The row's number; its record is appended to `records`.
  Result<std::int64_t> insert_signal(const Signal& signal, const Identity& identity, std::string& records) {
    TVH_TRY(const auto seq, try_insert_signal(signal, identity, records));
    if (!seq) return fail(Errc::bug, "the id " + signal.id + " is given to two signals");
    return *seq;
  }

  // Nothing where its id is taken.
  Result<std::optional<std::int64_t>> try_insert_signal(const Signal& signal, const Identity& identity,
                                                        std::string& records) {
    const std::string record = wire::format_signal(signal);
    TVH_TRY(auto statement,
            journal_->statement(
                "INSERT INTO signals (id, received_at, strategy, symbol, market, action, record, event_at, "
                "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending') ON CONFLICT (id) DO NOTHING"));
    statement->bind(signal.id)
        .bind(signal.received_at)
        .bind(signal.strategy)
        .bind(signal.symbol)
        .bind(model::to_text(signal.market))
        .bind(model::to_text(signal.action))
        .bind(record)
        .bind(event_time(signal, identity));
    TVH_CHECK(statement->run());
    std::optional<std::int64_t> seq;
    if (journal_->connection().changes() == 0) return seq;
    seq = journal_->connection().last_insert_rowid();
    TVH_CHECK(latest_.remember(signal, identity, *seq));
    records += record;
    return seq;
  }

  Result<void> remember_recurrence(const Arrival& arrival, const Recognised& recognised, std::int64_t seq) {
    TVH_TRY(auto statement,
            journal_->statement(
                "INSERT INTO recurrences (first_id, event_at, seq, signal_id) VALUES (?, ?, ?, ?)"));
    statement->bind(recognised.first_id)
        .bind(event_time(*arrival.signal, arrival.identity))
        .bind(seq)
        .bind(recognised.id);
    return statement->run();
  }

  Result<void> insert_alert(const Arrival& arrival, std::string_view verdict, std::string_view signal_id) {
    const model::Alert& alert = arrival.alert;
    TVH_TRY(auto statement,
            journal_->statement("INSERT INTO alerts (received_at, source, status, verdict, body, body_hash, "
                                "original_hash, signal_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
    statement->bind(alert.received_at)
        .bind(alert.source)
        .bind(std::int64_t(alert.status))
        .bind(verdict)
        .bind(alert.body)
        .bind_bytes(alert.body_hash)
        .bind_bytes(alert.original_hash);
    if (signal_id.empty()) {
      statement->bind_null();
    } else {
      statement->bind(signal_id);
    }
    TVH_CHECK(statement->run());
    appended_ = journal_->connection().last_insert_rowid();
    return {};
  }

  std::unique_ptr<Journal> journal_;
  LatestSignals latest_;
  std::int64_t appended_ = 0;    // the row of the last alert of the batch
  std::int64_t last_alert_ = 0;  // of what was committed; at most one further, where a savepoint was taken back
  std::optional<bool> former_ids_;
};

}  // namespace

Result<std::unique_ptr<AlertStore>> open_alert_store(const std::string& path) {
  TVH_TRY(auto journal, Journal::open(path));
  return make_alert_store(std::move(journal));
}

std::unique_ptr<AlertStore> make_alert_store(std::unique_ptr<Journal> journal) {
  return std::make_unique<SqliteAlertStore>(std::move(journal));
}

}  // namespace tvh::journal
