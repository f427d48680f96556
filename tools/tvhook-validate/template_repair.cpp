#include "tvhook-validate/template_repair.hpp"

#include <vector>

#include "wire/json_value.hpp"

namespace tvh {
namespace {

// What stands for a placeholder while the text around it is mended: as long as it, so that places stay, and a
// number where a number will be. Nothing in a message looks like it.
std::string stand_in(const pine::Slot& slot, std::size_t index) {
  const bool is_number = pine::is_number(slot.kind);
  const char digits = is_number ? '0' : 'a';
  std::string name(slot.end - slot.begin, is_number ? '7' : 'q');
  for (std::size_t at = name.size() - 1; index > 0 && at > 0; index /= 10)
    name[at--] = char(digits + int(index % 10));
  return name;
}

bool is_json(std::string_view text) { return std::holds_alternative<wire::JsonValue>(wire::parse_json(text)); }

std::string with_placeholders(std::string text, const pine::Template& message,
                              const std::vector<std::string>& stand_ins) {
  for (std::size_t i = 0; i < stand_ins.size(); ++i) {
    const pine::Slot& slot = message.slots()[i];
    const auto at = text.find(stand_ins[i]);
    if (at != std::string::npos)
      text.replace(at, stand_ins[i].size(), message.text(), slot.begin, slot.end - slot.begin);
  }
  return text;
}

}  // namespace

std::optional<wire::Mended> mend_template(const pine::Template& message) {
  std::string text = message.text();
  std::vector<std::string> stand_ins;
  for (const auto& slot : message.slots()) {
    stand_ins.push_back(stand_in(slot, stand_ins.size() + 1));
    // Text that looks like a stand-in would be taken for one.
    if (message.text().find(stand_ins.back()) != std::string::npos) return std::nullopt;
    text.replace(slot.begin, slot.end - slot.begin, stand_ins.back());
  }
  if (is_json(text)) return std::nullopt;
  wire::Mended mended = wire::mend_alert(text);
  if (!is_json(mended.text)) return std::nullopt;
  mended.text = with_placeholders(std::move(mended.text), message, stand_ins);
  for (auto& repair : mended.repairs)
    repair.message = with_placeholders(std::move(repair.message), message, stand_ins);
  return mended;
}

}  // namespace tvh
