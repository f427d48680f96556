#include "cli/config_values.hpp"

#include <algorithm>
#include <charconv>

#include "cli/nearest.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

std::string in_quotes(const std::string& text) { return "\"" + printable(text) + "\""; }

std::string kind_name(ConfigKind kind) {
  switch (kind) {
    case ConfigKind::text:
      return "text";
    case ConfigKind::whole_number:
      return "a whole number";
    case ConfigKind::fraction:
      return "a number with a point";
    case ConfigKind::boolean:
      return "true or false";
    case ConfigKind::date:
      return "a date or time";
    case ConfigKind::list:
      return "a list";
    case ConfigKind::table:
      return "a table";
  }
  return "something else";
}

Error wrong(const std::string& message) { return fail(Errc::configuration, message); }

Result<void> expect(const ConfigNode& node, ConfigKind kind, const std::string& expected) {
  if (node.kind == kind) return {};
  return wrong("must be " + expected + ", not " + kind_name(node.kind));
}

Result<std::string> read_text(const ConfigNode& node) {
  TVH_CHECK(expect(node, ConfigKind::text, "text in quotes"));
  if (node.text.empty()) return wrong("must not be empty");
  return node.text;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string in_case(std::string text, char first, char change) {
  for (char& c : text) {
    if (c >= first && c <= first + 25) c = static_cast<char>(c + change);
  }
  return text;
}
std::string upper_case(std::string text) { return in_case(std::move(text), 'a', 'A' - 'a'); }
std::string lower_case(std::string text) { return in_case(std::move(text), 'A', 'a' - 'A'); }

// Every element of a list of text, through `normal`.
AssignValue assign_list(std::vector<std::string>& target,
                        std::function<Result<std::string>(const std::string&)> normal) {
  return [&target, normal = std::move(normal)](const ConfigNode& node) -> Result<void> {
    TVH_CHECK(expect(node, ConfigKind::list, "a list of texts, such as [\"a\", \"b\"]"));
    for (const auto& item : node.items) {
      auto text = read_text(item);
      if (!text) return wrong("has an element that " + text.error().message);
      auto element = normal(*text);
      if (!element) return wrong("has an element " + in_quotes(*text) + " that " + element.error().message);
      target.push_back(*element);
    }
    return {};
  };
}

}  // namespace

Result<Decimal> read_decimal(const ConfigNode& node) {
  // A number with a point is taken by its characters in the file; as a double it would not be what was written.
  if (node.kind == ConfigKind::fraction) {
    std::string written = node.text;
    std::erase(written, '_');
    if (const auto decimal = Decimal::parse(written)) return *decimal;
    return wrong("is a number that cannot be kept exactly; write it as a string, such as \"0.01\"");
  }
  if (node.kind != ConfigKind::text && node.kind != ConfigKind::whole_number) {
    return wrong("must be a number, as a string such as \"0.01\" or whole, not " + kind_name(node.kind));
  }
  const auto decimal = Decimal::parse(node.text);
  if (!decimal) return wrong("is " + in_quotes(node.text) + ": " + decimal.error().message);
  return *decimal;
}

Result<std::string> normal_symbol(const std::string& text) {
  const std::string symbol = upper_case(text);
  const std::string_view name =
      symbol.ends_with(".P") ? std::string_view(symbol).substr(0, symbol.size() - 2) : symbol;
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_letter_or_digit)) {
    return wrong("must be a symbol such as BTCUSDT or BTCUSDT.P, without an exchange before it");
  }
  return symbol;
}

Result<std::string> normal_asset(const std::string& text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_letter_or_digit)) {
    return wrong("must be an asset such as USDT");
  }
  return upper_case(text);
}

bool is_secret_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

Result<void> check_secret_reference(const ConfigNode& node) {
  static const std::string kCure =
      "\"env:NAME\" for an environment variable or \"file:/path\" for a file only its owner can read";
  if (node.kind != ConfigKind::text) return wrong("must be " + kCure);
  const std::string& text = node.text;
  if (text.starts_with("file:")) {
    if (!text.starts_with("file:/")) return wrong("needs the whole path of its file: \"file:/path\"");
    return {};
  }
  if (text.starts_with("env:")) {
    const std::string_view name = std::string_view(text).substr(4);
    const bool is_name =
        !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_letter_or_digit(c) || c == '_'; });
    if (!is_name) return wrong("needs the name of an environment variable after \"env:\"");
    return {};
  }
  return wrong("is written out; a secret does not stand in the configuration. Write " + kCure);
}

AssignValue assign_text(std::optional<std::string>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_TRY(target, read_text(node));
    return {};
  };
}

AssignValue assign_reference(std::optional<std::string>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_CHECK(check_secret_reference(node));
    target = node.text;
    return {};
  };
}

