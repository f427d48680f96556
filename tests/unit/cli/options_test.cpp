#include "cli/options.hpp"

#include "cli/common_options.hpp"
#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::cli;

// One of each kind of option.
struct Everything {
  bool plan = false;
  bool quiet = false;
  std::string venue = "paper";
  std::optional<std::string> strategy;
  std::optional<std::string> file;
  std::vector<std::string> allow;
  std::string format = "text";
  std::optional<int> number;
  std::optional<Nanoseconds> every;
  std::optional<std::string> follow;
  std::vector<std::string> inputs;
  OptionSet set{"tvhook-demo", "shows what a tool looks like"};

  Everything() {
    set.add_flag("--plan", plan, "Print what would be sent, send nothing");
    set.add_flag("-q,--quiet", quiet, "Say less");
    set.add_text("--venue", venue, "NAME", "Send orders to this venue");
    set.add_text("--strategy", strategy, "NAME", "This strategy only");
    set.add_file("--secret-file", file, "FILE", "Read the secret from this file");
    set.add_list("--allow", allow, "CIDR", "Accept from here");
    set.add_choice("--format", format, {"text", "json"}, "FORMAT", "How it is printed");
    set.add_number("--ready-fd", number, 3, 1000, "N", "Say there when it accepts");
    set.add_duration("--every", every, "DURATION", "Again and again");
    set.add_optional_value("--follow", follow, "-", "Read the journal");
    set.add_positionals(inputs, "FILE", "What to read");
  }

  std::string error(const std::vector<std::string>& arguments) {
    const auto parsed = set.parse(arguments);
    if (parsed) return "";
    CHECK(parsed.error().code == Errc::usage);
    return parsed.error().message;
  }
};

const std::string kHint = "; try 'tvhook-demo --help'";

}  // namespace

TEST_CASE("options: nothing given leaves every default") {
  Everything options;
  REQUIRE(options.set.parse({}));
  CHECK_FALSE(options.plan);
  CHECK(options.venue == "paper");
  CHECK_FALSE(options.strategy.has_value());
  CHECK_FALSE(options.follow.has_value());
  CHECK(options.inputs.empty());
}

