#include <cstdio>
#include <memory>
#include <sstream>

#include "completion_text.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using tvh::completions::completion_text;
using tvh::completions::tool_names;

const std::string kFolder = std::string(TVHOOK_SOURCE_FOLDER) + "/completions/";

// What bash offers for the words of a command line, the last of which is being completed.
std::vector<std::string> bash_offers(const std::string& tool, const std::vector<std::string>& words) {
  std::string line = "COMP_WORDS=(" + tool;
  for (const auto& word : words) line += " '" + word + "'";
  line += "); COMP_CWORD=" + std::to_string(words.size()) + "; ";
  std::string function = "_" + tool;
  function[function.find('-')] = '_';
  const std::string script = "cd " + kFolder + " && . ./" + tool + ".bash && " + line + function +
                             " 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const tvh::test::TemporaryFolder folder;
  tvh::test::write_file(folder.file("script"), script);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      ::popen(("bash --norc " + folder.file("script")).c_str(), "r"), ::pclose);
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  for (std::size_t count = 1; count > 0;) {
    count = std::fread(buffer, 1, sizeof buffer, pipe.get());
    output.append(buffer, count);
  }
  std::vector<std::string> offers;
  std::istringstream lines(output);
  for (std::string offer; std::getline(lines, offer);) {
    if (!offer.empty()) offers.push_back(offer);
  }
  return offers;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "completions: the committed ones are what the option definitions give; else run "
    "completions/regenerate.sh") {
  for (const auto& tool : tool_names()) {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
      CAPTURE(tool, shell);
      CHECK(tvh::test::read_file(kFolder + tool + "." + shell) == completion_text(tool, shell));
    }
  }
}

TEST_CASE("completions: bash offers options, values and files where they belong") {
  CHECK(bash_offers("tvhook-exec", {"--pl"}) == Words{"--plan"});
  CHECK(bash_offers("tvhook-exec", {"--log-level", ""}) == Words{"debug", "info", "warning", "error"});
  CHECK(bash_offers("tvhook-exec", {"--log-level", "w"}) == Words{"warning"});
  CHECK(bash_offers("tvhook-exec", {"--log-format", "="}) == Words{"text", "json"});
  CHECK(bash_offers("tvhook-exec", {"--log-format", "=", "j"}) == Words{"json"});
  CHECK(bash_offers("tvhook-exec", {"--venue", "--"}).empty());
  CHECK(bash_offers("tvhook-exec", {"--follow", "--pl"}) == Words{"--plan"});
  CHECK(bash_offers("tvhook-exec", {"regen"}).empty());  // it takes no files
  CHECK(bash_offers("tvhook-exec", {"--config", "regen"}) == Words{"regenerate.sh"});
  CHECK(bash_offers("tvhook-validate", {"regen"}) == Words{"regenerate.sh"});
  CHECK(bash_offers("tvhook-listen", {"--secret-file", "regen"}) == Words{"regenerate.sh"});
  CHECK(bash_offers("tvhook-listen", {"-"}).size() > 15);
}
