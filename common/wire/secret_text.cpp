#include "wire/secret_text.hpp"

#include <algorithm>
#include <optional>

#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::array<std::string_view, 12> kCredentialParts{"secret",   "token",  "passphrase",  "segredo",
                                                            "password", "passwd", "signature",   "api_key",
                                                            "apikey",   "senha",  "private_key", "credential"};
constexpr std::array<std::string_view, 5> kCredentialNames{"key", "auth", "authorization", "pass", "pwd"};

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return unsigned(c - '0');
  if (c >= 'a' && c <= 'f') return unsigned(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return unsigned(c - 'A' + 10);
  return std::nullopt;
}

std::optional<unsigned> hex_number(std::string_view text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto digit = hex_digit(text[i]);
    if (!digit) return std::nullopt;
    value = value * 16 + *digit;
  }
  return value;
}

void append_utf8(std::string& out, unsigned code_point) {
  if (code_point < 0x80) {
    out += char(code_point);
  } else if (code_point < 0x800) {
    out += char(0xC0 | (code_point >> 6));
    out += char(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += char(0xE0 | (code_point >> 12));
    out += char(0x80 | ((code_point >> 6) & 0x3F));
    out += char(0x80 | (code_point & 0x3F));
  } else {
    out += char(0xF0 | (code_point >> 18));
    out += char(0x80 | ((code_point >> 12) & 0x3F));
    out += char(0x80 | ((code_point >> 6) & 0x3F));
    out += char(0x80 | (code_point & 0x3F));
  }
}

struct Unit {
  std::string bytes;       // what it stands for
  std::size_t length = 0;  // how much of the text it takes
};

// A JSON or percent escape at the front of `text`, if there is one.
std::optional<Unit> read_escape(std::string_view text) {
  Unit unit;
  if (text.size() >= 3 && text[0] == '%') {
    const auto value = hex_number(text.substr(1), 2);
    if (!value) return std::nullopt;
    return Unit{std::string(1, char(*value)), 3};
  }
  if (text.size() < 2 || text[0] != '\\') return std::nullopt;
  if (text[1] != 'u') {
    const auto at = std::string_view("\"\\/bfnrt").find(text[1]);
    if (at == std::string_view::npos) return std::nullopt;
    return Unit{std::string(1, "\"\\/\b\f\n\r\t"[at]), 2};
  }
  auto code_point = hex_number(text.substr(2), 4);
  if (!code_point) return std::nullopt;
  unit.length = 6;
  if (*code_point >= 0xD800 && *code_point < 0xDC00 && text.substr(6).starts_with("\\u")) {
    if (const auto low = hex_number(text.substr(8), 4); low && *low >= 0xDC00 && *low < 0xE000) {
      code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (*low - 0xDC00);
      unit.length = 12;
    }
  }
  append_utf8(unit.bytes, *code_point);
  return unit;
}

// How much of `text` spells `secret`, each character plain or escaped; 0 when it does not begin with it.
std::size_t escaped_match(std::string_view text, std::string_view secret) {
  std::size_t at = 0;
  while (!secret.empty()) {
    if (at >= text.size()) return 0;
    const auto escape = read_escape(text.substr(at));
    if (escape && secret.starts_with(escape->bytes)) {
      at += escape->length;
      secret.remove_prefix(escape->bytes.size());
    } else if (text[at] == secret.front()) {
      ++at;
      secret.remove_prefix(1);
    } else {
      return 0;
    }
  }
  return at;
}

// The longest known secret that `text` begins with.
std::pair<std::size_t, const NamedSecret*> longest_match(std::string_view text,
                                                         const std::vector<NamedSecret>& secrets) {
  std::pair<std::size_t, const NamedSecret*> best{0, nullptr};
  for (const auto& named : secrets) {
    if (named.secret.empty()) continue;
    const std::string& value = named.secret.reveal();
    const std::size_t length = text.starts_with(value) ? value.size() : escaped_match(text, value);
    if (length > best.first) best = {length, &named};
  }
  return best;
}

bool may_hold_secret(std::string_view text, const std::vector<NamedSecret>& secrets) {
  if (text.find_first_of("\\%") != std::string_view::npos) return true;
  return std::any_of(secrets.begin(), secrets.end(), [&](const NamedSecret& named) {
    return !named.secret.empty() && text.find(named.secret.reveal()) != std::string_view::npos;
  });
}

}  // namespace

bool is_secret_field(std::string_view key) {
  return std::find(kSecretFields.begin(), kSecretFields.end(), key) != kSecretFields.end();
}

bool is_credential_key(std::string_view key) {
  std::string name = lower(key);
  std::replace(name.begin(), name.end(), '-', '_');
  for (const auto part : kCredentialParts) {
    if (name.find(part) != std::string::npos) return true;
  }
  return std::find(kCredentialNames.begin(), kCredentialNames.end(), name) != kCredentialNames.end();
}

std::string without_secrets(std::string_view text, const std::vector<NamedSecret>& secrets) {
  if (secrets.empty() || !may_hold_secret(text, secrets)) return std::string(text);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto [length, named] = longest_match(text.substr(at), secrets);
    if (named == nullptr) {
      result += text[at++];
    } else {
      result += "[secret:" + named->name + "]";
      at += length;
    }
  }
  return result;
}

void append_redacted_json(std::string& out, const JsonValue& value, const std::vector<NamedSecret>* secrets) {
  const auto clean = [&](std::string_view text) {
    return secrets == nullptr ? std::string(text) : without_secrets(text, *secrets);
  };
  switch (value.kind) {
    case JsonValue::Kind::array: {
      out += '[';
      for (const auto& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        append_redacted_json(out, item, secrets);
      }
      out += ']';
      return;
    }
    case JsonValue::Kind::object: {
      std::vector<const JsonMember*> sorted;
      for (const auto& member : value.members) sorted.push_back(&member);
      std::sort(sorted.begin(), sorted.end(),
                [](const auto* a, const auto* b) { return a->key.view() < b->key.view(); });
      out += '{';
      for (const auto* member : sorted) {
        if (member != sorted.front()) out += ',';
        append_json_string(out, clean(member->key));
        out += ':';
        if (is_credential_key(member->key)) {
          append_json_string(out, kUnknownSecret);
        } else {
          append_redacted_json(out, member->value, secrets);
        }
      }
      out += '}';
      return;
    }
    case JsonValue::Kind::string:
      append_json_string(out, clean(value.text));
      return;
    case JsonValue::Kind::number:
      if (secrets != nullptr && std::any_of(secrets->begin(), secrets->end(), [&](const NamedSecret& named) {
            return named.secret.reveal() == value.text;
          })) {
        append_json_string(out, clean(value.text));
      } else {
        out += value.text;
      }
      return;
    case JsonValue::Kind::null:
    case JsonValue::Kind::boolean:
      append_json(out, value);
      return;
  }
}

}  // namespace tvh::wire
