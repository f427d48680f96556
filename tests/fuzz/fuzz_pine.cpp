// Any bytes as a Pine script: messages and findings are bounded, and every place lies in the script.
#include <cstdint>
#include <string_view>

#include "checked_source.hpp"
#include "pine/messages.hpp"
#include "tvhook-validate/source_check.hpp"

using namespace tvh::pine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const ScriptReport report = find_messages(source);
  TVH_INVARIANT(report.findings.size() <= Findings::kMost, "findings are bounded");
  for (const auto& finding : report.findings) {
    TVH_INVARIANT(finding.place.offset <= size, "a finding lies in the script");
    TVH_INVARIANT(!finding.message.empty() && !finding.mend.empty(), "a finding says what and how to mend it");
  }
  for (const auto& message : report.messages) {
    TVH_INVARIANT(message.place.offset <= size && message.call.offset <= size, "a message lies in the script");
    TVH_INVARIANT(message.variants.size() <= 16, "variants are bounded");
    for (const auto& variant : message.variants) {
      const auto& text = variant.message.text();
      TVH_INVARIANT(text.size() <= Template::kMostBytes + 1, "a message is bounded");
      TVH_INVARIANT(variant.to_source.size() == text.size(), "every byte has an origin");
      for (std::size_t i = 0; i <= text.size(); ++i) {
        TVH_INVARIANT(variant.to_source.original_of(i) <= size, "an origin lies in the script");
      }
      for (const auto& filled : variant.message.fill_all()) {
        TVH_INVARIANT(filled.text.size() <= Template::kMostFilledBytes, "what is filled is bounded");
      }
    }
  }
  tvh::examine(tvh::check_script(source, tvh::fuzz_rules()), source, tvh::TextKind::pine);
  return 0;
}
