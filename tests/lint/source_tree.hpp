// The files a rule looks at: what git knows or would take (new files too), or without git everything but
// build/.
#pragma once

#include <string>
#include <vector>

namespace tvh::lint {

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

struct SourceTree {
  std::vector<SourceFile> files;  // sorted by path; text files only, without the lint's own fixtures

  const SourceFile* find(const std::string& path) const;
};

// Throws std::runtime_error when the tree cannot be read: a check that cannot run fails.
SourceTree read_tree(const std::string& root);

std::vector<std::string> lines_of(const std::string& text);
// Lines of a data file without comments (#) and empty ones; throws when the tree has no such file.
std::vector<std::string> data_lines(const SourceTree& tree, const std::string& path);
std::vector<std::string> split(const std::string& text, char separator);  // trimmed parts
std::string trim(const std::string& text);

}  // namespace tvh::lint
