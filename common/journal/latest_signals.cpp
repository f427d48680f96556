#include "journal/latest_signals.hpp"

namespace tvh::journal {

std::string short_content(const model::Identity& identity) {
  return {identity.content.begin(), identity.content.begin() + 16};
}

void LatestSignals::begin() {
  if (kept_at_ != journal_.data_version() || known_.size() > kMostKept) forget();
  kept_at_ = kNotKept;  // until the transaction is committed
}

Result<LatestSignals::Entry*> LatestSignals::find(const model::Signal& signal) {
  const auto [place, is_new] =
      known_.try_emplace(Key(signal.strategy, model::instrument_name(signal.symbol, signal.market)));
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
  TVH_TRY(const Entry* const entry, find(signal));
  return entry->latest ? &*entry->latest : nullptr;
}

Result<void> LatestSignals::remember(const model::Signal& signal, const model::Identity& identity,
                                     std::int64_t seq) {
  TVH_TRY(Entry* const entry, find(signal));
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
