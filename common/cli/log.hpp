// The log: lines on stderr for whoever watches. spdlog underneath. Never carries a secret: callers pass
// redacted text.
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tvh::cli {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

class Log {
 public:
  // Writes to `fd`. Text: "tvhook-exec: warning: message key=value"; json: one object a line with time, level,
  // tool, message and the fields.
  Log(int fd, std::string tool, LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  using Field = std::pair<std::string_view, std::string_view>;
  void write(LogLevel level, std::string_view message, std::span<const Field> fields);
  void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {}) {
    write(level, message, std::span(fields.begin(), fields.size()));
  }
  void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(LogLevel::error, message, fields);
  }
  // For many lines at once: what write() would put out, its line end included, "" when the level does not let
  // it; and lines so made, put out with as few calls as their length allows.
  std::string format(LogLevel level, std::string_view message, std::span<const Field> fields) const;
  void put(std::string_view lines);
  bool enabled(LogLevel level) const;
  int fd() const;

  // How long a line may wait for whoever reads the log, at most; then it is left out, and what comes after it
  // waits no more until he reads again. Without, a line waits for as long as it takes. Before other threads
  // write.
  void limit_wait(std::chrono::milliseconds patience);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tvh::cli
