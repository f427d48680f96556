#include "journal/latest_signals.hpp"

#include <algorithm>

namespace tvh::journal {

std::string short_content(const model::Identity& identity) {
  return {identity.content.begin(), identity.content.begin() + 16};
}

void LatestSignals::begin() {
  if (kept_at_ != journal_.data_version() || known_.size() > kMostKept) forget();
  kept_at_ = kNotKept;  // until the transaction is committed
}

LatestSignals::Key LatestSignals::key_of(const model::Signal& signal) {
  return {signal.strategy, signal.symbol.empty() ? "" : model::instrument_name(signal.symbol, signal.market)};
}

Result<LatestSignals::Entry*> LatestSignals::find(Key key) {
  const auto [place, is_new] = known_.try_emplace(std::move(key));
  if (!is_new) return &place->second;
  // Should the reading fail, nothing may be left that says "none".
  auto row = [&]() -> Result<std::optional<LatestSignal>> {
    TVH_TRY(auto statement,
            journal_.statement(
                "SELECT signal_id, received_at, content, buy_seq, sell_seq FROM latest_signals WHERE "
                "strategy = ? AND instrument = ?"));
    statement->bind(place->first.first).bind(place->first.second);
    TVH_TRY(const bool found, statement->step());
    if (!found) return std::optional<LatestSignal>();
    LatestSignal latest;
    latest.signal_id = statement->read_text();
    latest.received_at = statement->read_time();
    latest.content = statement->read_text();
    latest.buy_seq = statement->read_integer();
    latest.sell_seq = statement->read_integer();
    return std::optional(std::move(latest));
  }();
  if (!row) {
    known_.erase(place);
    return std::move(row).error();
  }
  place->second.latest = *std::move(row);
  return &place->second;
}

Result<const LatestSignal*> LatestSignals::read(const model::Signal& signal) {
  TVH_TRY(const Entry* const own, find(key_of(signal)));
  if (signal.symbol.empty()) return read_all(*own, signal.strategy);
  TVH_TRY(const Entry* const of_all, find({signal.strategy, ""}));
  if (!of_all->latest) return own->latest ? &*own->latest : nullptr;
  if (!own->latest) return &*of_all->latest;
  const LatestSignal& last = later_of(*own->latest, *of_all->latest);
  merged_ = last;
  merged_.buy_seq = std::max(own->latest->buy_seq, of_all->latest->buy_seq);
  merged_.sell_seq = std::max(own->latest->sell_seq, of_all->latest->sell_seq);
  return &merged_;
}

const LatestSignal& LatestSignals::later_of(const LatestSignal& one, const LatestSignal& other) {
  return other.received_at > one.received_at ? other : one;
}

// What acts on all of a strategy's instruments comes after whatever came for any of them.
Result<const LatestSignal*> LatestSignals::read_all(const Entry& own, const std::string& strategy) {
  if (!own.latest) return nullptr;
  merged_ = *own.latest;
  TVH_CHECK(write());
  TVH_TRY(auto statement,
          journal_.statement("SELECT coalesce(max(buy_seq), 0), coalesce(max(sell_seq), 0), "
                             "coalesce(max(received_at), 0) FROM latest_signals WHERE strategy = ? AND "
                             "instrument <> ''"));
  statement->bind(strategy);
  TVH_CHECK(statement->step());
  merged_.buy_seq = std::max(merged_.buy_seq, statement->read_integer());
  merged_.sell_seq = std::max(merged_.sell_seq, statement->read_integer());
  if (statement->read_time() > merged_.received_at) merged_.content.clear();  // another one is the latest
  return &merged_;
}

Result<void> LatestSignals::remember(const model::Signal& signal, const model::Identity& identity,
                                     std::int64_t seq) {
  TVH_TRY(Entry* const entry, find(key_of(signal)));
  LatestSignal latest = entry->latest.value_or(LatestSignal());
  latest.signal_id = signal.id;
  latest.received_at = signal.received_at;
  latest.content = short_content(identity);
  if (identity.direction > 0 || identity.both_directions) latest.buy_seq = seq;
  if (identity.direction < 0 || identity.both_directions) latest.sell_seq = seq;
  entry->latest = std::move(latest);
  entry->changed = true;
  return {};
}

Result<void> LatestSignals::write() {
  for (auto& [key, entry] : known_) {
    if (!entry.changed) continue;
    TVH_CHECK(write_one(key, *entry.latest));
    entry.changed = false;
  }
  return {};
}

Result<void> LatestSignals::write_one(const Key& key, const LatestSignal& latest) {
  TVH_TRY(auto statement,
          journal_.statement(
              "INSERT INTO latest_signals (strategy, instrument, signal_id, received_at, content, "
              "buy_seq, sell_seq) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (strategy, instrument) DO "
              "UPDATE SET signal_id = excluded.signal_id, received_at = excluded.received_at, content "
              "= excluded.content, buy_seq = excluded.buy_seq, sell_seq = excluded.sell_seq"));
  statement->bind(key.first)
      .bind(key.second)
      .bind(latest.signal_id)
      .bind(latest.received_at)
      .bind_bytes({reinterpret_cast<const std::uint8_t*>(latest.content.data()), latest.content.size()})
      .bind(latest.buy_seq)
      .bind(latest.sell_seq);
  return statement->run();
}

}  // namespace tvh::journal
