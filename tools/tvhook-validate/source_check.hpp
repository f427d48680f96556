// A message template, or a Pine script, checked: its own findings, and what its messages become with sample
// values.
#pragma once

#include <string_view>
#include <vector>

#include "tvhook-validate/alert_check.hpp"
#include "wire/records.hpp"

namespace tvh {

// What a template may have: far more than TradingView takes, so that what is wrong can be said.
constexpr std::size_t kMostTemplateBytes = std::size_t{1} << 20;
// One byte more than pine reads, so that it says that it left out the rest.
constexpr std::size_t kMostScriptBytes = (std::size_t{2} << 20) + 1;

struct CheckedSource {
  std::vector<wire::Finding> findings;  // places in the source, in their order
  std::vector<wire::SampleOutcome> outcomes;
  std::size_t messages = 0;
};

// Any bytes are taken. Time and memory are bounded by the text's length.
CheckedSource check_template(std::string_view text, const CheckRules& rules);
// The secret's value is not checked, it is most often an input whose default is none; only that there is one.
CheckedSource check_script(std::string_view source, const CheckRules& rules);

}  // namespace tvh
