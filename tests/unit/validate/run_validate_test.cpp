#include "tvhook-validate/run_validate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;

namespace {

class NeverStop final : public cli::StopSignal {
 public:
  bool requested() const override { return false; }
  int fd() const override { return -1; }
  ExitCode code() const override { return ExitCode::terminated; }
};

class StopRequested final : public cli::StopSignal {
 public:
  StopRequested() {
    REQUIRE(::pipe(ends_.data()) == 0);
    REQUIRE(::write(ends_[1], "x", 1) == 1);
  }
  ~StopRequested() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  bool requested() const override { return true; }
  int fd() const override { return ends_[0]; }
  ExitCode code() const override { return ExitCode::terminated; }

 private:
  std::array<int, 2> ends_{};
};

struct Finished {
  int code = 0;  // the exit code, or -1 for an Error
  std::string records;
  std::string findings;
  std::string error;
};

const std::string kGood =
    R"({"action":"buy","ticker":"BTCUSDT","price":65000.5,"quantity":1,"strategy":"ma","order_id":"long","time":"2026-11-20T10:15:00Z"})";

// The tool's own run function over files of its own.
class Bench {
 public:
  std::string file(const std::string& name, const std::string& text) {
    test::write_file(folder_.file(name), text);
    return folder_.file(name);
  }

  Finished run(ValidateOptions options, const std::string& input = "") {
    const int in = ::open(file("stdin", input).c_str(), O_RDONLY | O_CLOEXEC);
    const Finished finished = run_on(in, options, stop);
    ::close(in);
    return finished;
  }

  Finished run_on(int input, const ValidateOptions& options, cli::StopSignal& stop_signal) {
    const int out = open_new("stdout");
    const int err = open_new("stderr");
    Finished finished;
    {
      cli::Output output(out);
      cli::Output findings(err);
      cli::Log log(err, "tvhook-validate", cli::LogLevel::info, cli::LogFormat::text);
      ManualClock clock(*parse_time("2026-11-20T10:15:03Z"));
      cli::Context context{"tvhook-validate", clock,  log, output, input, stop_signal,
                           environment,       config, "",  check,  quiet};
      const auto code = run_validate(options, context, findings);
      finished.code = code ? int(*code) : -1;
      if (!code) finished.error = code.error().message;
      CHECK(output.flush().has_value());
      CHECK(findings.flush().has_value());
    }
    ::close(out);
    ::close(err);
    finished.records = test::read_file(folder_.file("stdout"));
    finished.findings = test::read_file(folder_.file("stderr"));
    return finished;
  }

  std::string path(const std::string& name) const { return folder_.file(name); }

  cli::Config config;
  cli::GetEnvironment environment = [](const std::string&) { return std::optional<std::string>(); };
  NeverStop stop;
  bool check = false;
  bool quiet = false;

