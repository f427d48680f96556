#include "pine/finding.hpp"

#include <algorithm>

#include "pine/characters.hpp"

namespace tvh::pine {
namespace {

constexpr std::size_t kPageWidth = 78;

// Breaks at spaces; a word longer than the line stands on a line of its own.
void append_paragraph(std::string& page, std::string_view title, std::string_view text) {
  std::string line(title);
  const std::string indent(title.size(), ' ');
  bool is_first = true;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (!is_first && line.size() + 1 + word.size() > kPageWidth) {
      page += line + '\n';
      line = indent;
      is_first = true;
    }
    if (!is_first) line += ' ';
    line += word;
    is_first = false;
  }
  page += line + '\n';
}

void append_example(std::string& page, std::string_view title, std::string_view text) {
  if (text.empty()) return;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    page += std::string(title) + std::string(text.substr(0, newline)) + '\n';
    title = "         ";
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

const FindingKind& kind_of(FindingId id) { return finding_kinds()[static_cast<std::size_t>(id)]; }

const FindingKind* find_kind(std::string_view name) {
  const auto kinds = finding_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [name](const FindingKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

std::string explanation(const FindingKind& kind) {
  std::string page;
  append_paragraph(page, "", kind.what);
  page += '\n';
  append_paragraph(page, "Why:  ", kind.why);
  append_paragraph(page, "Mend: ", kind.mend);
  page += '\n';
  append_example(page, "  wrong  ", kind.wrong);
  append_example(page, "  right  ", kind.mended);
  return page;
}

bool Findings::holds(FindingId id, std::size_t offset) const {
  return std::any_of(list_.begin(), list_.end(), [id, offset](const Finding& known) {
    return known.id == id && known.place.offset == offset;
  });
}

void Findings::add(FindingId id, std::size_t offset, std::string message, std::string mend) {
  add(id, kind_of(id).severity, offset, std::move(message), std::move(mend));
}

void Findings::add(FindingId id, Severity severity, std::size_t offset, std::string message, std::string mend) {
  if (full() || holds(id, offset)) return;
  if (mend.empty()) mend = kind_of(id).mend;
  list_.push_back({id, severity, std::move(message), std::move(mend), {offset, 1, 1}});
}

std::vector<Finding> Findings::take(const LineIndex& lines) && {
  std::stable_sort(list_.begin(), list_.end(), [](const Finding& left, const Finding& right) {
    return left.place.offset < right.place.offset;
  });
  for (auto& finding : list_) finding.place = lines.place_of(finding.place.offset);
  return std::move(list_);
}

}  // namespace tvh::pine
