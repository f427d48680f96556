#include "page.hpp"

#include <regex>
#include <sstream>
#include <stdexcept>

#include "support/temporary_folder.hpp"

namespace tvh::test {

Page::Page(const std::string& file_name) {
  std::istringstream stream(read_file(std::string(TVHOOK_SOURCE_FOLDER) + "/man/" + file_name));
  std::vector<std::string>* current = nullptr;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("# ")) {
      current = &sections_[line.substr(2)];
    } else if (current != nullptr) {
      current->push_back(line);
    }
  }
}

const std::vector<std::string>& Page::section(const std::string& heading) const {
  const auto found = sections_.find(heading);
  if (found == sections_.end()) throw std::runtime_error("the page has no section " + heading);
  return found->second;
}

std::vector<Entry> Page::entries(const std::string& heading) const { return entries_of(section(heading)); }

std::map<std::string, std::vector<std::string>> Page::subsections(const std::string& heading) const {
  std::map<std::string, std::vector<std::string>> result;
  std::vector<std::string>* current = nullptr;
  for (const auto& line : section(heading)) {
    if (line.starts_with("## ")) {
      current = &result[line.substr(3)];
    } else if (current != nullptr) {
      current->push_back(line);
    }
  }
  return result;
}

std::vector<Entry> entries_of(const std::vector<std::string>& lines) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const bool starts = lines[i].starts_with('*') || lines[i].starts_with('_');
    if (!starts || !lines[i + 1].starts_with('\t')) continue;
    Entry entry{lines[i], ""};
    for (std::size_t next = i + 1; next < lines.size() && lines[next].starts_with('\t'); ++next) {
      entry.text += (entry.text.empty() ? "" : " ") + lines[next].substr(1);
    }
    entries.push_back(entry);
  }
  return entries;
}

std::set<std::string> bold_words(const std::string& text) {
  static const std::regex kBold(R"(\*([a-z_0-9]+)\*)");
  std::set<std::string> words;
  for (std::sregex_iterator match(text.begin(), text.end(), kBold); match != std::sregex_iterator(); ++match) {
    words.insert((*match)[1]);
  }
  return words;
}

std::string plain(std::string text) {
  text = std::regex_replace(text, std::regex(R"(\([157]\))"), "");
  std::erase(text, '*');
  return text;
}

}  // namespace tvh::test
