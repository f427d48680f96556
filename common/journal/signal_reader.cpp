#include "journal/signal_reader.hpp"

#include <limits>

#include "wire/records.hpp"

namespace tvh::journal {

static constexpr int kPage = 500;

Result<std::vector<model::Signal>> SignalReader::next_page() {
  TVH_TRY(
      auto statement,
      journal_.statement(
          "SELECT received_at, seq, record FROM signals WHERE (received_at, seq) > (?, ?) AND received_at < ? "
          "AND (? = '' OR strategy = ?) AND (? = '' OR symbol = ?) AND (? = '' OR action = ?) "
          "ORDER BY received_at, seq LIMIT ?"));
  const std::int64_t from = filter_.from ? nanoseconds_since_epoch(*filter_.from) : 0;
  const auto [after_time, after_seq] = last_.value_or(std::pair<std::int64_t, std::int64_t>(from, -1));
  const std::int64_t to =
      filter_.to ? nanoseconds_since_epoch(*filter_.to) : std::numeric_limits<std::int64_t>::max();
  statement->bind(after_time).bind(after_seq).bind(to);
  for (const auto* wanted : {&filter_.strategy, &filter_.symbol, &filter_.action})
    statement->bind(*wanted).bind(*wanted);
  statement->bind(std::int64_t(kPage));
  std::vector<model::Signal> page;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return page;
    const std::int64_t received_at = statement->read_integer();
    const std::int64_t seq = statement->read_integer();
    last_ = {received_at, seq};
    const std::string record = statement->read_text();
    auto signal = wire::parse_signal(record);
    if (!signal) {
      statement->note_damage(record, "no record of a signal (" + signal.error().message + ")");
      continue;  // the next step tells
    }
    page.push_back(std::move(*signal));
  }
}

}  // namespace tvh::journal