TEST_CASE("options: each kind takes its value, with a space or with =") {
  Everything options;
  REQUIRE(options.set.parse({"--plan", "-q", "--venue", "bybit", "--strategy=ma", "--secret-file", "s.txt",
                             "--format=json", "--ready-fd", "3", "--every", "5m", "a.json", "--allow",
                             "10.0.0.0/8", "--allow=::1", "b.json"}));
  CHECK(options.plan);
  CHECK(options.quiet);
  CHECK(options.venue == "bybit");
  CHECK(options.strategy == "ma");
  CHECK(options.file == "s.txt");
  CHECK(options.allow == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK(options.format == "json");
  CHECK(options.number == 3);
  CHECK(options.every == Nanoseconds(std::chrono::minutes(5)));
  CHECK(options.inputs == std::vector<std::string>{"a.json", "b.json"});
}

TEST_CASE("options: --follow alone is empty, --follow - is a dash, and it never swallows an option") {
  Everything alone;
  REQUIRE(alone.set.parse({"--follow", "--plan"}));
  CHECK(alone.follow == "");
  CHECK(alone.plan);
  Everything dash;
  REQUIRE(dash.set.parse({"--follow", "-", "--plan"}));
  CHECK(dash.follow == "-");
  CHECK(dash.plan);
  Everything last;
  REQUIRE(last.set.parse({"--plan", "--follow"}));
  CHECK(last.follow == "");
  Everything positional;
  REQUIRE(positional.set.parse({"--follow", "a.json"}));
  CHECK(positional.follow == "");
  CHECK(positional.inputs == std::vector<std::string>{"a.json"});
  Everything written;
  REQUIRE(written.set.parse({"--follow=-"}));
  CHECK(written.follow == "-");
  CHECK(Everything().error({"--follow=x"}) ==
        "--follow: \"x\" is not possible; it stands alone or takes \"-\"" + kHint);
}

TEST_CASE("options: a value may look like an option, and follows its option whatever it looks like") {
  Everything options;
  REQUIRE(options.set.parse({"--strategy", "--plan", "--venue", "-7d"}));
  CHECK(options.strategy == "--plan");
  CHECK(options.venue == "-7d");
  CHECK_FALSE(options.plan);
}

TEST_CASE("options: an empty value is an empty value, not the next word") {
  Everything options;
  REQUIRE(options.set.parse({"--strategy=", "a.json", "--venue", ""}));
  CHECK(options.strategy == "");
  CHECK(options.venue.empty());
  CHECK(options.inputs == std::vector<std::string>{"a.json"});
}

TEST_CASE("options: -- ends the options, - is standard input, and odd file names stay whole") {
  Everything options;
  REQUIRE(options.set.parse({"-", "++", "[a,b]", "--", "--plan", "-x", "--"}));
  CHECK(options.inputs == std::vector<std::string>{"-", "++", "[a,b]", "--plan", "-x", "--"});
  CHECK_FALSE(options.plan);
}

TEST_CASE("options: a list keeps [a,b] as one value") {
  Everything options;
  REQUIRE(options.set.parse({"--allow", "[a,b]", "--strategy", "[x]"}));
  CHECK(options.allow == std::vector<std::string>{"[a,b]"});
  CHECK(options.strategy == "[x]");
}

TEST_CASE("options: a mistake names the option, the nearest one and --help") {
  CHECK(Everything().error({"--venu", "x"}) == "unknown option \"--venu\" (did you mean \"--venue\"?)" + kHint);
  CHECK(Everything().error({"--fromat=json"}) ==
        "unknown option \"--fromat\" (did you mean \"--format\"?)" + kHint);
  CHECK(Everything().error({"--zzzzzz"}) == "unknown option \"--zzzzzz\"" + kHint);
  CHECK(Everything().error({"-z"}) == "unknown option \"-z\"" + kHint);
  CHECK(Everything().error({"-qz"}) == "unknown option \"-qz\"" + kHint);
  CHECK(Everything().error({"--venue"}) == "--venue needs a value: NAME" + kHint);
  CHECK(Everything().error({"--plan=yes"}) == "--plan takes no value" + kHint);
  CHECK(Everything().error({"--format", "jsn"}) ==
        "--format: \"jsn\" is none of text, json (did you mean \"json\"?)" + kHint);
  CHECK(Everything().error({"--venue", "a", "--venue", "b"}) ==
        "--venue is given 2 times; which one counts would be a guess, so give it once" + kHint);
  CHECK(Everything().error({"--secret-file="}) == "--secret-file: the file name is empty" + kHint);
}

TEST_CASE("options: numbers and durations are judged whole") {
  for (const std::string text : {"2", "1001", "3x", "", "-5", "99999999999999999999", "3.0"}) {
    CAPTURE(text);
    CHECK(Everything().error({"--ready-fd", text}) ==
          "--ready-fd: \"" + text + "\" is not a whole number from 3 to 1000" + kHint);
  }
  CHECK(Everything().error({"--every", "soon"}) ==
        "--every: \"soon\" is not a duration; write 30s, 5m, 2h, 7d or 250ms" + kHint);
}

TEST_CASE("options: there are no abbreviations") {
  CHECK(Everything().error({"--ven", "x"}) == "unknown option \"--ven\" (did you mean \"--venue\"?)" + kHint);
}

TEST_CASE("options: what a terminal would obey is not repeated in an error") {
  CHECK(Everything().error({"--\x1b[31m"}) == "unknown option \"--?[31m\"" + kHint);
}

TEST_CASE("options: a tool without positionals refuses them") {
  OptionSet set("tvhook-demo");
  bool plan = false;
  set.add_flag("--plan", plan, "");
  const auto parsed = set.parse({"--plan", "oops"});
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == "unexpected argument \"oops\"; it takes only options" + kHint);
  CHECK_FALSE(set.parse({"--", "--plan"}));
}

