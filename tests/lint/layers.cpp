#include <algorithm>
#include <map>
#include <set>

#include "code_text.hpp"
#include "rules.hpp"

namespace tvh::lint {
namespace {

using Rows = std::map<std::string, std::set<std::string>>;

const std::string kTable = "tests/lint/layers.txt";

// "model: base" a line.
Rows read_table(const SourceTree& tree) {
  Rows rows;
  for (const auto& line : data_lines(tree, kTable)) {
    const auto colon = line.find(':');
    auto& row = rows[trim(line.substr(0, colon))];
    for (const auto& room : split(line.substr(colon + 1), ' ')) row.insert(room);
  }
  return rows;
}

// What a CMakeLists.txt links of ours: the rooms after KNOWS in tvh_room(…) and tvh_tool(…), and targets of
// ours named elsewhere: tvh_ROOM, tvhook_TOOL.
std::set<std::string> read_cmake_row(const std::string& text, const std::string& own_room) {
  std::set<std::string> row;
  bool knows = false;
  for (const auto& line : lines_of(text)) {
    std::string code = line.substr(0, line.find('#'));
    std::replace_if(
        code.begin(), code.end(), [](char c) { return c == '(' || c == ')'; }, ' ');
    for (const auto& word : split(code, ' ')) {
      if (word == "KNOWS" || word == "USES" || word == "TOOLS") {
        knows = word == "KNOWS";
      } else if (word.starts_with("tvh_") && word != "tvh_room" && word != "tvh_tool") {
        row.insert(word.substr(4));
      } else if (word.starts_with("tvhook_")) {
        // The archive of a tool has its folder's name with '_' for '-'; what tools share has its own.
        const std::string name = word.substr(7);
        row.insert(name);
        row.insert("tvhook-" + name);
      } else if (knows) {
        row.insert(word);
      }
    }
  }
  row.erase(own_room);
  return row;
}

std::string joined(const std::set<std::string>& rooms) {
  std::string text;
  for (const auto& room : rooms) text += (text.empty() ? "" : " ") + room;
  return text.empty() ? "nothing" : text;
}

// "common/venue/paper.cpp" -> "venue"; "tools/tvhook-exec/main.cpp" -> "tvhook-exec"; "" for other places.
std::string room_of(const std::string& path) {
  for (const std::string top : {"common/", "tools/"}) {
    if (!path.starts_with(top)) continue;
    const auto end = path.find('/', top.size());
    if (end != std::string::npos) return path.substr(top.size(), end - top.size());
  }
  return "";
}

void check_file(const SourceFile& file, const Rows& rows, std::vector<Finding>& findings) {
  const std::string room = room_of(file.path);
  const auto row = rows.find(room);
  if (row == rows.end()) return;  // the missing row is a finding of its own
  const auto lines = lines_of(code_only(file.text));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    static const std::string kInclude = "#include \"";
    if (!lines[i].starts_with(kInclude)) continue;
    const std::string header =
        lines[i].substr(kInclude.size(), lines[i].find('"', kInclude.size()) - kInclude.size());
    const std::string target = header.find('/') == std::string::npos ? "" : header.substr(0, header.find('/'));
    if (target == room || row->second.contains(target)) continue;
    const std::string message =
        target.empty() ? "\"" + header + "\": name the room as well, \"" + room + "/" + header + "\""
                       : room + " may not know " + target + " (it knows " + joined(row->second) + ")";
    findings.push_back({file.path, i + 1, message});
  }
}

}  // namespace

std::vector<Finding> check_layers(const SourceTree& tree) {
  std::vector<Finding> findings;
  Rows rows = read_table(tree);
  std::set<std::string> met;
  for (const auto& file : tree.files) {
    if (!file.path.ends_with("/CMakeLists.txt") || room_of(file.path).empty()) continue;
    const std::string room = room_of(file.path);
    met.insert(room);
    if (file.path.starts_with("tools/")) {
      rows[room] = read_cmake_row(file.text, room);
      continue;
    }
    const auto linked = read_cmake_row(file.text, room);
    const auto row = rows.find(room);
    if (row == rows.end()) {
      findings.push_back({file.path, 0, room + " has no row in " + kTable});
    } else if (row->second != linked) {
      findings.push_back(
          {file.path, 0,
           room + " links " + joined(linked) + ", but " + kTable + " says " + joined(row->second)});
    }
  }
  for (const auto& [room, row] : rows) {
    if (!met.contains(room)) findings.push_back({kTable, 0, "there is no room " + room});
  }
  for (const auto& file : tree.files) {
    if (file.path.ends_with(".cpp") || file.path.ends_with(".hpp")) check_file(file, rows, findings);
  }
  return findings;
}

}  // namespace tvh::lint
