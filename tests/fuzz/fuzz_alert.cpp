// Any bytes at all as an alert: read, checked, repaired, redacted and reported. Checks what must hold of every
// answer; the sanitizers check the rest. With clang and -DTVHOOK_FUZZ=ON it is a libFuzzer target; else a
// program that reads files and folders, or, with a number of rounds, mutates them itself.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tvhook-validate/alert_batch.hpp"
#include "wire/json_value.hpp"

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz_alert: %s\n", what);
  std::abort();
}

void try_alert(std::string_view text) {
  static const std::vector<tvh::NamedSecret> secrets{{"main", tvh::Secret("hunter2hunter2")}};
  tvh::CheckRules rules;
  rules.secrets = secrets;
  tvh::AlertBatch batch{"fuzz", {}, {}};
  batch.add(text, 1);
  for (const auto repairs : {tvh::Repairs::none, tvh::Repairs::allowed}) {
    rules.repairs = repairs;
    for (const auto format : {tvh::ReportFormat::text, tvh::ReportFormat::json, tvh::ReportFormat::sarif}) {
      auto report = tvh::check_batch(batch, rules, {format, false});
      tvh::RepeatedContents contents;
      contents.settle_ids(report);
      require(report.totals.alerts == 1, "one alert has one verdict");
      require(report.records.size() + report.findings.size() < 100 * (text.size() + 4096), "output is bounded");
      require(report.records.find("hunter2hunter2") == std::string::npos, "no secret on stdout");
      if (report.findings.find("hunter2hunter2") != std::string::npos)
        std::fprintf(stderr, "%s", report.findings.c_str());
      require(report.findings.find("hunter2hunter2") == std::string::npos, "no secret on stderr");
      if (format == tvh::ReportFormat::json) {
        const auto parsed = tvh::wire::parse_json(report.records);
        const auto* error = std::get_if<tvh::wire::JsonError>(&parsed);
        require(error == nullptr || error->name != "syntax", "a verdict is JSON");
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_alert({reinterpret_cast<const char*>(data), size});
  return 0;
}

#ifndef TVHOOK_LIBFUZZER

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace {

std::string mutated(std::string text, const std::vector<std::string>& corpus, std::mt19937_64& random) {
  static const std::vector<std::string> pieces{"{",   "}",     "[", "]",  "\"", "\\",   ",",
                                               ":",   "=",     ";", "|",  "@",  "{{",   "}}",
                                               "NaN", "1e999", "%", "\n", "//", "\xFF", "hunter2hunter2",
                                               "_",   "-PERP"};
  for (std::size_t i = 1 + random() % 6; i > 0; --i) {
    const std::size_t at = text.empty() ? 0 : random() % text.size();
    switch (random() % 5) {
      case 0:
        text.insert(at, pieces[random() % pieces.size()]);
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      case 2:
        if (!text.empty()) text[at] = char(random() % 256);
        break;
      case 3:
        text.insert(at, text.substr(at, random() % 40));
        break;
      default: {
        const std::string& other = corpus[random() % corpus.size()];
        text = text.substr(0, at) + other.substr(random() % (other.size() + 1));
      }
    }
  }
  return text;
}

}  // namespace

// fuzz_alert [ROUNDS] FILE-OR-FOLDER...
int main(int argc, char** argv) {
  std::vector<std::string> corpus;
  long rounds = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.find_first_not_of("0123456789") == std::string::npos) {
      rounds = std::atol(name.c_str());
      continue;
    }
    const auto add = [&](const std::filesystem::path& path) {
      std::ifstream file(path, std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    };
    if (!std::filesystem::is_directory(name)) {
      add(name);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(name)) add(entry.path());
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "fuzz_alert: no corpus\n");
    return 1;
  }
  for (const auto& text : corpus) try_alert(text);
  std::mt19937_64 random(1);
  for (long round = 0; round < rounds; ++round)
    try_alert(mutated(corpus[random() % corpus.size()], corpus, random));
  std::printf("%zu inputs and %ld mutations without a finding\n", corpus.size(), rounds);
}

#endif
