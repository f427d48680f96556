#include <algorithm>
#include <cctype>

#include "code_text.hpp"
#include "rules.hpp"

namespace tvh::lint {
namespace {

// Put together here, because this file is looked at as well.
const std::vector<std::string>& machine_paths() {
  static const std::vector<std::string> paths{std::string("/wo") + "rk/", std::string("/tmp/bash") + "_jobs",
                                              std::string("/ho") + "me/", std::string("/ro") + "ot/"};
  return paths;
}
const std::vector<std::string>& notes_to_oneself() {
  static const std::vector<std::string> notes{std::string("TO") + "DO", std::string("FIX") + "ME",
                                              std::string("XX") + "X"};
  return notes;
}

bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
}

// At the start of a path, not in the middle of one.
bool names_machine_path(const std::string& line, const std::string& path) {
  for (auto at = line.find(path); at != std::string::npos; at = line.find(path, at + 1)) {
    if (at == 0 || !is_path_character(line[at - 1])) return true;
  }
  return false;
}

// Parts of a file's name that say nothing about what is in it.
std::string empty_name(const std::string& path) {
  std::string stem = path.substr(path.rfind('/') + 1);
  stem = stem.substr(0, stem.find('.'));
  for (const auto& part : split(stem, '_')) {
    for (const std::string word : {"util", "utils", "helper", "helpers", "manager", "handler", "misc"}) {
      if (part == word) return word;
    }
  }
  return stem == "common" ? stem : "";
}

}  // namespace

std::vector<Finding> check_paths(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const auto& file : tree.files) {
    const bool is_code = file.path.ends_with(".cpp") || file.path.ends_with(".hpp");
    if (const auto word = empty_name(file.path); is_code && !word.empty()) {
      findings.push_back({file.path, 0, "\"" + word + "\" says nothing about what is in the file"});
    }
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto& path : machine_paths()) {
        if (names_machine_path(lines[i], path))
          findings.push_back({file.path, i + 1, path + " is a path of one machine"});
      }
      for (const auto& note : notes_to_oneself()) {
        if (find_word(lines[i], note) != std::string::npos) {
          findings.push_back({file.path, i + 1, note + ": do it, or write an issue"});
        }
      }
    }
  }
  return findings;
}

}  // namespace tvh::lint