 private:
  int open_new(const std::string& name) const {
    return ::open(folder_.file(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  }

  test::TemporaryFolder folder_;
};

ValidateOptions with_files(std::vector<std::string> files) {
  ValidateOptions options;
  options.files = std::move(files);
  return options;
}

std::size_t lines(const std::string& text) { return std::size_t(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE("validate: the exit code says whether every alert is valid") {
  Bench bench;
  CHECK(bench.run({}, kGood + "\n").code == 0);
  CHECK(bench.run({}, kGood + "\n{\"action\":\"buy\",}\n").code == 1);
  CHECK(bench.run({}, "").code == 0);
  CHECK(bench.run({}, kGood).findings.empty());
}

TEST_CASE("validate: one alert over many lines, and many alerts in one file, are both read") {
  Bench bench;
  const std::string pretty =
      bench.file("pretty.json", "{\n  \"action\": \"buy\",\n  \"ticker\": \"BTCUSDT\"\n}\n");
  const auto one = bench.run(with_files({pretty}));
  CHECK(one.code == 0);
  CHECK(lines(one.records) == 1);
  const auto two = bench.run(with_files({bench.file("many.ndjson", kGood + "\n" + kGood), pretty}));
  CHECK(lines(two.records) == 3);
}

TEST_CASE("validate: a file that is not there is said, the others are checked, the exit code is 65") {
  Bench bench;
  const auto finished = bench.run(with_files({bench.path("nothing.json"), bench.file("good.json", kGood)}));
  CHECK(finished.code == 65);
  CHECK(finished.findings.find("nothing.json: No such file or directory") != std::string::npos);
  CHECK(lines(finished.records) == 1);
}

TEST_CASE("validate: an empty file is an empty alert") {
  Bench bench;
  const auto finished = bench.run(with_files({bench.file("empty.json", " \n")}));
  CHECK(finished.code == 1);
  CHECK(finished.findings.find("TV009 empty") != std::string::npos);
}

TEST_CASE("validate: output stands in input order however many threads worked") {
  Bench bench;
  std::string text;
  constexpr int kCount = 40'000;
  for (int i = 0; i < kCount; ++i) {
    std::string alert = kGood;
    alert.replace(alert.find("\"long\""), 6, "\"n" + std::to_string(i) + "\"");
    text += alert + "\n";
  }
  bench.quiet = true;
  const auto finished = bench.run({}, text);
  CHECK(finished.code == 0);
  std::size_t at = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::size_t found = finished.records.find("\"order_id\":\"n" + std::to_string(i) + "\"", at);
    REQUIRE(found != std::string::npos);
    REQUIRE(finished.records.find('\n', at) > found);
    at = finished.records.find('\n', found) + 1;
  }
  CHECK(at == finished.records.size());
}

TEST_CASE("validate: a pipe's lines come out before the pipe ends") {
  Bench bench;
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  REQUIRE(::pipe(in.data()) == 0);
  REQUIRE(::pipe(out.data()) == 0);
  // Catch is not made for threads: the result is checked after the join.
  bool succeeded = false;
  std::thread tool([&] {
    cli::Output output(out[1]);
    cli::Output findings(out[1]);
    cli::Log log(2, "tvhook-validate", cli::LogLevel::error, cli::LogFormat::text);
    ManualClock clock(*parse_time("2026-11-20T10:15:03Z"));
    cli::Context context{"tvhook-validate", clock,        log, output, in[0], bench.stop,
                         bench.environment, bench.config, "",  false,  false};
    succeeded = run_validate({}, context, findings).has_value();
  });
  for (int i = 0; i < 3; ++i) {
    REQUIRE(::write(in[1], (kGood + "\n").data(), kGood.size() + 1) == ssize_t(kGood.size() + 1));
    pollfd wait{out[0], POLLIN, 0};
    const bool came = ::poll(&wait, 1, 20'000) == 1;
    CHECK(came);
    if (!came) break;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(out[0], buffer.data(), buffer.size());
    CHECK(std::string_view(buffer.data(), std::size_t(std::max<ssize_t>(count, 0))).ends_with("\n"));
  }
  ::close(in[1]);
  tool.join();
  CHECK(succeeded);
  for (const int fd : {in[0], out[0], out[1]}) ::close(fd);
}

TEST_CASE("validate: a reader of stdout that goes away is a clean stop, long before the end of the input") {
  Bench bench;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += kGood + "\n";
  const int in = ::open(bench.file("long.ndjson", text).c_str(), O_RDONLY | O_CLOEXEC);
  std::array<int, 2> out{};
  REQUIRE(::pipe(out.data()) == 0);
  ::close(out[0]);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  cli::Output output(out[1]);
  cli::Output findings(2);
  cli::Log log(2, "tvhook-validate", cli::LogLevel::error, cli::LogFormat::text);
  ManualClock clock(*parse_time("2026-11-20T10:15:03Z"));
  cli::Context context{"tvhook-validate", clock,        log, output, in,   bench.stop,
                       bench.environment, bench.config, "",  false,  false};
  const auto code = run_validate({}, context, findings);
  std::signal(SIGPIPE, before);
  REQUIRE(code.has_value());
  CHECK(*code == ExitCode::ok);
  CHECK(output.closed());
  CHECK(::lseek(in, 0, SEEK_CUR) < off_t(text.size()));
  ::close(in);
  ::close(out[1]);
}

TEST_CASE("validate: asked to stop, it stops with the signal's code") {
  Bench bench;
  StopRequested stop;
  std::array<int, 2> in{};
  REQUIRE(::pipe(in.data()) == 0);
  CHECK(bench.run_on(in[0], {}, stop).code == 143);
  ::close(in[0]);
  ::close(in[1]);
}

TEST_CASE("validate: $TVHOOK_SECRET and the configuration's secrets are checked and never shown") {
  Bench bench;
  const std::string alert = "{\"secret\":\"hunter2\"," + kGood.substr(1);
  bench.environment = [](const std::string& name) {
    return name == "TVHOOK_SECRET" ? std::optional<std::string>("hunter2") : std::nullopt;
  };
  CHECK(bench.run({}, alert).code == 0);
  const auto wrong = bench.run({}, "{\"secret\":\"hunter3\"," + kGood.substr(1));
  CHECK(wrong.code == 1);
  CHECK(wrong.findings.find("TV010 wrong_secret") != std::string::npos);
  CHECK((wrong.findings + wrong.records).find("hunter") == std::string::npos);
  bench.environment = [](const std::string&) { return std::optional<std::string>(); };
  bench.config.secrets = {{"main", "env:NOT_SET"}};
  CHECK(bench.run({}, alert).code == -1);
}

TEST_CASE("validate: --check reads the configuration and nothing else") {
  Bench bench;
  bench.check = true;
  const auto finished = bench.run(with_files({bench.path("nothing.json")}));
  CHECK(finished.code == 0);
  CHECK(finished.records.empty());
}

TEST_CASE("validate: --explain prints a code's text; an unknown code lists the known ones") {
  Bench bench;
  ValidateOptions options;
  options.explain = "tv013";
  const auto finished = bench.run(options);
  CHECK(finished.code == 0);
  CHECK(finished.records.find("TV013 unsubstituted_placeholder (error)\n\n") == 0);
  options.explain = "TV999";
  const auto unknown = bench.run(options);
  CHECK(unknown.code == -1);
  CHECK(unknown.error.find("TV001, TV002") != std::string::npos);
}

TEST_CASE("validate: of a folder --pine takes the scripts, --template every file; none is said") {
  Bench bench;
  std::filesystem::create_directories(bench.path("folder/inner"));
  std::filesystem::create_directories(bench.path("empty"));
  const std::string script =
      "//"
      "@version=6\nindicator('x')\nalert('{\"secret\":\"s\",\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"id\":"
      "\"a\"}')\n";
  bench.file("folder/b.pine", script);
  bench.file("folder/inner/a.pine", script);
  bench.file("folder/notes.txt", "hello");
  ValidateOptions options = with_files({bench.path("folder")});
  options.pine = true;
  const auto scripts = bench.run(options);
  CHECK(scripts.code == 0);
  CHECK(lines(scripts.records) == 2);
  CHECK(scripts.records.find("b.pine:3: alert(): buy BTCUSDT market") != std::string::npos);
  options.files = {bench.path("empty")};
  const auto none = bench.run(options);
  CHECK(none.code == 65);
  CHECK(none.findings.find("holds no file *.pine") != std::string::npos);
  options.pine = false;
  const auto no_alerts = bench.run(options);
  CHECK(no_alerts.code == 65);
  CHECK(no_alerts.findings.find("holds no file to check") != std::string::npos);
  options.message_template = true;
  options.files = {bench.path("folder")};
  CHECK(lines(bench.run(options).records) == 3);
}

TEST_CASE("validate: a template is one file or all of stdin, and what is far too large to be one is said") {
  Bench bench;
  ValidateOptions options;
  options.message_template = true;
  const auto one = bench.run(options, "{\"action\":\"buy\",\n\"symbol\":\"{{ticker}}\"\n}\n");
  CHECK(one.code == 0);
  CHECK(one.records == "-: buy BTCUSDT market, size from the configuration\n");
  const auto large = bench.run(options, std::string((1 << 20) + 1, 'x'));
  CHECK(large.code == 65);
  CHECK(large.findings.find("without --template") != std::string::npos);
  options.pine = true;
  CHECK(bench.run(options).code == -1);
}

TEST_CASE("validate: a script's findings are SARIF with rules for all of them, and say how to mend them") {
  Bench bench;
  ValidateOptions options;
  options.pine = true;
  options.format = "sarif";
  const auto finished = bench.run(options, "//@version=6\nalert('{\"a\":\"{{ticker}}\"}')\n");
  CHECK(finished.code == 1);
  CHECK(finished.findings.empty());
  const auto run = nlohmann::json::parse(finished.records)["runs"][0];
  bool seen = false;
  for (const auto& result : run["results"]) {
    const auto& rules = run["tool"]["driver"]["rules"];
    CHECK(std::any_of(rules.begin(), rules.end(),
                      [&](const auto& rule) { return rule["id"] == result["ruleId"]; }));
    if (result["ruleId"] != "TV201") continue;
    seen = true;
    CHECK(result["locations"][0]["physicalLocation"]["region"]["startLine"] == 2);
    CHECK(result["message"]["text"].get<std::string>().find("write ' + syminfo.ticker + '") !=
          std::string::npos);
  }
  CHECK(seen);
}

TEST_CASE("validate: the closing line counts and names what to explain") {
  CHECK(closing_line({3, 0, 0, 0, ""}).empty());
  CHECK(closing_line({3, 1, 1, 2, "TV020"}) ==
        "1 error, 2 warnings in 3 alerts (explain: tvhook-validate --explain TV020)");
  CHECK(closing_line({1, 0, 0, 1, "TV040"}) ==
        "1 warning in 1 alert (explain: tvhook-validate --explain TV040)");
  CHECK(closing_line({2, 1, 1, 0, "TV201"}, "message") ==
        "1 error in 2 messages (explain: tvhook-validate --explain TV201)");
}