AssignValue assign_boolean(bool& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_CHECK(expect(node, ConfigKind::boolean, "true or false"));
    target = node.text == "true";
    return {};
  };
}

AssignValue assign_duration(std::optional<Nanoseconds>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    if (node.kind != ConfigKind::whole_number) {
      TVH_CHECK(expect(node, ConfigKind::text, "a duration such as \"30s\", or whole seconds"));
    }
    const auto duration = parse_duration(node.text);
    if (!duration)
      return wrong("is " + in_quotes(node.text) + ", not a duration; write \"30s\", \"5m\", \"2h\" or \"7d\"");
    target = *duration;
    return {};
  };
}

AssignValue assign_positive_duration(std::optional<Nanoseconds>& target) {
  return [assign = assign_duration(target), &target](const ConfigNode& node) -> Result<void> {
    TVH_CHECK(assign(node));
    if (*target <= Nanoseconds(0)) return wrong("must be longer than 0");
    return {};
  };
}

AssignValue assign_choice(std::string& target, std::vector<std::string> choices) {
  return [&target, choices = std::move(choices)](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const std::string text, read_text(node));
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      std::string list;
      for (const auto& choice : choices) list += (list.empty() ? "" : ", ") + choice;
      return wrong("is " + in_quotes(text) + ", which is none of " + list + suggestion(text, choices));
    }
    target = text;
    return {};
  };
}

AssignValue assign_positive(std::optional<Decimal>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const Decimal value, read_decimal(node));
    if (!value.is_positive()) return wrong("must be above 0");
    target = value;
    return {};
  };
}

AssignValue assign_percent(std::optional<Decimal>& target, Sign sign) {
  return [&target, sign](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const Decimal value, read_decimal(node));
    if (sign == Sign::not_negative && value.is_negative()) return wrong("must not be below 0");
    if (sign == Sign::positive && !value.is_positive()) return wrong("must be above 0");
    if (value.absolute() >= Decimal(100)) return wrong("must be below 100 percent");
    target = value;
    return {};
  };
}

AssignValue assign_address(std::optional<std::string>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const std::string text, read_text(node));
    const auto colon = text.rfind(':');
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (colon == 0 || error != std::errc() || end != port.data() + port.size() || number > 65535) {
      return wrong("is " + in_quotes(text) + ", not HOST:PORT such as \"127.0.0.1:8080\"");
    }
    target = text;
    return {};
  };
}

AssignValue assign_url_path(std::optional<std::string>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const std::string text, read_text(node));
    if (text.front() != '/') return wrong("is " + in_quotes(text) + "; a path starts with \"/\"");
    target = text;
    return {};
  };
}

AssignValue assign_texts(std::vector<std::string>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    if (node.kind != ConfigKind::text) {
      return assign_list(target, [](const std::string& text) -> Result<std::string> { return text; })(node);
    }
    TVH_TRY(const std::string text, read_text(node));
    target = {text};
    return {};
  };
}

AssignValue assign_lower_list(std::vector<std::string>& target) {
  return assign_list(target, [](const std::string& text) -> Result<std::string> { return lower_case(text); });
}

// An empty list would read as "none" and mean "all".
static AssignValue assign_allowed(AssignValue assign) {
  return [assign = std::move(assign)](const ConfigNode& node) -> Result<void> {
    if (node.kind == ConfigKind::list && node.items.empty()) {
      return wrong(
          "is empty; name what is allowed, or leave it out to allow all (tvhook-exec --halt allows none)");
    }
    return assign(node);
  };
}

AssignValue assign_symbols(std::vector<std::string>& target) {
  return assign_allowed(assign_list(target, normal_symbol));
}

AssignValue assign_actions(std::vector<std::string>& target) {
  return assign_allowed(assign_lower_list(target));
}

AssignValue assign_venue_kind(std::string& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    static const std::vector<std::string> kNow{"paper", "binance_spot", "binance_usdm"};
    static const std::vector<std::string> kLater{"bybit", "okx", "bitget", "command"};
    TVH_TRY(const std::string text, read_text(node));
    if (std::find(kLater.begin(), kLater.end(), text) != kLater.end()) {
      return wrong("is " + in_quotes(text) +
                   ", which is not supported by this version yet; it has \"paper\", \"binance_spot\" and "
                   "\"binance_usdm\"");
    }
    return assign_choice(target, kNow)(node);
  };
}

AssignValue assign_count(std::optional<int>& target) {
  return [&target](const ConfigNode& node) -> Result<void> {
    TVH_TRY(const Decimal value, read_decimal(node));
    if (value.scale() != 0 || !value.is_positive() || value > Decimal(1'000'000)) {
      return wrong("must be a whole number from 1 to 1000000");
    }
    target = std::stoi(value.to_string());
    return {};
  };
}

}  // namespace tvh::cli
