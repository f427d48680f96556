#include "support/journal_query.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include "support/process.hpp"

namespace tvh::test {

static constexpr char kBetweenColumns = '\x1f';
static constexpr char kBetweenRows = '\x1e';

static std::string run_sqlite(const std::vector<std::string>& arguments) {
  ProcessOptions options;
  options.arguments = arguments;
  const Finished finished = run("sqlite3", options);
  if (finished.code != 0) throw std::runtime_error("sqlite3: " + finished.errors + finished.output);
  return finished.output;
}

static std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<Row> query(const std::string& journal, const std::string& sql) {
  const std::string text =
      run_sqlite({"-readonly", "-batch", "-cmd", ".timeout 10000", "-separator",
                  std::string(1, kBetweenColumns), "-newline", std::string(1, kBetweenRows), journal, sql});
  std::vector<Row> rows;
  for (const std::string& row : split(text, kBetweenRows)) rows.push_back(split(row, kBetweenColumns));
  rows.pop_back();  // what follows the last separator
  return rows;
}

std::string query_one(const std::string& journal, const std::string& sql) {
  const std::vector<Row> rows = query(journal, sql);
  return rows.empty() ? "" : rows.front().front();
}

std::string wait_for_row(const std::string& journal, const std::string& sql, const std::string& expected) {
  const std::string folder = std::filesystem::path(journal).parent_path().string();
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ::inotify_add_watch(watch, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string found = query_one(journal, sql);
  while (found != expected && std::chrono::steady_clock::now() < deadline) {
    // The bound is for events that inotify merged; the look at the journal decides.
    pollfd wait{watch, POLLIN, 0};
    ::poll(&wait, 1, 250);
    char events[4096];
    while (::read(watch, events, sizeof events) > 0) {
    }
    found = query_one(journal, sql);
  }
  ::close(watch);
  return found;
}

void change_by_hand(const std::string& journal, const std::string& sql) {
  run_sqlite({"-batch", "-cmd", ".timeout 10000", journal, sql});
}

std::string dump(const std::string& journal) { return run_sqlite({"-readonly", "-batch", journal, ".dump"}); }

}  // namespace tvh::test
