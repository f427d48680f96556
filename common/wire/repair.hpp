// Mends alerts that are almost JSON, as people paste them, and says each thing it changed. For diagnosis only:
// what is mended here is still refused as it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tvh::wire {

struct Repair {
  std::string message;     // "trailing comma removed"
  std::size_t offset = 0;  // in the text as it was
};

struct Mended {
  std::string text;
  std::vector<Repair> repairs;  // in the order of the text, at most 64; empty: nothing to mend, text as it was
};

// Smart and single quotes, trailing and missing commas, comments, NaN, na and Infinity (null), True, False,
// None, bare words, control characters inside texts, missing braces and brackets. One pass; the result is JSON
// more often than not, never certainly.
Mended mend_alert(std::string_view text);

}  // namespace tvh::wire
