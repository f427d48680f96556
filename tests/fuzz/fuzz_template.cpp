// Any bytes as a message template: the slots lie in the text, in order; places lead back into it.
#include <cstdint>
#include <string_view>

#include "checked_source.hpp"
#include "pine/message_template.hpp"
#include "tvhook-validate/source_check.hpp"

using namespace tvh::pine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // "0" is the first: the corpus begins with a digit.
  const auto use = static_cast<Use>((data[0] + 2) % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Template message = Template::parse(text, use);
  std::size_t end = 0;
  for (const auto& slot : message.slots()) {
    TVH_INVARIANT(slot.begin >= end && slot.end > slot.begin && slot.end <= text.size(), "slots are in order");
    end = slot.end;
  }
  TVH_INVARIANT(message.findings().size() <= Findings::kMost, "findings are bounded");
  for (const auto& finding : message.findings()) {
    TVH_INVARIANT(finding.place.offset <= text.size() && finding.place.line >= 1, "a finding lies in the text");
    TVH_INVARIANT(!finding.message.empty() && !finding.mend.empty(), "a finding says what and how to mend it");
  }
  for (const auto& filled : message.fill_all()) {
    TVH_INVARIANT(filled.to_template.size() == filled.text.size(), "every byte has an origin");
    std::size_t before = 0;
    for (std::size_t i = 0; i <= filled.text.size(); ++i) {
      const std::size_t at = filled.to_template.original_of(i);
      TVH_INVARIANT(at >= before && at <= text.size(), "origins never go back");
      before = at;
    }
  }
  tvh::examine(tvh::check_template(text, tvh::fuzz_rules()), text, tvh::TextKind::alert);
  return 0;
}
