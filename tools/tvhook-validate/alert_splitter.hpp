// Cuts lines into alerts: one a line, or one over many lines when it is printed with line breaks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tvh {

struct AlertText {
  std::string text;
  std::size_t line = 1;  // of its first character
};

// An alert that is one whole line is returned by the call that gave the line. One that is open at the line's
// end is kept until its brackets close; a line that begins a new object before that ends it, so that one broken
// line of NDJSON does not swallow the ones after it.
class AlertSplitter {
 public:
  // What `line` completes: an open alert (of which it is the last line, or which it interrupts), and itself.
  struct Completed {
    std::optional<AlertText> earlier;
    bool line_is_whole = false;
  };
  Completed add_line(std::string_view line, std::size_t number);
  // At the end of input: what is still open.
  std::optional<AlertText> finish();
  bool is_open() const { return open_.has_value(); }

 private:
  std::optional<AlertText> open_;
  int depth_ = 0;
};

}  // namespace tvh
