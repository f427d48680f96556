#include "tvhook-exec/options.hpp"

namespace tvh {

void define_options(cli::OptionSet& set, ExecOptions& options) {
  set.set_summary("Turn signals into orders: read them from stdin, or follow the journal");
  set.add_optional_value("--follow", options.follow, "-",
                         "Read the journal instead of stdin, until stopped; with - read both");
  set.add_text("--venue", options.venue, "NAME",
               "Venue of strategies whose section names none (default: paper)");
  set.add_list("--symbol", options.symbols, "SYMBOL",
               "Execute only this symbol; repeatable. Others end refused (filtered)");
  set.add_list("--strategy", options.strategies, "NAME", "Execute only this strategy; repeatable");
  set.add_flag("--plan", options.plan, "Print what would be sent, send nothing, change nothing");
  set.add_flag("--live", options.live, "Allow venues whose mode is live; both switches are needed");
  set.add_text("--halt", options.halt, "REASON",
               "Stop all trading: returns when no later order can be committed");
  set.add_flag("--resume", options.resume, "Lift a halt");
  set.add_flag(
      "--flatten", options.flatten,
      "Cancel what rests and close what is held, under a halt too; --venue, --strategy and --symbol narrow it");
  set.add_flag("--status", options.status,
               "Print what the executor is doing, what stands open, and every limit");
  set.add_choice("--format", options.format, {"text", "json"}, "FORMAT",
                 "Form of what --status and --plan print: text for the one, json for the other, unless told");
  // Nothing that is wrong in the file may keep trading from being stopped.
  set.set_needs_journal_alone([&options] { return options.halt.has_value(); });
  set.set_examples(
      "  tvhook-listen | tvhook-exec                     one pipe, on paper\n"
      "  tvhook-exec --follow                            a service that loses nothing while it is down\n"
      "  tvhook-exec --plan < signals.ndjson             what would be sent\n"
      "  tvhook-exec --halt 'looking into it'            stop, now\n");
}

Result<void> check_options(const ExecOptions& options) {
  const int commands = int(options.halt.has_value()) + int(options.resume) + int(options.status) +
                       int(options.plan) + int(options.flatten);
  if (commands > 1) {
    return fail(
        Errc::usage,
        "--halt, --resume, --status, --flatten and --plan exclude each other; try 'tvhook-exec --help'");
  }
  if (commands == 1 && options.follow) {
    return fail(Errc::usage,
                "--follow goes with none of --halt, --resume, --status, --flatten and --plan; try 'tvhook-exec "
                "--help'");
  }
  if (!options.format.empty() && !options.status && !options.plan) {
    return fail(Errc::usage, "--format goes with --status or --plan; try 'tvhook-exec --help'");
  }
  if (options.flatten && (options.strategies.size() > 1 || options.symbols.size() > 1)) {
    return fail(Errc::usage, "--flatten takes one --strategy and one --symbol; call it once for each");
  }
  if (options.halt && options.halt->empty()) {
    return fail(Errc::usage,
                "--halt wants a reason, for whoever meets the halt later: --halt 'looking into tvh9x'");
  }
  return {};
}

}  // namespace tvh
