#include "pine/template_checks.hpp"

#include <algorithm>
#include <array>

#include "pine/characters.hpp"
#include "pine/json_shape.hpp"
#include "pine/message_template.hpp"

namespace tvh::pine {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<std::string_view, N>& names) {
  constexpr std::size_t kLongest = 32;
  if (key.size() > kLongest) return false;
  const std::string small = lower(key);
  return std::find(names.begin(), names.end(), small) != names.end();
}

// Keys in lower case; the tutorials' names and those of the named dialects (facts, section 5).
constexpr std::array<std::string_view, 15> kSecretKeys{
    "secret", "token",       "passphrase",     "segredo",  "password",     "key",     "apikey", "api_key",
    "auth",   "signaltoken", "webhook_secret", "identity", "secret_token", "sec_key", "pointer"};
constexpr std::array<std::string_view, 7> kIdKeys{"signal_id", "alert_id", "id",  "order_id",
                                                  "orderid",   "signalid", "uuid"};
constexpr std::array<std::string_view, 6> kTimeKeys{"time",      "bar_time", "bartime",
                                                    "timestamp", "bar",      "candle_time"};
constexpr std::array<std::string_view, 6> kSizeKeys{"quantity", "qty", "qtd", "contracts", "amount", "size"};
constexpr std::array<std::string_view, 3> kStrategyKeys{"strategy", "strategy_id", "strategyid"};
constexpr std::array<std::string_view, 3> kActionKeys{"action", "acao", "side"};
constexpr std::array<std::string_view, 2> kLagKeys{"max_lag", "maxlag"};

bool is_operator(char c) { return c == '+' || c == '-' || c == '*' || c == '/'; }

// As its author wrote it.
std::string named(const Slot& slot) { return shown(slot.is_placeholder ? "{{" + slot.name + "}}" : slot.name); }

class MessageCheck {
 public:
  MessageCheck(std::string_view text, std::span<const Slot> slots, Findings& findings)
      : text_(text), slots_(slots), findings_(findings), shape_(read_json_shape(text, slots)) {}

  void run() {
    if (text_.size() > Template::kMostBytes) {
      findings_.add(FindingId::message_too_long, 0,
                    "the message has " + std::to_string(text_.size()) + " bytes");
    }
    for (std::size_t i = 0; i < slots_.size() && !findings_.full(); ++i) check_arithmetic(i);
    if (!shape_.is_json) return check_text();
    for (const auto& field : shape_.fields) {
      if (findings_.full()) return;
      check_slots(field);
      check_role(field);
    }
    check_absent_fields();
  }

 private:
  // ---- arithmetic beside a slot

  // `{{close}} - 20`, `2 * {{close}}`, `{{high}} - {{low}}`.
  void check_arithmetic(std::size_t i) {
    const Slot& slot = slots_[i];
    if (!is_number(slot.kind)) return;
    std::size_t after = slot.end;
    while (after < text_.size() && is_blank(text_[after])) ++after;
    if (after >= text_.size() || !is_operator(text_[after])) return check_factor_before(slot);
    std::size_t operand = after + 1;
    while (operand < text_.size() && is_blank(text_[operand])) ++operand;
    const bool is_spaced = after > slot.end || operand > after + 1;
    const bool is_digits = operand < text_.size() && is_digit(text_[operand]);
    const bool next_is_number =
        i + 1 < slots_.size() && slots_[i + 1].begin == operand && is_number(slots_[i + 1].kind);
    // {{open}}-{{close}} may be somebody's idea of an id.
    if (is_digits || (next_is_number && (is_spaced || text_[after] == '*' || text_[after] == '+'))) tell(slot);
  }

  void check_factor_before(const Slot& slot) {
    std::size_t at = slot.begin;
    const auto skip_blanks = [&] {
      while (at > 0 && is_blank(text_[at - 1])) --at;
    };
    skip_blanks();
    if (at == 0 || (text_[at - 1] != '*' && text_[at - 1] != '+')) return;
    --at;
    skip_blanks();
    if (at > 0 && is_digit(text_[at - 1])) tell(slot);
  }

  void tell(const Slot& slot) {
    findings_.add(FindingId::text_arithmetic, slot.begin,
                  "a calculation beside " + named(slot) + " is sent as text, not calculated");
  }

  // ---- slots and quotes

  void check_slots(const JsonField& field) {
    for (std::size_t i = field.first_slot; i < field.first_slot + field.slot_count && i < slots_.size(); ++i) {
      const Slot& slot = slots_[i];
      const std::string where = named(slot) + " in " + shown(field.key);
      if (field.quoted) {
        check_quoted(field, slot, where);
      } else {
        check_bare(slot, where);
      }
      const bool is_whole = slot.begin <= field.begin + 1 && slot.end + 1 >= field.end;
      if (is_whole) check_size(field, slot);
    }
  }

  void check_quoted(const JsonField& field, const Slot& slot, const std::string& where) {
    const bool is_whole = slot.begin == field.begin + 1 && slot.end + 1 == field.end;
    if (slot.kind == ValueKind::number && is_whole) {
      findings_.add(FindingId::number_as_text, slot.begin, "the number " + where + " stands in quotes");
    } else if (slot.kind == ValueKind::free_text) {
      findings_.add(FindingId::text_may_hold_quotes, slot.begin, "the text " + where + " may hold quotes");
    } else if (slot.kind == ValueKind::message) {
      findings_.add(FindingId::message_inside_text, slot.begin,
                    "a whole message is put into " + shown(field.key));
    }
  }

