#include "disk/recording.hpp"

#include <algorithm>
#include <cstring>

namespace tvh::test {

namespace {

constexpr std::size_t kSector = 512;

void put(std::string& content, std::size_t at, std::string_view bytes) {
  if (content.size() < at + bytes.size()) content.resize(at + bytes.size());
  std::memcpy(content.data() + at, bytes.data(), bytes.size());
}

void put_whole(std::string& content, const Event& event) {
  if (event.operation.call == DiskCall::truncate) {
    content.resize(std::size_t(event.operation.offset));
  } else {
    put(content, std::size_t(event.operation.offset), event.bytes);
  }
}

// The sectors are the file's. What a write does not touch stays: disks that damage the rest of a sector are not
// believed in by SQLite either (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
void put_some_sectors(std::string& content, const Event& event, std::mt19937& random) {
  std::size_t at = std::size_t(event.operation.offset);
  std::string_view rest = event.bytes;
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.size(), kSector - at % kSector);
    if (random() % 2 == 0) put(content, at, rest.substr(0, length));
    at += length;
    rest.remove_prefix(length);
  }
}

void put_pending(std::string& content, const Event& event, Unsynced unsynced, std::mt19937& random) {
  switch (unsynced) {
    case Unsynced::lost:
      return;
    case Unsynced::kept:
      return put_whole(content, event);
    case Unsynced::some_sectors:
      if (event.operation.call == DiskCall::write) return put_some_sectors(content, event, random);
      [[fallthrough]];
    case Unsynced::some_writes:
      if (random() % 2 == 0) put_whole(content, event);
  }
}

}  // namespace

DiskFault DiskRecorder::watch(const DiskOperation& operation) {
  if (operation.call == DiskCall::read || operation.call == DiskCall::lock) return DiskFault::none;
  Event event;
  event.operation = operation;
  event.operation.bytes = {};
  event.bytes = std::string(operation.bytes);
  event.at = clock_.now();
  events_.push_back(std::move(event));
  return DiskFault::none;
}

void DiskRecorder::note_delivery(std::size_t alert, const Delivery& delivery) {
  Event event;
  event.is_delivery = true;
  event.alert = alert;
  event.delivery = delivery;
  event.at = clock_.now();
  events_.push_back(std::move(event));
}

ForgetfulDisk::ForgetfulDisk(std::map<DiskFile, std::string> begin) {
  for (auto& [file, content] : begin) {
    files_[file].exists = true;
    files_[file].synced = std::move(content);
  }
}

void ForgetfulDisk::apply(const Event& event) {
  if (event.is_delivery) return;
  File& file = files_[event.operation.file];
  switch (event.operation.call) {
    case DiskCall::open:
      if (!file.exists) file = {true, true, "", {}};
      break;
    case DiskCall::remove:
      file.exists = false;
      file.entry_pending = true;
      break;
    case DiskCall::write:
    case DiskCall::truncate:
      file.pending.push_back(&event);
      break;
    case DiskCall::sync:
      for (const Event* const pending : file.pending) put_whole(file.synced, *pending);
      file.pending.clear();
      break;
    case DiskCall::read:
    case DiskCall::lock:
      break;
  }
  if (!event.operation.syncs_folder) return;
  for (auto& [name, each] : files_) {
    each.entry_pending = false;
    if (!each.exists) each = {};
  }
}

bool ForgetfulDisk::is_all_synced() const {
  return std::all_of(files_.begin(), files_.end(), [](const auto& file) {
    return !file.second.entry_pending && file.second.pending.empty();
  });
}

std::map<DiskFile, std::string> ForgetfulDisk::cut(Unsynced unsynced, std::mt19937& random) const {
  std::map<DiskFile, std::string> left;
  for (const auto& [name, file] : files_) {
    const bool random_entry = random() % 2 == 0;
    const bool new_entry = unsynced == Unsynced::kept || (unsynced != Unsynced::lost && random_entry);
    const bool is_there = file.entry_pending && !new_entry ? !file.exists : file.exists;
    if (!is_there) continue;
    std::string content = file.synced;
    for (const Event* const event : file.pending) put_pending(content, *event, unsynced, random);
    left[name] = std::move(content);
  }
  return left;
}

const char* suffix_of(DiskFile file) {
  switch (file) {
    case DiskFile::database:
      return "";
    case DiskFile::log:
      return "-wal";
    case DiskFile::rollback:
      return "-journal";
  }
  return "";
}

}  // namespace tvh::test
