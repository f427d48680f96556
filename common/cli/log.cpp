#include "cli/log.hpp"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/clock.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

// One write() a line, so that lines of several processes on one stderr do not mix.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

  int fd() const { return fd_; }
  void limit_wait(std::chrono::milliseconds patience) { patience_ = int(patience.count()); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string_view rest(message.payload.data(), message.payload.size());
    // A log that cannot be written is no reason to stop trading: give up on the line, bounded.
    for (int attempt = 0; attempt < 100 && !rest.empty(); ++attempt) {
      if (patience_ >= 0 && !is_writable()) return;
      // What polls writable takes so much without blocking.
      const ssize_t count =
          ::write(fd_, rest.data(), patience_ >= 0 ? std::min(rest.size(), kPiece) : rest.size());
      if (count > 0) {
        rest.remove_prefix(std::size_t(count));
      } else if (count < 0 && errno == EAGAIN) {
        pollfd ready{fd_, POLLOUT, 0};
        ::poll(&ready, 1, 10);
      } else if (count < 0 && errno != EINTR) {
        return;
      }
    }
  }
  void flush_() override {}

 private:
  static constexpr std::size_t kPiece = PIPE_BUF;

  bool is_writable() {
    pollfd ready{fd_, POLLOUT, 0};
    stuck_ = ::poll(&ready, 1, stuck_ ? 0 : patience_) == 0;
    return !stuck_;
  }

  int fd_;
  int patience_ = -1;   // milliseconds; -1: any time
  bool stuck_ = false;  // a line waited in vain
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

// `text` as a JSON string, quotes included; what is not UTF-8 becomes U+FFFD, so that a line is always valid
// JSON.
std::string in_quotes(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      ((out += "\\u00") += kDigits[(c >> 4) & 15]) += kDigits[c & 15];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out += '"';
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '=') return true;
  }
  return false;
}

// The message is ours, but may quote what came from outside: no line ends, no terminal escapes.
std::string one_line(std::string_view message) {
  std::string line(message);
  for (char& c : line) {
    if (c == '\n') c = ' ';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return line;
}

}  // namespace

struct Log::Implementation {
  Implementation(int fd, std::string tool_name, LogLevel level, LogFormat format_as)
      : tool(std::move(tool_name)),
        format(format_as),
        sink(std::make_shared<DescriptorSink>(fd)),
        logger(tool, sink) {
    logger.set_level(spdlog_level(level));
  }

  std::string tool;
  LogFormat format;
  std::shared_ptr<DescriptorSink> sink;
  spdlog::logger logger;
};

Log::Log(int fd, std::string tool, LogLevel level, LogFormat format)
    : implementation_(std::make_unique<Implementation>(fd, std::move(tool), level, format)) {}
Log::~Log() = default;

bool Log::enabled(LogLevel level) const { return implementation_->logger.should_log(spdlog_level(level)); }

int Log::fd() const { return implementation_->sink->fd(); }

void Log::limit_wait(std::chrono::milliseconds patience) { implementation_->sink->limit_wait(patience); }

void Log::write(LogLevel level, std::string_view message, std::span<const Field> fields) {
  put(format(level, message, fields));
}

std::string Log::format(LogLevel level, std::string_view message, std::span<const Field> fields) const {
  std::string line;
  if (!enabled(level)) return line;
  if (implementation_->format == LogFormat::json) {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(SystemClock().now());
    line = "{\"time\":" + in_quotes(format_time(now)) + ",\"level\":" + in_quotes(level_name(level)) +
           ",\"tool\":" + in_quotes(implementation_->tool) + ",\"message\":" + in_quotes(message);
    for (const auto& [key, value] : fields) line += "," + in_quotes(key) + ":" + in_quotes(value);
    line += "}\n";
  } else {
    line = implementation_->tool + ": " + std::string(level_name(level)) + ": " + one_line(message);
    for (const auto& [key, value] : fields) {
      line += " " + std::string(key) + "=" + (needs_quotes(value) ? in_quotes(value) : std::string(value));
    }
    line += "\n";
  }
  return line;
}

void Log::put(std::string_view lines) {
  if (lines.empty()) return;
  // format() has decided by the level what is let through.
  implementation_->logger.log(spdlog::level::critical, spdlog::string_view_t(lines.data(), lines.size()));
}

}  // namespace tvh::cli
