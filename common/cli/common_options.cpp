#include "cli/common_options.hpp"

#include <array>

namespace tvh::cli {

void add_common_options(OptionSet& set, CommonOptions& options) {
  set.begin_group("Common options");
  set.add_file(
      "--config", options.config, "FILE",
      "Read this configuration; else $TVHOOK_CONFIG, ./tvhook.toml, $XDG_CONFIG_HOME/tvhook/tvhook.toml or "
      "/etc/tvhook/tvhook.toml, the first that exists");
  set.add_file(
      "--journal", options.journal, "FILE",
      "Use this journal; else $TVHOOK_JOURNAL, the configuration, or $XDG_STATE_HOME/tvhook/journal.db");
  set.add_choice("--log-level", options.log_level, {"debug", "info", "warning", "error"}, "LEVEL",
                 "Least grave log line to write on stderr");
  set.add_choice("--log-format", options.log_format, {"text", "json"}, "FORMAT", "How log lines are written");
  set.add_flag("-q,--quiet", options.quiet, "Log errors only");
  set.add_flag("-v,--verbose", options.verbose, "Log everything, as --log-level debug");
  set.add_flag("--check", options.check, "Test configuration and environment, change nothing");
  set.add_flag("--help", options.help, "Show this text and exit");
  set.add_flag("--version", options.version, "Show the version and exit");
  set.add_environment("TVHOOK_CONFIG", "The configuration file, where --config names none");
  set.add_environment("TVHOOK_JOURNAL", "The journal, where --journal names none");
  set.add_environment("XDG_CONFIG_HOME", "Where tvhook/tvhook.toml is looked for; ~/.config without it");
  set.add_environment("XDG_STATE_HOME", "Where tvhook/journal.db is kept; ~/.local/state without it");
}

LogLevel log_level(const CommonOptions& options) {
  if (options.verbose) return LogLevel::debug;
  if (options.quiet) return LogLevel::error;
  if (options.log_level == "debug") return LogLevel::debug;
  if (options.log_level == "warning") return LogLevel::warning;
  if (options.log_level == "error") return LogLevel::error;
  return LogLevel::info;
}

LogFormat log_format(const CommonOptions& options) {
  return options.log_format == "json" ? LogFormat::json : LogFormat::text;
}

std::string_view version() { return TVHOOK_VERSION; }

std::span<const ExitCodeMeaning> exit_code_meanings() {
  static constexpr std::array kMeanings{
      ExitCodeMeaning{ExitCode::ok, "Done; also a service that was asked to stop"},
      ExitCodeMeaning{ExitCode::answer_is_no, "Ran fine, the answer is no: invalid alerts, refusals, drift"},
      ExitCodeMeaning{ExitCode::usage, "The command line is wrong"},
      ExitCodeMeaning{ExitCode::bad_data, "Input that is not what was promised, such as a broken line"},
      ExitCodeMeaning{ExitCode::unavailable, "Venue or network down, nothing was sent"},
      ExitCodeMeaning{ExitCode::bug, "A bug in tvhook"},
      ExitCodeMeaning{ExitCode::storage, "The journal or stdout could not be written"},
      ExitCodeMeaning{ExitCode::temporary, "Temporary, try again: somebody else holds what is needed"},
      ExitCodeMeaning{ExitCode::credentials, "Credentials were refused"},
      ExitCodeMeaning{ExitCode::configuration, "The configuration is wrong or does not fit the environment"},
      ExitCodeMeaning{ExitCode::outcome_unknown, "An order may exist: run tvhook-reconcile first"},
      ExitCodeMeaning{ExitCode::interrupted, "Work was cut short by SIGINT"},
      ExitCodeMeaning{ExitCode::terminated, "Work was cut short by SIGTERM"},
  };
  return kMeanings;
}

}  // namespace tvh::cli
