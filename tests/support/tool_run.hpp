// A tool's run function with a context of its own: the code the binary runs, without the process.
#pragma once

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>

#include "cli/run_tool.hpp"
#include "support/temporary_folder.hpp"

namespace tvh::test {

class ManualStop final : public cli::StopSignal {
 public:
  ManualStop() : fd_(::eventfd(0, EFD_CLOEXEC)) {}
  ~ManualStop() override { ::close(fd_); }
  void request() {
    requested_ = true;
    ::eventfd_write(fd_, 1);
  }
  bool requested() const override { return requested_; }
  int fd() const override { return fd_; }
  ExitCode code() const override { return ExitCode::terminated; }

 private:
  int fd_;
  std::atomic<bool> requested_ = false;
};

struct ToolResult {
  ExitCode code = ExitCode::ok;  // also what a failed Result would exit with
  std::string output;
  std::string log;
  std::string error;  // of a failed Result
};

class ToolStand {
 public:
  explicit ToolStand(const std::string& config = "") : journal_(folder_.file("journal.db")) {
    auto parsed = cli::parse_config(config, "tvhook.toml");
    if (!parsed) throw std::runtime_error(parsed.error().message);
    config_ = *parsed;
  }

  const std::string& journal() const { return journal_; }
  std::string file(const std::string& name) const { return folder_.file(name); }
  ManualStop stop;

  template <class Options>
  ToolResult run(const std::function<Result<ExitCode>(const Options&, cli::Context&)>& tool,
                 const Options& options, const std::string& input = "") {
    write_file(folder_.file("in"), input);
    const int in = ::open(folder_.file("in").c_str(), O_RDONLY | O_CLOEXEC);
    const int out = make("out");
    ToolResult result = run(tool, options, in, out);
    ::close(in);
    ::close(out);
    result.output = read_file(folder_.file("out"));
    return result;
  }

  // On descriptors of the caller's; `output` is left to it.
  template <class Options>
  ToolResult run(const std::function<Result<ExitCode>(const Options&, cli::Context&)>& tool,
                 const Options& options, int in, int out) {
    const int log_fd = make("log");
    ToolResult result;
    {
      SystemClock clock;
      cli::Log log(log_fd, "tool", cli::LogLevel::info, cli::LogFormat::text);
      cli::Output output(out);
      cli::Context context{
          "tool",  clock,   log, output, in, stop, [](const std::string&) { return std::nullopt; },
          config_, journal_};
      auto ended = tool(options, context);
      if (auto flushed = output.flush(); !flushed && ended) ended = flushed.error();
      result.code = ended ? *ended : exit_code_of(ended.error().code);
      if (!ended) result.error = ended.error().message;
    }
    ::close(log_fd);
    result.log = read_file(folder_.file("log"));
    return result;
  }

 private:
  int make(const std::string& name) {
    return ::open(folder_.file(name).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  }

  TemporaryFolder folder_;
  std::string journal_;
  cli::Config config_;
};

}  // namespace tvh::test
