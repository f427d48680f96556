#include "journal/signal_reader.hpp"

#include <algorithm>

#include "wire/records.hpp"

namespace tvh::journal {

namespace {

constexpr std::int64_t kPage = 500;
// Rows looked at in one transaction, wanted or not: some tens of milliseconds.
constexpr std::int64_t kRowsAtOnce = 20'000;
// How far a clock was ever set back: by the whole of a time zone and more. Rows further apart than that are in
// the order of their times.
constexpr Nanoseconds kClockSlack = std::chrono::hours(48);

}  // namespace

// By halving: an index on times would have to be kept with each signal that comes, for the few who ask.
Result<std::int64_t> SignalReader::first_row_since(TimePoint time) {
  TVH_TRY(auto last, journal_.statement("SELECT coalesce(max(seq), 0) FROM signals"));
  TVH_CHECK(last->step());
  std::int64_t low = 0;
  std::int64_t high = last->read_integer() + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    TVH_TRY(auto probe,
            journal_.statement(
                "SELECT seq, received_at FROM signals WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1"));
    probe->bind(middle).bind(high);
    TVH_TRY(const bool row, probe->step());
    const std::int64_t seq = row ? probe->read_integer() : 0;
    if (row && probe->read_time() < time) {
      low = seq + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<void> SignalReader::begin() {
  if (filter_.from) {
    TVH_TRY(const std::int64_t first, first_row_since(*filter_.from - kClockSlack));
    seen_ = first - 1;
  }
  if (filter_.to) {
    TVH_TRY(end_, first_row_since(*filter_.to + kClockSlack));
  }
  begun_ = true;
  return {};
}

Result<std::vector<model::Signal>> SignalReader::next_page() {
  if (!begun_) TVH_CHECK(begin());
  std::vector<model::Signal> page;
  while (page.empty()) {
    TVH_TRY(auto last, journal_.statement("SELECT coalesce(max(seq), 0) FROM signals"));
    TVH_CHECK(last->step());
    const std::int64_t end = std::min(end_, last->read_integer() + 1);
    if (seen_ + 1 >= end) break;
    TVH_CHECK(read_rows(std::min(end, seen_ + 1 + kRowsAtOnce), page));
  }
  return page;
}

// Those before the row `end` that are wanted, up to a page.
Result<void> SignalReader::read_rows(std::int64_t end, std::vector<model::Signal>& page) {
  TVH_TRY(
      auto statement,
      journal_.statement(
          "SELECT seq, record FROM signals WHERE seq > ? AND seq < ? AND received_at >= ? AND received_at < ? "
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
