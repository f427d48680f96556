// The five tools' man pages against their option definitions, both ways.
#include <filesystem>

#include "cli/common_options.hpp"
#include "completion_text.hpp"
#include "page.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "tool_options.hpp"

namespace {

using tvh::cli::OptionDescription;
using tvh::cli::OptionSet;
using tvh::completions::tool_names;
using tvh::completions::with_options;
using tvh::test::Entry;
using tvh::test::Page;

Page page_of(const std::string& tool) { return Page(tool + ".1.scd"); }

// The line an option's entry in OPTIONS starts with.
std::string entry_line(const OptionDescription& option) {
  if (option.positional) return "_" + option.name + "_...";
  std::string line = "*" + option.name + "*";
  if (!option.short_name.empty()) line = "*" + option.short_name + "*, " + line;
  if (option.value_is_optional) return line + " [*" + option.value_name + "*]";
  if (!option.value_name.empty()) line += " _" + option.value_name + "_";
  return line;
}

std::vector<std::string> lines_of(const std::vector<Entry>& entries) {
  std::vector<std::string> lines;
  for (const auto& entry : entries) lines.push_back(entry.line);
  return lines;
}

// Whether any source of the tool mentions it.
bool source_mentions(const std::string& tool, const std::string& word) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TVHOOK_SOURCE_FOLDER) + "/tools/" + tool)) {
    if (tvh::test::read_file(entry.path().string()).find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("man: every option is in its tool's page, every option of the page exists, in the same order") {
  for (const auto& tool : tool_names()) {
    CAPTURE(tool);
    with_options(tool, [&tool](const OptionSet& set) {
      std::vector<std::string> expected;
      for (const auto& option : set.descriptions()) expected.push_back(entry_line(option));
      CHECK(lines_of(page_of(tool).entries("OPTIONS")) == expected);
    });
  }
}

TEST_CASE("man: defaults, choices and repetition are said") {
  for (const auto& tool : tool_names()) {
    with_options(tool, [&tool](const OptionSet& set) {
      const auto entries = page_of(tool).entries("OPTIONS");
      REQUIRE(entries.size() == set.descriptions().size());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& option = set.descriptions()[i];
        const std::string& text = entries[i].text;
        CAPTURE(tool, option.name, text);
        if (!option.default_text.empty()) {
          CHECK(tvh::test::plain(text).find("Default: " + option.default_text) != std::string::npos);
        }
        for (const auto& choice : option.choices) CHECK(text.find("*" + choice + "*") != std::string::npos);
        if (option.repeatable && !option.positional) CHECK(text.find("more than once") != std::string::npos);
      }
    });
  }
}

TEST_CASE("man: the common options read alike in all five pages") {
  const auto expected = page_of("tvhook-exec").subsections("OPTIONS").at("Common options");
  for (const auto& tool : tool_names()) {
    CAPTURE(tool);
    CHECK(page_of(tool).subsections("OPTIONS").at("Common options") == expected);
  }
}

TEST_CASE("man: the exit codes are in every page, with the same meaning as in --help") {
  std::vector<std::string> pages{"tvhook.7.scd"};
  for (const auto& tool : tool_names()) pages.push_back(tool + ".1.scd");
  for (const auto& name : pages) {
    CAPTURE(name);
    std::vector<std::string> expected;
    for (const auto& [code, meaning] : tvh::cli::exit_code_meanings()) {
      expected.push_back(std::to_string(int(code)) + " " + std::string(meaning) + ".");
    }
    std::vector<std::string> found;
    for (const auto& entry : Page(name).entries("EXIT STATUS"))
      found.push_back(tvh::test::plain(entry.line + " " + entry.text));
    CHECK(found == expected);
  }
}

TEST_CASE("man: every environment variable is in the page, every one of the page is read") {
  for (const auto& tool : tool_names()) {
    with_options(tool, [&tool](const OptionSet& set) {
      std::set<std::string> defined;
      for (const auto& variable : set.environment()) defined.insert(variable.name);
      std::set<std::string> documented;
      for (const auto& entry : page_of(tool).entries("ENVIRONMENT"))
        documented.insert(tvh::test::plain(entry.line));
      for (const auto& name : defined) {
        CAPTURE(tool, name);
        CHECK(documented.contains(name));
      }
      for (const auto& name : documented) {
        CAPTURE(tool, name);
        CHECK((defined.contains(name) || source_mentions(tool, name)));
      }
    });
  }
}

TEST_CASE("man: name, synopsis, examples and cross references are there") {
  for (const auto& tool : tool_names()) {
    CAPTURE(tool);
    const Page page = page_of(tool);
    CHECK(page.section("NAME").at(1).starts_with(tool + " - "));
    CHECK(page.section("SYNOPSIS").at(1).starts_with("*" + tool + "*"));
    CHECK(page.section("EXAMPLES").size() > 3);
    std::string references;
    for (const auto& line : page.section("SEE ALSO")) references += line;
    CHECK(references.find("*tvhook*(7)") != std::string::npos);
  }
}

TEST_CASE("help: every tool has a summary and examples, and fits 100 columns") {
  for (const auto& tool : tool_names()) {
    CAPTURE(tool);
    with_options(tool, [](const OptionSet& set) {
      CHECK_FALSE(set.summary().empty());
      CHECK_FALSE(set.examples().empty());
      const std::string help = set.help();
      std::size_t start = 0;
      for (std::size_t end = help.find('\n'); end != std::string::npos; end = help.find('\n', start)) {
        CAPTURE(help.substr(start, end - start));
        CHECK(end - start <= 100);
        start = end + 1;
      }
    });
  }
}
