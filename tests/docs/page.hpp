// A man page's source, taken apart as far as its promises can be compared with the program.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tvh::test {

// "*--address* _HOST:PORT_" and the indented text below it, joined to one line.
struct Entry {
  std::string line;
  std::string text;
};

class Page {
 public:
  explicit Page(const std::string& file_name);  // "tvhook-exec.1.scd"

  bool has_section(const std::string& heading) const { return sections_.contains(heading); }
  // The lines under "# HEADING", up to the next "# "; "## …" lines are among them.
  const std::vector<std::string>& section(const std::string& heading) const;
  // Of a section: lines that start with '*' or '_' and have an indented text.
  std::vector<Entry> entries(const std::string& heading) const;
  // Of "## SUBHEADING" inside a section.
  std::map<std::string, std::vector<std::string>> subsections(const std::string& heading) const;

 private:
  std::map<std::string, std::vector<std::string>> sections_;
};

std::vector<Entry> entries_of(const std::vector<std::string>& lines);
// Every *word* of small letters, digits and '_' among `text`.
std::set<std::string> bold_words(const std::string& text);
// Without '*' and '(1)'.
std::string plain(std::string text);

}  // namespace tvh::test
