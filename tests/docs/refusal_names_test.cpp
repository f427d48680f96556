// tvhook-exec(1) names every reason for which a signal or an order comes to nothing.
#include <filesystem>
#include <regex>

#include "page.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

std::string sources_of(const std::string& room) {
  std::string text;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TVHOOK_SOURCE_FOLDER) + "/common/" + room)) {
    if (entry.path().extension() == ".cpp") text += tvh::test::read_file(entry.path().string());
  }
  return text;
}

std::set<std::string> find_all(const std::string& text, const std::regex& pattern) {
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern); match != std::sregex_iterator();
       ++match) {
    names.insert((*match)[1]);
  }
  return names;
}

}  // namespace

TEST_CASE("tvhook-exec(1): every rule that refuses is among REFUSALS, and every name there is one of ours") {
  const tvh::test::Page page("tvhook-exec.1.scd");
  std::string section;
  for (const auto& line : page.section("REFUSALS")) section += line + "\n";
  const auto documented = find_all(section, std::regex("_([a-z]+(?:_[a-z]+)*)_"));
  const std::string engine = sources_of("engine");
  const auto rules =
      find_all(engine, std::regex(R"re((?:Refusal(?:| [a-z]+)\{|breach\(scope, )"([a-z_]+)")re"));
  CHECK(rules.size() > 30);
  for (const auto& rule : rules) {
    CAPTURE(rule);
    CHECK(documented.contains(rule));
  }
  const std::string all = engine + sources_of("venue") + sources_of("model");
  for (const auto& name : documented) {
    // Put together from the unit that needs it.
    if (name == "no_equity") continue;
    CAPTURE(name);
    CHECK(all.find('"' + name + '"') != std::string::npos);
  }
}
