#include "engine/line.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"
#include "support/seed.hpp"

using tvh::engine::Line;

namespace {

// The same in the plainest way: one list, looked through from its beginning.
struct PlainLine {
  std::vector<Line::Entry> entries;

  static bool share(const std::string& one, const std::string& other) {
    return one.empty() || other.empty() || one == other;
  }
  std::vector<std::string> before(const std::string& id, const std::string& instrument) const {
    std::vector<std::string> found;
    for (const auto& entry : entries) {
      if (entry.signal_id == id) break;
      if (share(entry.instrument, instrument)) found.push_back(entry.signal_id);
    }
    return found;
  }
  std::vector<std::string> free_ones() const {
    std::vector<std::string> found;
    for (const auto& entry : entries) {
      if (entry.cancels || before(entry.signal_id, entry.instrument).empty()) found.push_back(entry.signal_id);
    }
    return found;
  }
};

std::vector<std::string> seen_before(const Line& line, const std::string& id, const std::string& instrument) {
  std::vector<std::string> seen;
  line.all_before(id, instrument, [&](const std::string& one) {
    seen.push_back(one);
    return true;
  });
  std::sort(seen.begin(), seen.end());
  return seen;
}

}  // namespace

TEST_CASE("line: who stands before whom is what a look through the whole line says") {
  std::mt19937 random{tvh::test::test_seed()};
  const std::vector<std::string> instruments{"BTCUSDT", "ETHUSDT", "SOLUSDT", ""};
  for (int round = 0; round < 50; ++round) {
    Line line;
    PlainLine plain;
    for (int turn = 0; turn < 60; ++turn) {
      const auto choice = random() % 10;
      const Line::Entry entry{std::to_string(turn), instruments[random() % 4], random() % 5 == 0};
      if (choice < 6) {
        line.add_last(entry);
        plain.entries.push_back(entry);
      } else if (choice < 7) {
        const auto waits = [](const std::string& id) { return std::stoi(id) % 3 == 0; };
        line.add_before_first(entry, waits);
        const auto at = std::find_if(plain.entries.begin(), plain.entries.end(),
                                     [&](const auto& one) { return waits(one.signal_id); });
        plain.entries.insert(at, entry);
      } else if (!plain.entries.empty()) {
        const auto gone = plain.entries.begin() + std::ptrdiff_t(random() % plain.entries.size());
        line.remove(gone->signal_id);
        line.remove("not in it");
        plain.entries.erase(gone);
      }
      REQUIRE(line.size() == plain.entries.size());
      for (const auto& one : plain.entries) {
        auto before = plain.before(one.signal_id, one.instrument);
        std::sort(before.begin(), before.end());
        REQUIRE(seen_before(line, one.signal_id, one.instrument) == before);
      }
      // Everything that is free is offered, in order; what is offered beside may stand behind a wider one.
      const auto offered = line.first_ones();
      auto next = offered.begin();
      for (const auto& id : plain.free_ones()) {
        next = std::find(next, offered.end(), id);
        REQUIRE(next != offered.end());
      }
    }
  }
}

TEST_CASE("line: a signal that is not in line stands behind all") {
  Line line;
  line.add_last({"1", "BTCUSDT", false});
  line.add_last({"2", "ETHUSDT", false});
  CHECK(seen_before(line, "9", "ETHUSDT") == std::vector<std::string>{"2"});
  CHECK(seen_before(line, "9", "") == std::vector<std::string>{"1", "2"});
}
