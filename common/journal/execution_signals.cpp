// Execution: signals and controls.
#include "journal/execution.hpp"
#include "wire/records.hpp"

namespace tvh::journal {

using model::Signal;
using model::SignalState;

static Result<Signal> read_record(Statement& row) {
  const std::string text = row.read_text();
  auto signal = wire::parse_signal(text);
  if (signal) return signal;
  row.note_damage(text, "no record of a signal (" + signal.error().message + ")");
  return row.checked(Signal());
}

Result<model::SignalOnFile> Execution::find_signal(const Signal& signal) {
  TVH_TRY(auto known, journal_.statement(
                          "SELECT coalesce(edited_record, record) AS record, state FROM signals WHERE id = ?"));
  known->bind(signal.id);
  TVH_TRY(const bool row, known->step());
  model::SignalOnFile on_file;
  if (!row) return on_file;
  TVH_TRY(Signal stored, read_record(*known));
  stored.received_at = signal.received_at;  // when it was received says nothing about what it asks for
  on_file.differs = !(stored == signal);
  on_file.state = known->read_name<SignalState>();
  return known->checked(on_file);
}

Result<void> Execution::claim(const Signal& signal, bool edited, TimePoint now) {
  TVH_CHECK(edited ? hold_given(signal) : insert_given(signal));
  TVH_TRY(auto statement,
          journal_.statement("UPDATE signals SET state = 'claimed', claimed_at = ? WHERE id = ? "
                             "AND state = 'pending'"));
  statement->bind(now).bind(signal.id);
  return statement->run();
}

Result<void> Execution::insert_given(const Signal& signal) {
  TVH_TRY(
      auto insert,
      journal_.statement(
          "INSERT INTO signals (id, received_at, strategy, symbol, market, action, record, event_at, state) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending') ON CONFLICT (id) DO NOTHING"));
  const std::string record = wire::format_signal(signal);
  insert->bind(signal.id)
      .bind(signal.received_at)
      .bind(signal.strategy)
      .bind(signal.symbol)
      .bind(to_text(signal.market))
      .bind(to_text(signal.action))
      .bind(record)
      .bind(signal.fired_at ? *signal.fired_at : signal.bar_time.value_or(signal.received_at));
  return insert->run();
}

Result<void> Execution::hold_given(const Signal& signal) {
  TVH_CHECK(insert_given(signal));
  // One that comes as it was first, after an edit, takes the edit back.
  TVH_TRY(auto statement,
          journal_.statement("UPDATE signals SET edited_record = nullif(?, record) WHERE id = ? "
                             "AND state = 'pending'"));
  const std::string record = wire::format_signal(signal);
  statement->bind(record).bind(signal.id);
  return statement->run();
}

Result<void> Execution::note_reason(const std::string& id, const std::string& reason,
                                    const std::string& message) {
  TVH_TRY(auto statement,
          journal_.statement("UPDATE signals SET reason = ?, message = ? WHERE id = ? AND (state = 'pending' "
                             "OR state = 'claimed')"));
  statement->bind(reason).bind(message).bind(id);
  return statement->run();
}

Result<void> Execution::note_signal(const std::string& id, const std::string& reason,
                                    const std::string& message) {
  TVH_TRY(auto statement, journal_.statement("UPDATE signals SET reason = ?, message = ? WHERE id = ?"));
  statement->bind(reason).bind(message).bind(id);
  return statement->run();
}

Result<void> Execution::end_signal(const std::string& id, SignalState state, const std::string& reason,
                                   const std::string& message, TimePoint now) {
  if (!reason.empty()) TVH_CHECK(note_reason(id, reason, message));
  TVH_TRY(auto statement,
          journal_.statement("UPDATE signals SET state = ?, ended_at = ? WHERE id = ? AND state IN "
                             "('pending', 'claimed')"));
  statement->bind(to_text(state)).bind(now).bind(id);
  return statement->run();
}

Result<std::vector<Signal>> Execution::read_pending(std::int64_t& after_seq, int limit) {
  TVH_TRY(auto statement,
          journal_.statement(
              "SELECT seq, coalesce(edited_record, record) AS record FROM signals WHERE state = 'pending' AND "
              "seq > ? ORDER BY seq LIMIT ?"));
  statement->bind(after_seq).bind(std::int64_t(limit));
  std::vector<Signal> signals;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return signals;
    after_seq = statement->read_integer();
    TVH_TRY(Signal signal, read_record(*statement));
    signals.push_back(std::move(signal));
  }
}

Result<std::vector<Signal>> Execution::read_claimed() {
  TVH_TRY(auto statement, journal_.statement("SELECT coalesce(edited_record, record) AS record FROM signals "
                                             "WHERE state = 'claimed' ORDER BY seq"));
  std::vector<Signal> signals;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return signals;
    TVH_TRY(Signal signal, read_record(*statement));
    signals.push_back(std::move(signal));
  }
}

Result<std::optional<SignalState>> Execution::read_signal_state(const std::string& id) {
  TVH_TRY(auto statement, journal_.statement("SELECT state FROM signals WHERE id = ?"));
  statement->bind(id);
  TVH_TRY(const bool row, statement->step());
  return row ? statement->checked(std::optional(statement->read_name<SignalState>()))
             : std::optional<SignalState>();
}

Result<std::optional<std::string>> Execution::read_control(const std::string& key) {
  TVH_TRY(auto statement, journal_.statement("SELECT value FROM controls WHERE key = ?"));
  statement->bind(key);
  TVH_TRY(const bool row, statement->step());
  return row ? std::optional(statement->read_text()) : std::optional<std::string>();
}

Result<void> Execution::write_control(const std::string& key, const std::string& value, TimePoint now) {
  TVH_TRY(auto statement,
          journal_.statement("INSERT INTO controls (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) "
                             "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at"));
  statement->bind(key).bind(value).bind(now);
  return statement->run();
}

Result<std::optional<model::Halt>> Execution::read_halt() {
  TVH_TRY(auto statement, journal_.statement("SELECT value, updated_at FROM controls WHERE key = 'halt'"));
  TVH_TRY(const bool row, statement->step());
  if (!row) return std::optional<model::Halt>();
  model::Halt halt;
  halt.reason = statement->read_text();
  halt.since = statement->read_time();
  return std::optional(halt);
}

Result<void> Execution::write_halt(const std::string& reason, TimePoint now) {
  return write_control("halt", reason, now);
}

Result<void> Execution::remove_halt() {
  TVH_TRY(auto statement, journal_.statement("DELETE FROM controls WHERE key = 'halt'"));
  return statement->run();
}

}  // namespace tvh::journal
