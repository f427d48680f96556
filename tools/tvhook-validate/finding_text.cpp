#include "tvhook-validate/finding_text.hpp"

#include <algorithm>
#include <array>

#include "tvhook-validate/finding_catalogue.hpp"
#include "wire/alert_reader.hpp"
#include "wire/finding_codes.hpp"
#include "wire/json_value.hpp"
#include "wire/text.hpp"

namespace tvh {
namespace {

using wire::Severity;

constexpr std::size_t kWidest = 100;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

std::size_t width(std::string_view text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

// What a terminal can be given: no control characters, tabs as one blank.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

// The last, and the first, `most` characters.
std::string tail_of(const std::string& text, std::size_t most) {
  std::size_t at = text.size();
  for (std::size_t taken = 0; at > 0 && taken < most; ++taken) {
    do --at;
    while (at > 0 && is_continuation(text[at]));
  }
  return at == 0 ? text : "…" + text.substr(at);
}
std::string head_of(const std::string& text, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t taken = 0; at < text.size() && taken < most; ++taken) {
    do ++at;
    while (at < text.size() && is_continuation(text[at]));
  }
  return at == text.size() ? text : text.substr(0, at) + "…";
}

// A line of Pine that sets a secret writes it as no alert does: name = "…", or an input with its default.
bool may_set_secret(std::string_view line) {
  if (line.find("input") != std::string_view::npos) return true;
  const auto sign = line.find('=');
  if (sign >= line.find_first_of("\"'")) return false;
  const std::string name = wire::lower(line.substr(0, sign));
  static constexpr std::array<std::string_view, 6> kWords{"secret", "token", "pass", "segredo", "key", "auth"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&name](std::string_view word) { return name.find(word) != std::string::npos; });
}

// The line and a caret under the place. A credential on it is taken out first, so the two halves are redacted
// apart; where that would show another line than redacting the whole does, only the first half is shown.
void append_excerpt(std::string& out, const FindingPlace& place, std::size_t offset,
                    const std::vector<NamedSecret>& secrets) {
  const std::string_view text = place.text;
  offset = std::min(offset, text.size());
  const auto before = text.substr(0, offset).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  constexpr std::size_t kReach = 4096;  // of a line that is longer, no more is looked at
  const std::size_t from = std::max(begin, offset > kReach ? offset - kReach : 0);
  if (from != begin) return;
  const std::string_view line = text.substr(from, std::min(end - from, 2 * kReach));
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  if (place.kind == TextKind::pine && may_set_secret(line)) return;
  // About the alert as a whole: there is nothing to point at.
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (offset == start && (text[start] == '{' || text[start] == '[')) return;
  const std::string whole = printable(wire::redact_body(line, nullptr, secrets));
  const std::string left = printable(wire::redact_body(line.substr(0, offset - from), nullptr, secrets));
  const bool agrees = whole.starts_with(left);
  const std::string shown_left = tail_of(left, kWidest / 2);
  out += "  ";
  out += shown_left;
  if (agrees) out += head_of(whole.substr(left.size()), kWidest / 2);
  out += "\n  ";
  out.append(width(shown_left), ' ');
  out += "^\n";
}

void append_advice(std::string& out, const wire::Finding& finding) {
  std::string_view rest = finding.advice;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const bool is_last = end == std::string_view::npos;
    if (finding.severity != Severity::note || is_last) out += "  " + std::string(rest.substr(0, end)) + "\n";
    rest.remove_prefix(is_last ? rest.size() : end + 1);
  }
}

std::string uri_of(const std::string& source) {
  if (source == "-") return "stdin";
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri;
  for (const char c : source) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/._-~").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kDigits[static_cast<unsigned char>(c) >> 4];
      uri += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return source.starts_with('/') ? "file://" + uri : uri;
}

}  // namespace

void append_finding_text(std::string& out, const FindingPlace& place, const wire::Finding& finding,
                         const std::vector<NamedSecret>& secrets) {
  const wire::TextPosition position = wire::position_at(place.text, finding.offset);
  out += place.source;
  out += ':';
  out += std::to_string(place.line + position.line - 1);
  out += ':';
  out += std::to_string(position.column);
  out += ": ";
  out += wire::to_text(finding.severity);
  out += ' ';
  out += finding.code;
  out += ' ';
  out += finding.name;
  out += ": ";
  out += finding.message;
  out += '\n';
  if (finding.severity != Severity::note) append_excerpt(out, place, finding.offset, secrets);
  append_advice(out, finding);
}

void append_sarif_result(std::string& out, const FindingPlace& place, const wire::Finding& finding) {
  const wire::TextPosition position = wire::position_at(place.text, finding.offset);
  const std::size_t begin = finding.offset - std::min(finding.offset, position.column - 1);
  const std::string_view before = place.text.substr(std::min(begin, place.text.size()), position.column - 1);
  out += ",{\"ruleId\":\"" + finding.code + "\",\"level\":\"" + std::string(wire::to_text(finding.severity)) +
         "\",\"message\":{\"text\":";
  wire::append_json_string(out,
                           finding.advice.empty() ? finding.message : finding.message + "\n" + finding.advice);
  out += "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":";
  wire::append_json_string(out, uri_of(place.source));
  out += "},\"region\":{\"startLine\":" + std::to_string(place.line + position.line - 1) +
         ",\"startColumn\":" + std::to_string(width(before) + 1) + "}}}]}\n";
}

std::string sarif_beginning() {
  std::string out =
      R"({"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"columnKind":"unicodeCodePoints","tool":{"driver":{"name":"tvhook-validate","rules":[)";
  bool first = true;
  for (const auto& kind : finding_catalogue()) {
    if (!first) out += ',';
    first = false;
    out += "\n{\"id\":\"" + kind.code + "\",\"name\":\"" + std::string(kind.name) +
           "\",\"shortDescription\":{\"text\":\"" + std::string(kind.name) +
           "\"},\"fullDescription\":{\"text\":";
    wire::append_json_string(out, kind.explanation);
    out += "},\"help\":{\"text\":";
    wire::append_json_string(out, kind.explanation);
    out += "},\"defaultConfiguration\":{\"level\":\"" + std::string(wire::to_text(kind.severity)) + "\"}}";
  }
  return out + "]}},\"results\":[\n";
}

std::string sarif_end() { return "]}]}\n"; }

}  // namespace tvh
