// The body as the journal may keep it. Redaction never depends on the body being what it should be: of JSON the
// texts are taken one by one, anything else is searched.
#include <algorithm>

#include "wire/alert_fields.hpp"
#include "wire/alert_reader.hpp"
#include "wire/secret_text.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

// Replaces tokens of the source and copies what is between them unchanged.
class BodyRedactor {
 public:
  BodyRedactor(std::string_view body, const ParsedAlert& alert, const std::vector<NamedSecret>& secrets)
      : body_(body), alert_(alert), secrets_(secrets) {}

  std::string run() {
    copy_redacted(alert_.json);
    result_ += body_.substr(done_);
    return std::move(result_);
  }

 private:
  void copy_redacted(const JsonValue& value) {
    switch (value.kind) {
      case JsonValue::Kind::object:
        for (const auto& member : value.members) copy_redacted(member);
        return;
      case JsonValue::Kind::array:
        for (const auto& item : value.items) copy_redacted(item);
        return;
      case JsonValue::Kind::string:
        replace_if_changed(value.text, value.begin, value.end);
        return;
      case JsonValue::Kind::number:
        if (is_known(value.text)) replace(without_secrets(value.text, secrets_), value.begin, value.end);
        return;
      case JsonValue::Kind::null:
      case JsonValue::Kind::boolean:
        return;
    }
  }

  void copy_redacted(const JsonMember& member) {
    if (!alert_.is_text()) replace_if_changed(member.key, member.key_begin, member.key_end);
    const JsonValue& value = member.value;
    if (!is_credential_key(member.key) && !is_dialects_secret(member.key)) {
      copy_redacted(value);
    } else if (is_known(value.text)) {
      replace(without_secrets(value.text, secrets_), value.begin, value.end);
    } else if (value.kind != JsonValue::Kind::null) {
      replace(kUnknownSecret, value.begin, value.end);
    }
  }

  // Nested or not: what a key of that name holds is not for the journal.
  bool is_dialects_secret(std::string_view key) const {
    return std::any_of(alert_.dialect->keys.begin(), alert_.dialect->keys.end(),
                       [&](const KeyRule& rule) { return rule.field == Field::secret && rule.path == key; });
  }

  bool is_known(std::string_view text) const {
    return std::any_of(secrets_.begin(), secrets_.end(), [&](const NamedSecret& named) {
      return !named.secret.empty() && named.secret.reveal() == text;
    });
  }

  void replace_if_changed(std::string_view text, std::size_t begin, std::size_t end) {
    const std::string clean = without_secrets(text, secrets_);
    if (clean != text) replace(clean, begin, end);
  }

  void replace(std::string_view text, std::size_t begin, std::size_t end) {
    result_ += body_.substr(done_, begin - done_);
    if (alert_.is_text()) {
      result_ += text;
    } else {
      append_json_string(result_, text);
    }
    done_ = end;
  }

  std::string_view body_;
  const ParsedAlert& alert_;
  const std::vector<NamedSecret>& secrets_;
  std::string result_;
  std::size_t done_ = 0;
};

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

// The quote (plain, escaped or smart) at the front of `text`; empty when there is none.
std::string_view quote_at(std::string_view text) {
  for (const std::string_view quote : {"\\\"", "\"", "'", "`", "“", "”", "„", "‘", "’", "%22"}) {
    if (text.starts_with(quote)) return text.substr(0, quote.size());
  }
  return {};
}

// Where the value ends that stands at the front of `text`, after a credential's name and a colon or equals
// sign.
std::size_t value_length(std::string_view text) {
  if (text.starts_with("[secret:")) return std::min(text.find(']'), text.size() - 1) + 1;
  const std::string_view quote = quote_at(text);
  if (quote.empty()) return std::min(text.find_first_of(",;&\r\n\t }]"), text.size());
  std::size_t at = quote.size();
  while (at < text.size() && text[at] != '\n') {
    if (quote.front() != '\\' && text[at] == '\\') {
      at += 2;
      continue;
    }
    const std::string_view closing = quote_at(text.substr(at));
    const bool closes = !closing.empty() && (closing == quote || quote.size() == 3);
    if (closes) return at;
    ++at;
  }
  return std::min(at, text.size());
}

