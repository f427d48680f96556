#include <algorithm>

#include "code_text.hpp"
#include "rules.hpp"

namespace tvh::lint {
namespace {

// "WORD | places it is banned from | places it may stand all the same | what to do instead"
struct WordRule {
  std::string word;
  std::vector<std::string> banned;
  std::vector<std::string> allowed;
  std::string instead;
};

bool under_any(const std::string& path, const std::vector<std::string>& places) {
  return std::any_of(places.begin(), places.end(), [&path](const std::string& place) {
    // "common/wire/*.cpp": sources of a room, not its headers.
    const auto star = place.find('*');
    if (star == std::string::npos) return path.starts_with(place);
    return path.starts_with(place.substr(0, star)) && path.ends_with(place.substr(star + 1));
  });
}

std::vector<WordRule> read_rules(const SourceTree& tree) {
  std::vector<WordRule> rules;
  for (const auto& line : data_lines(tree, "tests/lint/words.txt")) {
    std::vector<std::string> cells;
    std::size_t start = 0;
    for (auto end = line.find('|'); end != std::string::npos; end = line.find('|', start)) {
      cells.push_back(trim(line.substr(start, end - start)));
      start = end + 1;
    }
    cells.push_back(trim(line.substr(start)));
    cells.resize(4);
    rules.push_back({cells[0], split(cells[1], ' '), split(cells[2], ' '), cells[3]});
  }
  return rules;
}

}  // namespace

std::vector<Finding> check_words(const SourceTree& tree) {
  const auto rules = read_rules(tree);
  std::vector<Finding> findings;
  for (const auto& file : tree.files) {
    if (!file.path.ends_with(".cpp") && !file.path.ends_with(".hpp")) continue;
    const std::string code = code_only(file.text);
    for (const auto& rule : rules) {
      if (!under_any(file.path, rule.banned) || under_any(file.path, rule.allowed)) continue;
      for (auto at = find_word(code, rule.word); at != std::string::npos;
           at = find_word(code, rule.word, at + 1)) {
        const auto line = std::size_t(std::count(code.begin(), code.begin() + std::ptrdiff_t(at), '\n')) + 1;
        findings.push_back({file.path, line, rule.word + " does not stand here: " + rule.instead});
      }
    }
  }
  return findings;
}

}  // namespace tvh::lint
