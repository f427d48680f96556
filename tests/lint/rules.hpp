// The rules of the tree. Each looks at a whole tree and reports what it finds; the data of a rule (who may know
// whom, which exceptions are granted) is a text file in the tree's own tests/lint/.
#pragma once

#include <string>
#include <vector>

#include "source_tree.hpp"

namespace tvh::lint {

struct Finding {
  std::string path;
  std::size_t line = 0;  // 0: the file as a whole
  std::string message;
};

// Rooms include only rooms of their row, and tests/lint/layers.txt, ARCHITECTURE's table, says the same as
// CMake.
std::vector<Finding> check_layers(const SourceTree& tree);
// Words and headers of tests/lint/words.txt stand only in their rooms.
std::vector<Finding> check_words(const SourceTree& tree);
// Files stay short; tests/lint/size_exceptions.txt may only shrink.
std::vector<Finding> check_sizes(const SourceTree& tree);
// No paths of one machine, no notes to oneself, no file names that say nothing.
std::vector<Finding> check_paths(const SourceTree& tree);

}  // namespace tvh::lint