TEST_CASE("options: flags count even when something else is wrong, so that --help can help") {
  Everything options;
  REQUIRE_FALSE(options.set.parse({"--bogus", "--plan"}));
  CHECK(options.plan);
}

TEST_CASE("options: the descriptions say what was defined") {
  Everything options;
  const auto& descriptions = options.set.descriptions();
  CHECK(descriptions.size() == 11);
  CHECK(descriptions[1].name == "--quiet");
  CHECK(descriptions[1].short_name == "-q");
  CHECK(descriptions[2].default_text == "paper");
  CHECK(descriptions[6].choices == std::vector<std::string>{"text", "json"});
  CHECK(descriptions[9].value_is_optional);
  CHECK(descriptions[10].positional);
}

TEST_CASE("options: --help is this, in 80 columns") {
  bool plan = false;
  std::string venue = "paper";
  std::optional<std::string> follow;
  std::vector<std::string> files;
  std::vector<std::string> allow;
  OptionSet set("tvhook-demo", "shows what a tool looks like");
  set.add_flag("-p,--plan", plan, "Print what would be sent, send nothing");
  set.add_text("--venue", venue, "NAME",
               "Send orders to this venue unless the strategy's section names another one");
  set.add_optional_value("--follow", follow, "-", "Read the journal until stopped");
  set.add_list("--client-fingerprint", allow, "HEXADECIMAL", "Accept this certificate");
  set.add_positionals(files, "FILE", "Alerts");
  set.add_environment("TVHOOK_SECRET", "The secret");
  set.set_examples("  tvhook-demo --plan alerts.ndjson");
  CHECK(set.help() == R"(tvhook-demo - shows what a tool looks like
usage: tvhook-demo [OPTION...] [FILE...]

Options
  -p, --plan              Print what would be sent, send nothing
  --venue NAME            Send orders to this venue unless the strategy's
                          section names another one. Default: paper
  --follow [-]            Read the journal until stopped
  --client-fingerprint HEXADECIMAL
                          Accept this certificate. Can be given more than once
  FILE...                 Alerts

Environment
  TVHOOK_SECRET           The secret

Exit codes
    0  Done; also a service that was asked to stop
    1  Ran fine, the answer is no: invalid alerts, refusals, drift
   64  The command line is wrong
   65  Input that is not what was promised, such as a broken line
   69  Venue or network down, nothing was sent
   70  A bug in tvhook
   74  The journal or stdout could not be written
   75  Temporary, try again: somebody else holds what is needed
   77  Credentials were refused
   78  The configuration is wrong or does not fit the environment
   80  An order may exist: run tvhook-reconcile first
  130  Work was cut short by SIGINT
  143  Work was cut short by SIGTERM

Examples
  tvhook-demo --plan alerts.ndjson
)");
}

TEST_CASE("options: the common ones are all there and fit 80 columns") {
  OptionSet set("tvhook-demo");
  CommonOptions common;
  add_common_options(set, common);
  std::vector<std::string> names;
  for (const auto& option : set.descriptions()) names.push_back(option.name);
  CHECK(names == std::vector<std::string>{"--config", "--journal", "--log-level", "--log-format", "--quiet",
                                          "--verbose", "--check", "--help", "--version"});
  const std::string help = set.help();
  std::size_t start = 0;
  for (std::size_t end = help.find('\n'); end != std::string::npos; end = help.find('\n', start)) {
    CAPTURE(help.substr(start, end - start));
    CHECK(end - start <= 80);
    start = end + 1;
  }
  REQUIRE(set.parse({"-v", "--log-format", "json"}));
  CHECK(log_level(common) == LogLevel::debug);
  CHECK(log_format(common) == LogFormat::json);
}
