#include "journal/sqlite_book.hpp"

#include <sstream>

#include "base/overloaded.hpp"
#include "journal/exposure.hpp"
#include "wire/records.hpp"

namespace tvh::journal {

using model::JournalEntry;

namespace {

Result<std::vector<model::Control>> read_kept_controls(Journal& journal) {
  TVH_TRY(auto statement,
          journal.statement("SELECT key, value FROM controls WHERE (key >= 'breaker:' AND key < 'breaker;') "
                            "OR (key >= 'pause:' AND key < 'pause;') OR (key >= 'price:' AND key < 'price;')"));
  std::vector<model::Control> controls;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return controls;
    model::Control control;
    control.key = statement->read_text();
    control.value = statement->read_text();
    if (control.key.starts_with("price:") && !Decimal::parse_stored(control.value)) {
      statement->note_damage(control.key + " " + control.value, "no number");
    }
    controls.push_back(std::move(control));
  }
}

Result<void> set_request(Journal& journal, std::int64_t seq, const std::string& state,
                         const std::string& result, std::optional<TimePoint> ended) {
  TVH_TRY(auto statement,
          journal.statement("UPDATE requests SET state = ?, result = ?, ended_at = ? WHERE seq = ?"));
  statement->bind(state).bind(result).bind(ended).bind(seq);
  return statement->run();
}

}  // namespace

Result<model::ExecutionOnFile> SqliteBook::load(TimePoint now) {
  model::ExecutionOnFile file;
  TVH_TRY(file.claimed, execution_.read_claimed());
  for (const model::Signal& signal : file.claimed) {
    TVH_TRY(const auto intents, execution_.read_intents(signal.id));
    for (const model::Intent& intent : intents) {
      TVH_TRY(auto order, with_history(intent));
      file.orders.push_back(std::move(order));
    }
  }
  TVH_TRY(file.positions, execution_.read_positions());
  TVH_TRY(file.chains, execution_.read_chains());
  TVH_TRY(file.losses_today, read_losses(execution_.journal(), now));
  TVH_TRY(file.sent, read_sent(execution_.journal(), now));
  TVH_TRY(file.moved, read_moved(execution_.journal(), now));
  TVH_TRY(file.controls, read_kept_controls(execution_.journal()));
  TVH_TRY(auto requests, read_requests());
  std::erase_if(requests, [](const model::Request& request) { return !request.running; });
  file.running = std::move(requests);
  return file;
}

Result<model::OrderOnFile> SqliteBook::with_history(const model::Intent& intent) {
  model::OrderOnFile order;
  order.intent = intent;
  TVH_TRY(order.fills, execution_.read_fills(intent.request.client_order_id));
  TVH_TRY(auto statement,
          execution_.journal().statement(
              "SELECT count(*), min(at), max(at), sum(event = 'retry') FROM order_events WHERE client_order_id "
              "= ? AND (event = 'submit' OR event = 'resend' OR event = 'retry')"));
  statement->bind(intent.request.client_order_id);
  TVH_CHECK(statement->step());
  order.sends = int(statement->read_integer());
  order.first_sent = statement->read_optional_time();
  order.last_sent = statement->read_optional_time();
  order.turned_away = int(statement->read_integer());
  return order;
}

Result<void> SqliteBook::begin() {
  TVH_INVARIANT(!write_, "one transaction at a time");
  TVH_TRY(auto write, execution_.journal().begin_write());
  write_.emplace(std::move(write));
  return {};
}

Result<std::optional<model::Halt>> SqliteBook::read_halt() { return execution_.read_halt(); }

