// tvhook_lint RULE ROOT [EXPECTED]: the findings of one rule over the tree at ROOT, one a line. Exit 0 when
// there is none; with EXPECTED, a file, when they are exactly what it says.
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <sstream>

#include "rules.hpp"

int main(int argc, char** argv) {
  using namespace tvh::lint;
  static const std::map<std::string, std::vector<Finding> (*)(const SourceTree&)> kRules{
      {"layers", check_layers}, {"words", check_words}, {"sizes", check_sizes}, {"paths", check_paths}};
  if (argc < 3 || argc > 4 || !kRules.contains(argv[1])) {
    std::fputs("usage: tvhook_lint layers|words|sizes|paths ROOT [EXPECTED]\n", stderr);
    return 64;
  }
  try {
    const SourceTree tree = read_tree(argv[2]);
    std::string report;
    for (const auto& [path, line, message] : kRules.at(argv[1])(tree)) {
      report += path + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + message + "\n";
    }
    std::fputs(report.c_str(), stdout);
    std::printf("lint %s: %zu files looked at\n", argv[1], tree.files.size());
    if (argc == 3) return report.empty() ? 0 : 1;
    std::ifstream stream(argv[3]);
    std::ostringstream expected;
    expected << stream.rdbuf();
    if (expected.str() == report && !report.empty()) return 0;
    std::printf("--- expected, from %s\n%s", argv[3], expected.str().c_str());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tvhook_lint: %s\n", error.what());
    return 70;
  }
}
