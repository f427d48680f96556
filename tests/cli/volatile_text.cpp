#include "volatile_text.hpp"

#include <regex>

#include "base/clock.hpp"

namespace tvh::golden {

// Every match of `pattern` becomes what `replacement` makes of it.
template <class Replacement>
static std::string replace_each(const std::string& text, const std::regex& pattern, Replacement replacement) {
  std::string result;
  auto last = text.begin();
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    result.append(last, text.begin() + match->position());
    result += replacement(*match);
    last = text.begin() + match->position() + match->length();
  }
  return result.append(last, text.end());
}

static void replace_literal(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

VolatileText::VolatileText(std::string folder)
    : folder_(std::move(folder)), started_at_(SystemClock().now() - std::chrono::seconds(2)) {}

std::string VolatileText::numbered(std::map<std::string, std::string>& known, const std::string& id,
                                   const char* what) {
  const auto [entry, is_new] = known.try_emplace(id);
  if (is_new) entry->second = std::string("[") + what + " " + std::to_string(known.size()) + "]";
  return entry->second;
}

std::string VolatileText::replace(std::string text) {
  static const std::regex port(R"(127\.0\.0\.1:\d{5}\b)");
  static const std::regex time(R"((\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z| UTC)?)");
  static const std::regex duration(R"(\b\d+(\.\d+)? (ns|us|µs|ms|s)\b)");
  static const std::regex pid(R"(\bpid \d+)");
  static const std::regex took(R"_("(took[a-z_]*)":("[^"]*"|[0-9.]+))_");
  static const std::regex order(R"(\btvh[a-z2-7]{20,29}\b)");
  static const std::regex signal(R"(\b[a-z2-7]{26}\b)");
  replace_literal(text, folder_, "[folder]");
  text = replace_each(text, port, [](const auto&) { return std::string("127.0.0.1:[port]"); });
  text = replace_each(text, time, [&](const auto& match) {
    const auto at = parse_time(match.str(1) + "T" + match.str(2) + "Z");
    return at && *at >= started_at_ && *at <= SystemClock().now() ? std::string("[now]") : match.str();
  });
  text = replace_each(text, took, [](const auto& match) { return "\"" + match.str(1) + "\":[duration]"; });
  text = replace_each(text, duration, [](const auto&) { return std::string("[duration]"); });
  text =
      replace_each(text, order, [this](const auto& match) { return numbered(orders_, match.str(), "order"); });
  return replace_each(text, signal,
                      [this](const auto& match) { return numbered(signals_, match.str(), "signal"); });
}

}  // namespace tvh::golden