// Takes the values of credential-like names out of text of any shape: secret=x, "token": "x, passphrase: 'x'.
std::string without_credential_values(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.substr(at).starts_with("[secret:")) {
      const std::size_t end = std::min(text.find(']', at), text.size() - 1) + 1;
      result += text.substr(at, end - at);
      at = end;
      continue;
    }
    if (!is_name_character(text[at])) {
      result += text[at++];
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_name_character(text[at])) ++at;
    const std::string_view name = text.substr(begin, at - begin);
    result += name;
    if (!is_credential_key(name)) continue;
    std::size_t value = at;
    const auto skip_spaces = [&] {
      while (value < text.size() && (text[value] == ' ' || text[value] == '\t')) ++value;
    };
    value += quote_at(text.substr(value)).size();
    skip_spaces();
    if (value >= text.size() || (text[value] != ':' && text[value] != '=')) continue;
    ++value;
    skip_spaces();
    const std::size_t length = value_length(text.substr(value));
    const std::size_t quote = std::min(quote_at(text.substr(value)).size(), length);
    result += text.substr(at, value + quote - at);
    // What the search for known secrets put there says more.
    const std::string_view content = text.substr(value + quote, length - quote);
    const bool named = content.starts_with("[secret:") && content.ends_with(']');
    if (!content.empty()) result += named ? content : kUnknownSecret;
    at = value + length;
  }
  return result;
}

}  // namespace

// What a message shows of the alert is cut to a length, with "…", and the cut may go through a secret.
static std::string without_cut_secrets(std::string text, const std::vector<NamedSecret>& secrets) {
  constexpr std::string_view kCut = "…";
  constexpr std::size_t kTells = 3;  // fewer characters than these tell nothing
  for (auto cut = text.find(kCut); cut != std::string::npos; cut = text.find(kCut, cut + kCut.size())) {
    for (const auto& [name, secret] : secrets) {
      const std::string_view value = secret.reveal();
      std::size_t length = value.empty() ? 0 : std::min(value.size() - 1, cut);
      while (length >= kTells && text.compare(cut - length, length, value.substr(0, length)) != 0) --length;
      if (length < kTells) continue;
      const std::string shown = "[secret:" + name + "]";
      text.replace(cut - length, length, shown);
      cut = cut - length + shown.size();
      break;
    }
  }
  return text;
}

void redact_finding(Finding& finding, const std::vector<NamedSecret>& secrets) {
  if (secrets.empty()) return;
  for (std::string* text : {&finding.message, &finding.advice}) {
    *text = without_cut_secrets(without_secrets(*text, secrets), secrets);
  }
}

void withhold_quotations(Finding& finding) {
  std::string& text = finding.message;
  // An example of ours has quotes as well.
  const auto example = std::min(text.find(", such as {"), text.size());
  std::string result;
  std::size_t at = 0;
  while (at < example) {
    const auto begin = text.find('"', at);
    const auto end = begin < example ? text.find('"', begin + 1) : std::string::npos;
    if (end >= example) break;
    const std::string_view quoted = std::string_view(text).substr(begin + 1, end - begin - 1);
    result.append(text, at, begin + 1 - at);
    result += plain_field(quoted) ? quoted : "…";  // names that everybody knows may be said
    result += '"';
    at = end + 1;
  }
  result.append(text, at);
  text = std::move(result);
}

std::string redact_body(std::string_view body, const ParsedAlert* alert,
                        const std::vector<NamedSecret>& secrets) {
  if (alert != nullptr && !alert->is_text()) return BodyRedactor(body, *alert, secrets).run();
  // A text dialect's values are taken out where they stand, and the rest is searched as well: its pieces have
  // no quotes that would say where a secret ends.
  const std::string text = alert == nullptr ? std::string(body) : BodyRedactor(body, *alert, secrets).run();
  return to_valid_text(without_credential_values(without_secrets(text, secrets)));
}

}  // namespace tvh::wire
