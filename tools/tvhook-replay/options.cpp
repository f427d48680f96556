#include "tvhook-replay/options.hpp"

namespace tvh {

void define_options(cli::OptionSet& set, ReplayOptions& options) {
  set.set_summary("Read recorded signals back: print them, or run them again on paper");
  set.add_positionals(options.files, "FILE", "Signals as NDJSON, - for stdin (default: the journal)");
  set.add_text("--from", options.from, "TIME",
               "Only signals received at or after: 2026-11-20T10:00:00Z, or -7d");
  set.add_text("--to", options.to, "TIME", "Only signals received before");
  set.add_text("--strategy", options.strategy, "NAME", "Only this strategy");
  set.add_text("--symbol", options.symbol, "SYMBOL", "Only this symbol");
  set.add_text("--action", options.action, "ACTION", "Only this action");
  set.add_text(
      "--venue", options.venue, "NAME",
      "Run them through this paper venue, on an account of the replay's own; live positions are not touched");
  set.set_examples(
      "  tvhook-replay --from -7d                          the last week's signals\n"
      "  tvhook-replay --from -1d --venue paper            the last day again, on a fresh paper account\n"
      "  tvhook-replay --symbol BTCUSDT | tvhook-exec --plan\n");
}

Result<TimePoint> parse_point(const std::string& text, TimePoint now) {
  if (const auto at = parse_time(text)) return *at;
  if (text.starts_with('-')) {
    if (const auto before = parse_duration(std::string_view(text).substr(1))) return now - *before;
  }
  return fail(Errc::usage,
              "\"" + text + "\" is no time; write 2026-11-20T10:00:00Z, an epoch, or -7d for seven days ago");
}

}  // namespace tvh
