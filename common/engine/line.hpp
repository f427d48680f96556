// The signals of one (venue, strategy) whose outcome is not known, in their order. What may start next is found
// by instrument: a long line costs what its instruments are, not what its signals are.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tvh::engine {

class Line {
 public:
  struct Entry {
    std::string signal_id;
    std::string instrument;  // "": about every instrument of the strategy
    bool cancels = false;    // may stand free although others stand before it
  };

  void add_last(Entry entry);
  // Before the first for which `is_waiting` (of a signal id) holds; at the end when it holds for none.
  void add_before_first(Entry entry, const std::function<bool(const std::string&)>& is_waiting);
  void remove(const std::string& signal_id);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  // Those before `signal_id` about the same instrument, in order, until `visit` says false. Returns whether it
  // never did. For an id that is not in line, all of them are.
  bool all_before(const std::string& signal_id, const std::string& instrument,
                  const std::function<bool(const std::string&)>& visit) const;
  // Whatever may be free, in order: the first of each instrument, and all that cancel.
  std::vector<std::string> first_ones() const;

 private:
  using Place = std::int64_t;

  void insert(Place place, Entry entry);

  std::map<Place, Entry> entries_;
  std::map<std::string, Place> places_;                   // by signal id
  std::map<std::string, std::set<Place>> by_instrument_;  // no empty sets
  std::set<Place> cancelling_;
};

}  // namespace tvh::engine