Result<void> SqliteBook::apply(const JournalEntry& entry, TimePoint at) {
  TVH_INVARIANT(write_.has_value(), "entries are kept in a transaction");
  return std::visit(
      Overloaded{
          [&](const model::KeepSignal& kept) { return execution_.hold_given(kept.signal); },
          [&](const model::ClaimSignal& claim) { return execution_.claim(claim.signal, claim.edited, at); },
          [&](const model::NoteSignal& note) {
            return execution_.note_signal(note.signal_id, note.reason, note.message);
          },
          [&](const model::EndSignal& end) {
            return execution_.end_signal(end.signal_id, end.state, end.reason, end.message, at);
          },
          [&](const model::InsertIntent& insert) { return execution_.insert_intent(insert.intent); },
          [&](const model::MoveOrder& move) -> Result<void> {
            TVH_CHECK(execution_.apply_event(move.client_order_id, move.event, at, move.detail));
            return {};
          },
          [&](const model::NameOrder& name) {
            return execution_.set_venue_order_id(name.client_order_id, name.venue_order_id);
          },
          [&](const model::ExplainOrder& why) {
            return execution_.set_reason(why.client_order_id, why.reason, why.message);
          },
          [&](const model::AppendFill& append) {
            return execution_.append_fill(append.fill, append.strategy, append.instrument);
          },
          [&](const model::WriteChain& write) {
            return execution_.write_chain(write.strategy, write.venue, write.instrument, write.chain);
          },
          [&](const model::WriteControl& write) {
            return execution_.write_control(write.key, write.value, at);
          },
          [&](const model::StartRequest& start) {
            std::string ids;
            for (const auto& id : start.signals) ids += (ids.empty() ? "" : " ") + id;
            return set_request(execution_.journal(), start.seq, "running", ids, {});
          },
          [&](const model::EndRequest& end) {
            return set_request(execution_.journal(), end.seq, "done", end.result, at);
          },
      },
      entry);
}

Result<void> SqliteBook::commit() {
  TVH_INVARIANT(write_.has_value(), "a transaction is committed once");
  auto done = write_->commit();
  write_.reset();
  return done;
}

void SqliteBook::roll_back() { write_.reset(); }

Result<model::SignalOnFile> SqliteBook::find_signal(const model::Signal& signal) {
  return execution_.find_signal(signal);
}

Result<std::vector<model::Signal>> SqliteBook::read_pending(std::int64_t& after_seq, int limit) {
  return execution_.read_pending(after_seq, limit);
}

Result<std::vector<model::Request>> SqliteBook::read_requests() {
  TVH_TRY(
      auto statement,
      execution_.journal().statement(
          "SELECT seq, kind, json_valid(arguments), arguments, coalesce(json_extract(valid, '$.strategy'), "
          "''), "
          "coalesce(json_extract(valid, '$.venue'), ''), coalesce(json_extract(valid, '$.symbol'), ''), state, "
          "result FROM (SELECT *, iif(json_valid(arguments), arguments, '{}') AS valid FROM requests WHERE "
          "state = 'waiting' OR state = 'running') ORDER BY seq"));
  std::vector<model::Request> requests;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return requests;
    model::Request request;
    request.seq = statement->read_integer();
    request.kind = statement->read_text();
    const bool is_valid = statement->read_integer() != 0;
    const std::string arguments = statement->read_text();
    // Without its bounds a request would close everything.
    if (!is_valid) statement->note_damage(arguments, "no JSON");
    request.strategy = statement->read_text();
    request.venue = statement->read_text();
    request.symbol = statement->read_text();
    request.running = statement->read_text() == "running";
    std::istringstream ids(statement->read_text());
    std::string id;
    while (ids >> id) request.signals.push_back(id);
    requests.push_back(std::move(request));
  }
}

Result<std::optional<model::OrderOnFile>> SqliteBook::find_order(const std::string& client_order_id) {
  TVH_TRY(const auto intent, execution_.read_intent(client_order_id));
  if (!intent) return std::optional<model::OrderOnFile>();
  TVH_TRY(auto order, with_history(*intent));
  return std::optional(std::move(order));
}

void SqliteBook::maintain() { execution_.journal().maintain(); }

}  // namespace tvh::journal
