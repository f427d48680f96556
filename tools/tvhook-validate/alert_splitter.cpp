#include "tvhook-validate/alert_splitter.hpp"

#include <algorithm>
#include <utility>

#include "wire/json_value.hpp"

namespace tvh {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

// Opening less closing brackets outside of texts. A text ends with its line in JSON, so each line begins outside.
int depth_change(std::string_view line) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      in_text = !in_text;
    } else if (in_text) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return depth;
}

bool begins_object(std::string_view line) { return line.starts_with('{'); }

// Kept beyond the bound is only enough to be refused for its size.
constexpr std::size_t kLongestKept = wire::kMaxAlertBytes + 1;

}  // namespace

AlertSplitter::Completed AlertSplitter::add_line(std::string_view line, std::size_t number) {
  Completed completed;
  if (open_ && begins_object(line)) completed.earlier = finish();
  if (open_) {
    if (open_->text.size() < kLongestKept) {
      open_->text += '\n';
      open_->text += line.substr(0, kLongestKept);
    }
    depth_ += depth_change(line);
    if (depth_ <= 0) completed.earlier = finish();
    return completed;
  }
  if (is_blank(line)) return completed;
  const int depth = depth_change(line);
  AlertText alert{std::string(line), number};
  if (depth > 0) {
    open_ = std::move(alert);
    depth_ = depth;
  } else {
    completed.whole = std::move(alert);
  }
  return completed;
}

std::optional<AlertText> AlertSplitter::finish() {
  depth_ = 0;
  return std::exchange(open_, std::nullopt);
}

}  // namespace tvh
