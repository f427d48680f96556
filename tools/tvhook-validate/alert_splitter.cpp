#include "tvhook-validate/alert_splitter.hpp"

#include <algorithm>
#include <utility>

#include "wire/json_value.hpp"

namespace tvh {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

// Opening less closing brackets outside of texts. A text ends with its line in JSON, so each line begins
// outside.
int depth_change(std::string_view line) {
  // A flat object on one line, as nearly all are, shows by its ends.
  if (line.starts_with('{') && line.ends_with('}') && line.find('{', 1) == std::string_view::npos &&
      line.find('[') == std::string_view::npos) {
    return 0;
  }
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
  if (depth > 0) {
    open_ = AlertText{std::string(line), number};
    depth_ = depth;
  } else {
    completed.line_is_whole = true;
  }
  return completed;
}

std::optional<AlertText> AlertSplitter::finish() {
  depth_ = 0;
  return std::exchange(open_, std::nullopt);
}

}  // namespace tvh
