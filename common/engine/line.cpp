#include "engine/line.hpp"

#include <limits>
#include <utility>

namespace tvh::engine {

void Line::insert(Place place, Entry entry) {
  places_[entry.signal_id] = place;
  by_instrument_[entry.instrument].insert(place);
  if (entry.cancels) cancelling_.insert(place);
  entries_.emplace(place, std::move(entry));
}

void Line::add_last(Entry entry) {
  insert(entries_.empty() ? 0 : std::prev(entries_.end())->first + 1, std::move(entry));
}

// Rare (a flatten makes way for itself), so everybody is given a new place.
void Line::add_before_first(Entry entry, const std::function<bool(const std::string&)>& is_waiting) {
  std::map<Place, Entry> before;
  before.swap(entries_);
  *this = Line();
  bool added = false;
  for (auto& [place, one] : before) {
    if (!added && is_waiting(one.signal_id)) {
      add_last(std::exchange(entry, {}));
      added = true;
    }
    add_last(std::move(one));
  }
  if (!added) add_last(std::move(entry));
}

void Line::remove(const std::string& signal_id) {
  const auto found = places_.find(signal_id);
  if (found == places_.end()) return;
  const Place place = found->second;
  const auto entry = entries_.find(place);
  const auto alike = by_instrument_.find(entry->second.instrument);
  alike->second.erase(place);
  if (alike->second.empty()) by_instrument_.erase(alike);
  cancelling_.erase(place);
  entries_.erase(entry);
  places_.erase(found);
}

bool Line::all_before(const std::string& signal_id, const std::string& instrument,
                      const std::function<bool(const std::string&)>& visit) const {
  const auto found = places_.find(signal_id);
  const Place end = found == places_.end() ? std::numeric_limits<Place>::max() : found->second;
  if (instrument.empty()) {
    for (const auto& [place, entry] : entries_) {
      if (place >= end) break;
      if (!visit(entry.signal_id)) return false;
    }
    return true;
  }
  for (const std::string& about : {instrument, std::string()}) {
    const auto alike = by_instrument_.find(about);
    if (alike == by_instrument_.end()) continue;
    for (const Place place : alike->second) {
      if (place >= end) break;
      if (!visit(entries_.at(place).signal_id)) return false;
    }
  }
  return true;
}

std::vector<std::string> Line::first_ones() const {
  std::set<Place> places = cancelling_;
  for (const auto& [instrument, alike] : by_instrument_) places.insert(*alike.begin());
  std::vector<std::string> ids;
  ids.reserve(places.size());
  for (const Place place : places) ids.push_back(entries_.at(place).signal_id);
  return ids;
}

}  // namespace tvh::engine
