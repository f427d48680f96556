#include "journal/database_note.hpp"

#include <charconv>
#include <span>

#include "base/hash.hpp"

namespace tvh::journal {

static constexpr std::string_view kMark = "tvhook ";
static constexpr std::size_t kLifeDigits = 16;
static constexpr std::size_t kNumberDigits = 20;

std::string new_life() {
  const std::string bytes = random_bytes(kLifeDigits / 2);
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

static std::string padded(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kNumberDigits - std::min(kNumberDigits, digits.size()), ' ') + digits;
}

std::string format_note(const DatabaseNote& note) {
  return std::string(kMark) + note.life + " " + padded(note.contents.size) + " " +
         padded(note.contents.modified_ns) + (note.is_being_written ? " writing\n" : " written\n");
}

static std::optional<std::int64_t> parse_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<DatabaseNote> parse_note(std::string_view line) {
  constexpr std::size_t kSize = kMark.size() + kLifeDigits + 1;
  constexpr std::size_t kModified = kSize + kNumberDigits + 1;
  constexpr std::size_t kEnd = kModified + kNumberDigits;
  if (line.size() < kEnd || !line.starts_with(kMark)) return std::nullopt;
  DatabaseNote note;
  note.life = line.substr(kMark.size(), kLifeDigits);
  const auto size = parse_number(line.substr(kSize, kNumberDigits));
  const auto modified = parse_number(line.substr(kModified, kNumberDigits));
  if (!size || !modified) return std::nullopt;
  note.contents = {*size, *modified};
  note.is_being_written = line.substr(kEnd) == " writing\n";
  if (line != format_note(note)) return std::nullopt;
  return note;
}

}  // namespace tvh::journal
