#include "tvhook-validate/alert_splitter.hpp"

#include "support/catch.hpp"
#include "wire/json_value.hpp"

using tvh::AlertSplitter;
using tvh::AlertText;

namespace {

// Every alert of `text` as "LINE:TEXT" with line breaks as '|'.
std::vector<std::string> split(const std::string& text) {
  AlertSplitter splitter;
  std::vector<std::string> alerts;
  const auto add = [&](const AlertText& alert) {
    std::string shown = std::to_string(alert.line) + ":" + alert.text;
    for (char& c : shown) c = c == '\n' ? '|' : c;
    alerts.push_back(shown);
  };
  std::size_t begin = 0;
  std::size_t number = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    const auto completed = splitter.add_line(line, ++number);
    if (completed.earlier) add(*completed.earlier);
    if (completed.line_is_whole) add({line, number});
    begin = end + 1;
  }
  if (const auto last = splitter.finish()) add(*last);
  return alerts;
}

using Alerts = std::vector<std::string>;

}  // namespace

TEST_CASE("splitter: each line of NDJSON is an alert, blank lines are none") {
  CHECK(split("{\"a\":1}\n\n  \n{\"a\":{\"b\":[2]}}\r\n{}") ==
        Alerts{"1:{\"a\":1}", "4:{\"a\":{\"b\":[2]}}\r", "5:{}"});
}

TEST_CASE("splitter: an alert printed over lines is one, and several may follow each other") {
  CHECK(split("{\n \"a\": {\n  \"b\": 1\n }\n}\n{\n\"c\":2}\n{\"d\":3}") ==
        Alerts{"1:{| \"a\": {|  \"b\": 1| }|}", "6:{|\"c\":2}", "8:{\"d\":3}"});
}

TEST_CASE("splitter: brackets inside texts and placeholders do not count") {
  CHECK(split("{\"a\":\"}{[\\\"{\"}\n{\"p\":{{close}}}") ==
        Alerts{"1:{\"a\":\"}{[\\\"{\"}", "2:{\"p\":{{close}}}"});
}

TEST_CASE("splitter: a broken line does not swallow the lines after it") {
  CHECK(split("{\"a\":{\"b\":1}\n{\"c\":2}\n{\"d\":\n") ==
        Alerts{"1:{\"a\":{\"b\":1}", "2:{\"c\":2}", "3:{\"d\":"});
  CHECK(split("{\"a\":1}}\n{\"b\":2}") == Alerts{"1:{\"a\":1}}", "2:{\"b\":2}"});
  CHECK(split("buy BTC\n{\"b\":2}") == Alerts{"1:buy BTC", "2:{\"b\":2}"});
}

TEST_CASE("splitter: an endless alert is kept no longer than is needed to refuse it") {
  AlertSplitter splitter;
  splitter.add_line("{\"a\":[", 1);
  for (std::size_t i = 0; i < 1000; ++i) splitter.add_line(std::string(1000, '1') + ",", i + 2);
  const auto rest = splitter.finish();
  REQUIRE(rest);
  CHECK(rest->text.size() > tvh::wire::kMaxAlertBytes);
  CHECK(rest->text.size() < 3 * tvh::wire::kMaxAlertBytes);
}
