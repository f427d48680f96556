#include "journal/signal_reader.hpp"

#include <algorithm>
#include <limits>

#include "wire/records.hpp"

namespace tvh::journal {

namespace {

constexpr std::int64_t kPage = 500;
// Rows looked at in one transaction, wanted or not: some tens of milliseconds.
constexpr std::int64_t kRowsAtOnce = 20'000;

}  // namespace

Result<std::vector<model::Signal>> SignalReader::next_page() {
  std::vector<model::Signal> page;
  while (page.empty()) {
    TVH_TRY(auto last, journal_.statement("SELECT coalesce(max(seq), 0) FROM signals"));
    TVH_CHECK(last->step());
    const std::int64_t end = last->read_integer() + 1;
    if (seen_ + 1 >= end) break;
    TVH_CHECK(read_rows(std::min(end, seen_ + 1 + kRowsAtOnce), page));
  }
  return page;
}

// Those before the row `end` that are wanted, up to a page. All rows are looked at: they are in the order in
// which they were stored, not of their times. Clocks are set, and an executor records what it reads from its
// stdin with the time it came to whoever received it. An index on times would have to be kept with each signal
// that comes, for the few who ask.
Result<void> SignalReader::read_rows(std::int64_t end, std::vector<model::Signal>& page) {
  TVH_TRY(
      auto statement,
      journal_.statement("SELECT seq, coalesce(edited_record, record) FROM signals WHERE seq > ? AND seq < ? "
                         "AND received_at >= ? AND received_at < ? "
                         "AND (? = '' OR strategy = ?) AND (? = '' OR symbol = ?) AND (? = '' OR action = ?) "
                         "ORDER BY seq LIMIT ?"));
  statement->bind(seen_).bind(end);
  statement->bind(filter_.from ? nanoseconds_since_epoch(*filter_.from) : 0);
  statement->bind(filter_.to ? nanoseconds_since_epoch(*filter_.to) : std::numeric_limits<std::int64_t>::max());
  for (const auto* wanted : {&filter_.strategy, &filter_.symbol, &filter_.action})
    statement->bind(*wanted).bind(*wanted);
  statement->bind(kPage);
  std::int64_t rows = 0;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) break;
    ++rows;
    seen_ = statement->read_integer();
    const std::string record = statement->read_text();
    auto signal = wire::parse_signal(record);
    if (!signal) {
      statement->note_damage(record, "no record of a signal (" + signal.error().message + ")");
      continue;  // the next step tells
    }
    page.push_back(std::move(*signal));
  }
  if (rows < kPage) seen_ = end - 1;
  return {};
}

}  // namespace tvh::journal
