// The files and folders a person names.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/run_tool.hpp"

namespace tvh {

// Reads one input, a file's path or "-".
using ReadFile = std::function<Result<ExitCode>(const std::string& path)>;

// Calls `read` for each file in the order given, for folders for each file in them by name. "" as `suffix`: all
// files of a folder; hidden ones never. What cannot be read (bad_data) is said in the log and in the exit code,
// and no reason not to check the others.
Result<ExitCode> read_each(const std::vector<std::string>& files, const std::string& suffix,
                           const ReadFile& read, cli::Log& log);

// An open file; fd() is -1 where it cannot be opened, and errno says why.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// The first `most` bytes of it; empty handed when asked to stop.
Result<std::optional<std::string>> read_beginning(int fd, std::size_t most, const cli::StopSignal& stop);

}  // namespace tvh
