#include "journal/signal_life.hpp"

#include <algorithm>

#include "journal/execution.hpp"
#include "wire/records.hpp"

namespace tvh::journal {
namespace {

// Rows looked at in one transaction: some tens of milliseconds.
constexpr std::int64_t kRowsAtOnce = 20'000;
// Signals of one alert, and so the rows that those are apart: more than any published alert is made of.
constexpr std::size_t kMaxCompanions = 64;

// The least text that is greater than all that begin with `beginning`.
std::string end_of(std::string_view beginning) { return std::string(beginning) + "\xff"; }

Result<void> find_in(Journal& journal, const char* sql, std::string_view beginning, int most,
                     std::vector<FoundId>& found) {
  TVH_TRY(auto statement, journal.statement(sql));
  const std::string end = end_of(beginning);
  statement->bind(beginning).bind(end).bind(std::int64_t(most));
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return {};
    FoundId one;
    one.signal_id = statement->read_text();
    one.client_order_id = statement->read_text();
    found.push_back(std::move(one));
  }
}

struct SignalRow {
  std::int64_t seq = 0;
  model::SignalLife life;
};

Result<std::optional<SignalRow>> read_signal(Journal& journal, const std::string& id) {
  TVH_TRY(
      auto statement,
      journal.statement("SELECT seq, record, edited_record IS NULL, coalesce(edited_record, record), state, "
                        "reason, message, claimed_at, ended_at FROM signals WHERE id = ?"));
  statement->bind(id);
  TVH_TRY(const bool row, statement->step());
  if (!row) return std::optional<SignalRow>();
  SignalRow found;
  model::SignalLife& life = found.life;
  found.seq = statement->read_integer();
  const auto read_record = [&]() -> model::Signal {
    const std::string record = statement->read_text();
    auto signal = wire::parse_signal(record);
    if (signal) return std::move(*signal);
    statement->note_damage(record, "no record of a signal (" + signal.error().message + ")");
    return {};
  };
  life.signal = read_record();
  const bool unchanged = statement->read_integer() != 0;
  model::Signal executed = read_record();
  if (!unchanged) life.executed = std::move(executed);
  life.state = statement->read_name<model::SignalState>();
  life.reason = statement->read_text();
  life.message = statement->read_text();
  life.claimed_at = statement->read_optional_time();
  life.ended_at = statement->read_optional_time();
  return statement->checked(std::optional(std::move(found)));
}

// The id that an alert's row bears: of several signals that came with one alert, the last one's.
Result<std::string> id_in_alerts(Journal& journal, const std::string& id, std::int64_t seq) {
  TVH_TRY(auto statement, journal.statement("SELECT id FROM signals WHERE seq > ? AND seq <= ? ORDER BY seq"));
  statement->bind(seq).bind(seq + std::int64_t(kMaxCompanions));
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return id;
    const std::string later = statement->read_text();
    for (std::size_t place = 0; place < kMaxCompanions; ++place) {
      if (model::companion_id(later, place) == id) return later;
    }
  }
}

// An index on it would have to be kept with each alert that comes, for the few who ask.
Result<std::vector<model::ReceivedAlert>> read_alerts(Journal& journal, const std::string& signal_id) {
  TVH_TRY(auto last, journal.statement("SELECT coalesce(max(seq), 0) FROM alerts"));
  TVH_CHECK(last->step());
  const std::int64_t end = last->read_integer();
  std::vector<model::ReceivedAlert> alerts;
  for (std::int64_t seen = 0; seen < end; seen += kRowsAtOnce) {
    TVH_TRY(auto statement, journal.statement("SELECT received_at, source, status, verdict, body FROM alerts "
                                              "WHERE seq > ? AND seq <= ? AND signal_id = ? ORDER BY seq"));
    statement->bind(seen).bind(seen + kRowsAtOnce).bind(signal_id);
    while (true) {
      TVH_TRY(const bool row, statement->step());
      if (!row) break;
      model::ReceivedAlert alert;
      alert.received_at = statement->read_time();
      alert.source = statement->read_text();
      alert.status = int(statement->read_integer());
      alert.verdict = statement->read_text();
      alert.body = statement->read_text();
      alerts.push_back(std::move(alert));
    }
  }
  return alerts;
}

Result<std::vector<model::OrderMoment>> read_moments(Journal& journal, const std::string& client_order_id) {
  TVH_TRY(auto statement, journal.statement("SELECT at, event, state, detail FROM order_events WHERE "
                                            "client_order_id = ? ORDER BY seq"));
  statement->bind(client_order_id);
  std::vector<model::OrderMoment> moments;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return moments;
    model::OrderMoment moment;
    moment.at = statement->read_time();
    moment.event = statement->read_text();
    moment.state = statement->read_name<model::OrderState>();
    moment.detail = statement->read_text();
    moments.push_back(std::move(moment));
  }
}

}  // namespace

Result<std::vector<FoundId>> find_ids(Journal& journal, std::string_view beginning, int most) {
  std::vector<FoundId> found;
  TVH_CHECK(find_in(journal, "SELECT id, '' FROM signals WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
                    beginning, most, found));
  TVH_CHECK(find_in(journal,
                    "SELECT signal_id, client_order_id FROM intents WHERE client_order_id >= ? AND "
                    "client_order_id < ? ORDER BY client_order_id LIMIT ?",
                    beginning, most, found));
  const auto exact = std::find_if(found.begin(), found.end(), [&](const FoundId& one) {
    return (one.client_order_id.empty() ? one.signal_id : one.client_order_id) == beginning;
  });
  if (exact != found.end()) found = {FoundId(*exact)};
  return found;
}

Result<std::optional<model::SignalLife>> read_life(Journal& journal, const std::string& signal_id) {
  TVH_TRY(auto row, read_signal(journal, signal_id));
  if (!row) return std::optional<model::SignalLife>();
  model::SignalLife life = std::move(row->life);
  TVH_TRY(const std::string in_alerts, id_in_alerts(journal, signal_id, row->seq));
  TVH_TRY(life.alerts, read_alerts(journal, in_alerts));
  Execution execution(journal);
  TVH_TRY(auto intents, execution.read_intents(signal_id));
  for (model::Intent& intent : intents) {
    model::OrderLife order;
    TVH_TRY(order.moments, read_moments(journal, intent.request.client_order_id));
    TVH_TRY(order.fills, execution.read_fills(intent.request.client_order_id));
    order.intent = std::move(intent);
    life.orders.push_back(std::move(order));
  }
  std::stable_sort(life.orders.begin(), life.orders.end(), [](const auto& one, const auto& other) {
    return one.intent.planned_at < other.intent.planned_at;
  });
  return std::optional(std::move(life));
}

}  // namespace tvh::journal
