// Power loss: every write, truncation and sync of a database and its log is recorded, so that what a disk may
// hold at any moment can be rebuilt afterwards.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tvh::test {

struct DiskOperation {
  enum class Kind : char { write = 'w', truncate = 't', sync = 's', acknowledge = 'a' };
  Kind kind = Kind::write;
  int file = 0;             // 0: the database, 1: its log
  std::int64_t number = 0;  // write: offset; truncate: size; acknowledge: what
  std::string bytes;
};

// From now on SQLite in this process records what it does to `path` and its log. For a forked child that has
// opened no database yet.
void record_disk(const std::string& path);
void record_acknowledgement(std::int64_t number);
void save_recording(const std::string& file);

std::vector<DiskOperation> load_recording(const std::string& file);

// What a power loss does with writes that were not synced.
enum class Unsynced { lost, kept, some_lost, last_torn };

// The files at `path` (there as they were when the recording began) after the first `count` operations.
void rebuild_disk(const std::string& path, const std::vector<DiskOperation>& operations, std::size_t count,
                  Unsynced unsynced, std::mt19937& random);

}  // namespace tvh::test
