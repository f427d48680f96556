// Writes the completions of every tool into a folder: generate_completions FOLDER. Run by regenerate.sh.
#include <cstdio>
#include <fstream>

#include "completion_text.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: generate_completions FOLDER\n", stderr);
    return 64;
  }
  for (const auto& tool : tvh::completions::tool_names()) {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
      const std::string path = std::string(argv[1]) + "/" + tool + "." + shell;
      std::ofstream stream(path, std::ios::binary);
      stream << tvh::completions::completion_text(tool, shell);
      if (!stream.flush()) {
        std::fprintf(stderr, "cannot write %s\n", path.c_str());
        return 74;
      }
    }
  }
  return 0;
}
