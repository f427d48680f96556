// Power cuts: everything that reaches the disk is recorded, in order, together with what was answered, so that
// every state a cut may leave behind can be rebuilt afterwards.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "disk/pipeline.hpp"
#include "disk/watched_disk.hpp"

namespace tvh::test {

// One thing that happened: to the disk, or between TradingView and us.
struct Event {
  DiskOperation operation;  // its bytes are `bytes`
  std::string bytes{};
  bool is_delivery = false;  // `operation` means nothing then
  std::size_t alert = 0;
  Delivery delivery{};
  TimePoint at{};
};

class DiskRecorder final : public DiskWatcher {
 public:
  explicit DiskRecorder(const ManualClock& clock) : clock_(clock) {}

  DiskFault watch(const DiskOperation& operation) override;
  void note_delivery(std::size_t alert, const Delivery& delivery);
  const std::vector<Event>& events() const { return events_; }

 private:
  const ManualClock& clock_;
  std::vector<Event> events_;
};

// What a disk does with what it was not told to sync, when the power goes.
enum class Unsynced {
  lost,
  kept,
  some_writes,   // each write, truncation and folder entry or not, at random: reordered
  some_sectors,  // each 512 bytes of each write or not: torn as well
};

// A disk's content with what it holds for certain and what is still on its way.
class ForgetfulDisk {
 public:
  explicit ForgetfulDisk(std::map<DiskFile, std::string> begin);

  void apply(const Event& event);
  // Whether the ways of losing differ now.
  bool is_all_synced() const;
  // What a cut leaves behind: the files that exist, each with its bytes.
  std::map<DiskFile, std::string> cut(Unsynced unsynced, std::mt19937& random) const;

 private:
  struct File {
    bool exists = false;
    bool entry_pending = false;  // the folder on disk says the opposite still
    std::string synced;
    std::vector<const Event*> pending;
  };

  std::map<DiskFile, File> files_;
};

// "" for the database itself, else what SQLite appends to its name.
const char* suffix_of(DiskFile file);

}  // namespace tvh::test
