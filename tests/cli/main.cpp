// cli_golden [--update] [PART-OF-A-NAME...]: runs the golden cases; --update rewrites those that differ.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "golden_case.hpp"
#include "golden_run.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;

namespace {

enum class Verdict { same, different, failed };

void print_difference(const std::string& expected, const std::string& found) {
  const std::vector<std::string> old_lines = test::lines_of(expected);
  const std::vector<std::string> new_lines = test::lines_of(found);
  std::size_t same = 0;
  while (same < old_lines.size() && same < new_lines.size() && old_lines[same] == new_lines[same]) ++same;
  std::size_t tail = 0;
  while (tail + same < std::min(old_lines.size(), new_lines.size()) &&
         old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
    ++tail;
  }
  std::printf("  line %zu\n", same + 1);
  for (std::size_t i = same; i < old_lines.size() - tail; ++i) std::printf("  - %s\n", old_lines[i].c_str());
  for (std::size_t i = same; i < new_lines.size() - tail; ++i) std::printf("  + %s\n", new_lines[i].c_str());
}

Verdict check(const std::filesystem::path& file, const std::string& mode) {
  const std::string name = file.stem().string();
  try {
    const std::string expected = test::read_file(file.string());
    const std::string found = golden::format_case(golden::run_case(golden::parse_case(expected)));
    if (found == expected) return Verdict::same;
    if (mode == "--update") {
      test::write_file(file.string(), found);
      std::printf("updated %s\n", name.c_str());
      return Verdict::same;
    }
    std::printf("DIFFERENT %s\n", name.c_str());
    print_difference(expected, found);
    return Verdict::different;
  } catch (const std::exception& problem) {
    std::printf("FAILED %s: %s\n", name.c_str(), problem.what());
    return Verdict::failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string mode;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--update") {
      mode = argument;
    } else {
      wanted.push_back(argument);
    }
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TVHOOK_GOLDEN_CASES)) {
    const std::string name = entry.path().stem().string();
    const bool named = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& part) {
      return name.find(part) != std::string::npos;
    });
    if (entry.path().extension() == ".case" && (wanted.empty() || named)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::size_t good = 0;
  for (const auto& file : files) {
    if (check(file, mode) == Verdict::same) ++good;
  }
  std::printf("%zu of %zu golden cases as expected\n", good, files.size());
  return good == files.size() && !files.empty() ? 0 : 1;
}
