// The latest accepted signal of each strategy and instrument, which identity rules 2 and 3 look back on. Within
// a transaction it is kept here and written once at its end, however many signals follow each other; and kept
// on for the next, as long as nobody else writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "journal/journal.hpp"
#include "model/alert.hpp"
#include "model/signal.hpp"

namespace tvh::journal {

struct LatestSignal {
  std::string signal_id;
  TimePoint received_at{};
  std::string content;  // the first half of its hash: 128 bits of SHA-256 do not collide either
  std::int64_t buy_seq = 0;
  std::int64_t sell_seq = 0;
};

// That half, of any signal's identity.
std::string short_content(const model::Identity& identity);

class LatestSignals {
 public:
  explicit LatestSignals(Journal& journal) : journal_(journal) {}

  // All inside one Journal::Write. Of a signal without a symbol, which acts on all of its strategy's
  // instruments, the latest of any of them; of any other, the latest without a symbol counts with its own. The
  // pointer is good until the next call; nullptr: there is none.
  Result<const LatestSignal*> read(const model::Signal& signal);
  // `seq` is the signal's row.
  Result<void> remember(const model::Signal& signal, const model::Identity& identity, std::int64_t seq);
  // Puts what was remembered into the table. Before the commit, and before a savepoint that may be taken back.
  Result<void> write();
  // At the beginning of a transaction.
  void begin();
  // It was committed: what was read and written in it holds.
  void keep() { kept_at_ = journal_.data_version(); }
  // What was not written never happened.
  void forget() { known_.clear(); }

 private:
  struct Entry {
    std::optional<LatestSignal> latest;
    bool changed = false;
  };
  static constexpr std::int64_t kNotKept = -1;
  static constexpr std::size_t kMostKept = 4096;
  using Key = std::pair<std::string, std::string>;  // strategy, instrument; "" of what has no symbol

  static Key key_of(const model::Signal& signal);
  static const LatestSignal& later_of(const LatestSignal& one, const LatestSignal& other);
  Result<Entry*> find(Key key);
  Result<const LatestSignal*> read_all(const Entry& own, const std::string& strategy);
  Result<void> write_one(const Key& key, const LatestSignal& latest);

  Journal& journal_;
  std::map<Key, Entry> known_;
  LatestSignal merged_;
  std::int64_t kept_at_ = kNotKept;  // the journal's data version
};

}  // namespace tvh::journal
