#include <algorithm>
#include <map>

#include "rules.hpp"

namespace tvh::lint {
namespace {

const std::string kExceptions = "tests/lint/size_exceptions.txt";

// 0: no limit.
std::size_t limit_of(const std::string& path) {
  const bool is_source = path.ends_with(".cpp");
  if (!is_source && !path.ends_with(".hpp")) return 0;
  if (path.starts_with("tests/")) return 800;
  if (path.starts_with("tools/") && path.ends_with("/main.cpp")) return 40;
  return is_source ? 500 : 250;
}

}  // namespace

std::vector<Finding> check_sizes(const SourceTree& tree) {
  std::map<std::string, std::size_t> granted;
  for (const auto& line : data_lines(tree, kExceptions)) {
    const auto cells = split(line, ' ');
    granted[cells.at(0)] = std::stoul(cells.at(1));
  }
  std::vector<Finding> findings;
  for (const auto& file : tree.files) {
    const std::size_t limit = limit_of(file.path);
    if (limit == 0) continue;
    const auto lines = std::size_t(std::count(file.text.begin(), file.text.end(), '\n'));
    const auto exception = granted.find(file.path);
    const std::string size = std::to_string(lines) + " lines";
    if (exception == granted.end()) {
      if (lines > limit) findings.push_back({file.path, 0, size + ", the limit is " + std::to_string(limit)});
      continue;
    }
    const std::string allowed = std::to_string(exception->second);
    if (lines <= limit) {
      findings.push_back({kExceptions, 0, file.path + " has " + size + " and needs no exception: remove it"});
    } else if (lines > exception->second) {
      findings.push_back({file.path, 0, size + ", even its exception says " + allowed});
    } else if (lines < exception->second) {
      findings.push_back(
          {kExceptions, 0, file.path + " has " + size + ": lower its exception from " + allowed});
    }
    granted.erase(exception);
  }
  for (const auto& [path, lines] : granted)
    findings.push_back({kExceptions, 0, "there is no " + path + ": remove it"});
  return findings;
}

}  // namespace tvh::lint
