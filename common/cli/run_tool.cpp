#include "cli/run_tool.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>

#include "cli/common_options.hpp"
#include "cli/printable.hpp"
#include "cli/stop_signals.hpp"

namespace tvh::cli {
namespace {

std::optional<std::string> get_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

// The one line a failed run leaves.
void report(const std::string& tool, const CommonOptions& options, const std::string& message) {
  if (log_format(options) == LogFormat::json) {
    Log(STDERR_FILENO, tool, LogLevel::error, LogFormat::json).error(message);
    return;
  }
  std::string text = message;
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  const std::string line = tool + ": " + printable(text) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

// The configuration; where it has errors and the journal alone is needed, as little of it as that.
Result<Config> configure(const OptionSet& set, const CommonOptions& options, Log& log) {
  auto config = load_config(options.config, get_environment);
  if (config || !set.needs_journal_alone()) return config;
  const bool is_named = options.journal || !get_environment("TVHOOK_JOURNAL").value_or("").empty();
  auto rest = is_named ? Result<Config>(Config{}) : load_journal_config(options.config, get_environment);
  if (!rest) {
    return fail(Errc::configuration, config.error().message +
                                         "; which journal to use cannot be told either; to do it all the same: "
                                         "--journal FILE --config /dev/null");
  }
  log.warning(config.error().message + "; what is asked needs the journal alone, and goes on without the rest");
  return rest;
}

// Everything after the command line is understood.
Result<ExitCode> run_body(const std::string& name, const OptionSet& set, const CommonOptions& options,
                          const Body& body, Output& output) {
  Log log(STDERR_FILENO, name, log_level(options), log_format(options));
  TVH_TRY(const Config config, configure(set, options, log));
  std::string journal_path = options.journal.value_or("");
  if (set.works_without_journal()) {
    // Where it is, if that can be told at all.
    auto path = resolve_journal_path(options.journal, config, get_environment, MissingFolders::leave);
    if (path) journal_path = std::move(*path);
  } else {
    const auto missing = options.check ? MissingFolders::leave : MissingFolders::make;
    TVH_TRY(journal_path, resolve_journal_path(options.journal, config, get_environment, missing));
  }
  SystemClock clock;
  ProcessStopSignal stop;
  Context context{.tool = name,
                  .clock = clock,
                  .log = log,
                  .output = output,
                  .input_fd = STDIN_FILENO,
                  .stop = stop,
                  .environment = get_environment,
                  .config = config,
                  .journal_path = journal_path,
                  .check = options.check,
                  .quiet = options.quiet,
                  .makes_journal_folder = keeps_journal_at_home(options.journal, config, get_environment)};
  return body(context);
}

Result<ExitCode> run_guarded(const std::string& name, const std::vector<std::string>& arguments,
                             const std::function<Body(OptionSet&)>& define, CommonOptions& options,
                             Output& output) {
  try {
    OptionSet set(name);
    const Body body = define(set);
    add_common_options(set, options);
    const auto parsed = set.parse(arguments);
    if (options.help) {
      output.write(set.help());
      return ExitCode::ok;
    }
    if (options.version) {
      output.write_line(name + " " + std::string(version()));
      return ExitCode::ok;
    }
    TVH_CHECK(parsed);
    return run_body(name, set, options, body, output);
  } catch (const std::exception& error) {
    return fail(Errc::bug,
                std::string("bug: ") + error.what() + "; please report it. Running it again is safe");
  } catch (...) {
    return fail(Errc::bug, "bug: an exception without a message; please report it. Running it again is safe");
  }
}

}  // namespace

int run_tool(const std::string& name, int argc, char** argv, const std::function<Body(OptionSet&)>& define) {
  open_missing_standard_descriptors();
  ignore_write_signals();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  CommonOptions options;
  Output output(STDOUT_FILENO);
  const auto result = run_guarded(name, arguments, define, options, output);
  if (!result) report(name, options, result.error().message);
  ExitCode code = result ? *result : exit_code_of(result.error().code);
  if (const auto flushed = output.flush(); !flushed) {
    // A body that flushed by itself has told of it already.
    if (result || result.error().message != flushed.error().message)
      report(name, options, flushed.error().message);
    code = graver(code, exit_code_of(flushed.error().code));
  }
  return int(code);
}

}  // namespace tvh::cli
