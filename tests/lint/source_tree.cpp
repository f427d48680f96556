#include "source_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace tvh::lint {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> paths_by_git(const std::string& root) {
  // --others: a file that is about to be added is judged before it is.
  const std::string command =
      "git -c safe.directory='*' -C '" + root + "' ls-files -z --cached --others --exclude-standard";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  if (!pipe) return {};
  std::string names;
  std::array<char, 65536> buffer;
  for (std::size_t count = 1; count > 0;) {
    count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    names.append(buffer.data(), count);
  }
  std::vector<std::string> paths;
  std::size_t start = 0;
  for (auto end = names.find('\0'); end != std::string::npos; end = names.find('\0', start)) {
    paths.push_back(names.substr(start, end - start));
    start = end + 1;
  }
  return paths;
}

std::vector<std::string> paths_by_walking(const std::string& root) {
  std::vector<std::string> paths;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator();
       ++entry) {
    const std::string path = fs::relative(entry->path(), root).generic_string();
    if (path == "build" || path == ".git") entry.disable_recursion_pending();
    if (entry->is_regular_file()) paths.push_back(path);
  }
  return paths;
}

}  // namespace

SourceTree read_tree(const std::string& root) {
  std::vector<std::string> paths;
  if (fs::exists(fs::path(root) / ".git")) paths = paths_by_git(root);
  if (paths.empty()) paths = paths_by_walking(root);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  SourceTree tree;
  for (const auto& path : paths) {
    if (path.starts_with("tests/lint/fixtures/")) continue;
    const fs::path full = fs::path(root) / path;
    if (!fs::is_regular_file(full)) continue;  // deleted, and git not told yet
    std::ifstream stream(full, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) throw std::runtime_error("cannot read " + full.string());
    if (text.str().find('\0') == std::string::npos) tree.files.push_back({path, text.str()});
  }
  if (tree.files.empty()) throw std::runtime_error("no files under " + root);
  return tree;
}

const SourceFile* SourceTree::find(const std::string& path) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [&path](const SourceFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!trim(part).empty()) parts.push_back(trim(part));
  }
  return parts;
}

std::vector<std::string> data_lines(const SourceTree& tree, const std::string& path) {
  const SourceFile* const file = tree.find(path);
  if (file == nullptr) throw std::runtime_error("the tree has no " + path);
  std::vector<std::string> lines;
  for (const auto& line : lines_of(file->text)) {
    const std::string content = trim(line);
    if (!content.empty() && content.front() != '#') lines.push_back(content);
  }
  return lines;
}

}  // namespace tvh::lint