  // A time is text as a placeholder, milliseconds as a value of Pine.
  bool is_pine_number(const Slot& slot) const {
    const auto value = text_.substr(slot.begin, slot.end - slot.begin);
    return !slot.is_placeholder && std::all_of(value.begin(), value.end(), is_digit);
  }

  void check_bare(const Slot& slot, const std::string& where) {
    if (is_text(slot.kind) && !is_pine_number(slot)) {
      findings_.add(FindingId::text_unquoted, slot.begin, "the text " + where + " stands without quotes");
    } else if (slot.kind == ValueKind::number_or_na) {
      findings_.add(FindingId::bare_may_be_nan, slot.begin, where + " becomes NaN where it has no value");
    } else if (slot.kind == ValueKind::message) {
      findings_.add(FindingId::message_may_be_empty, slot.begin,
                    where + " is empty for orders without a message");
    }
  }

  void check_size(const JsonField& field, const Slot& slot) {
    const bool is_volume_key = equals(field.key, "volume") && field.depth == 1;
    const bool is_size_key = is_one_of(field.key, kSizeKeys);
    if (slot.name == "volume" && is_size_key) {
      findings_.add(FindingId::bar_volume_as_size, slot.begin,
                    "the bar's volume is the size in " + shown(field.key));
    } else if (slot.name == "volume" && is_volume_key && !has_size()) {
      findings_.add(FindingId::bar_volume_as_size, Severity::warning, slot.begin,
                    "the only size is \"volume\", the bar's");
    } else if ((slot.name == "strategy.position_size" || slot.name == "strategy.market_position_size") &&
               (is_volume_key || (is_size_key && !equals(field.key, "size")))) {
      findings_.add(FindingId::position_as_size, slot.begin, "the position is the size in " + shown(field.key));
    }
  }

  // ---- what a field is for

  void check_role(const JsonField& field) {
    if (is_one_of(field.key, kSecretKeys) && field.end > field.begin + 2) {
      findings_.add(FindingId::secret_in_body, field.key_at,
                    "the message carries a secret in " + shown(field.key));
    }
    const bool is_time = is_one_of(field.key, kTimeKeys) && !(equals(field.key, "timestamp") && has(kLagKeys));
    if (!is_time && !is_one_of(field.key, kIdKeys)) return;
    for (std::size_t i = field.first_slot; i < field.first_slot + field.slot_count && i < slots_.size(); ++i) {
      if (slots_[i].kind != ValueKind::fire_time) continue;
      findings_.add(FindingId::timenow_as_identity, slots_[i].begin,
                    shown(field.key) + " holds the moment of firing, which is another one in every alert");
    }
  }

  static bool equals(std::string_view key, std::string_view name) {
    return key.size() == name.size() && lower(key) == name;
  }

  template <std::size_t N>
  bool has(const std::array<std::string_view, N>& names) const {
    return find(names) != nullptr;
  }
  // The first of the outermost fields with one of these names.
  template <std::size_t N>
  const JsonField* find(const std::array<std::string_view, N>& names) const {
    constexpr std::size_t kMostFields = 256;
    for (std::size_t i = 0; i < shape_.fields.size() && i < kMostFields; ++i) {
      if (shape_.fields[i].depth == 1 && is_one_of(shape_.fields[i].key, names)) return &shape_.fields[i];
    }
    return nullptr;
  }
  bool has_size() const { return has(kSizeKeys); }

  void check_absent_fields() {
    const JsonField* action = find(kActionKeys);
    if (action == nullptr) return;
    if (!has(kIdKeys)) findings_.add(FindingId::no_order_id, action->key_at, "the message names no order");
    if (has_size() && !has(kStrategyKeys)) {
      findings_.add(FindingId::no_strategy_name, find(kSizeKeys)->key_at, "a size, but no strategy");
    }
  }

  void check_text() {
    for (const auto& slot : slots_) {
      if (slot.kind != ValueKind::message) continue;
      findings_.add(FindingId::message_may_be_empty, slot.begin,
                    "the message is empty for every order call without alert_message");
    }
  }

  std::string_view text_;
  std::span<const Slot> slots_;
  Findings& findings_;
  JsonShape shape_;
};

// k=v and the like: the names as words.
template <std::size_t N>
bool has_word(std::string_view text, const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < text.size();) {
    if (!begins_name(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && continues_name(text[i])) ++i;
    const bool is_key = i < text.size() && (text[i] == '=' || text[i] == ':');
    if (is_key && is_one_of(text.substr(begin, i - begin), names)) return true;
  }
  return false;
}

template <std::size_t N>
bool has_field(const JsonShape& shape, const std::array<std::string_view, N>& names) {
  return std::any_of(shape.fields.begin(), shape.fields.end(),
                     [&names](const JsonField& field) { return is_one_of(field.key, names); });
}

}  // namespace

void check_message(std::string_view text, std::span<const Slot> slots, Findings& findings) {
  MessageCheck(text, slots, findings).run();
}

Presence find_secret(std::string_view text, std::span<const Slot> slots) {
  const JsonShape shape = read_json_shape(text, slots);
  const bool found = shape.is_json ? has_field(shape, kSecretKeys) : has_word(text, kSecretKeys);
  return found ? Presence::present : Presence::absent;
}

Presence find_identity(std::string_view text, std::span<const Slot> slots) {
  const JsonShape shape = read_json_shape(text, slots);
  const bool found = shape.is_json ? has_field(shape, kIdKeys) || has_field(shape, kTimeKeys)
                                   : has_word(text, kIdKeys) || has_word(text, kTimeKeys);
  return found ? Presence::present : Presence::absent;
}

}  // namespace tvh::pine
