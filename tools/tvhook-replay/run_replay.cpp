#include "tvhook-replay/run_replay.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "journal/signal_reader.hpp"
#include "tvhook-exec/signal_stream.hpp"
#include "tvhook-replay/paper_run.hpp"
#include "wire/records.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// What is done with each signal; false: enough, the reader of our output is gone.
using Consumer = std::function<Result<bool>(const model::Signal&)>;

Result<journal::SignalFilter> make_filter(const ReplayOptions& options, TimePoint now) {
  journal::SignalFilter filter;
  if (options.from) {
    TVH_TRY(filter.from, parse_point(*options.from, now));
  }
  if (options.to) {
    TVH_TRY(filter.to, parse_point(*options.to, now));
  }
  if (filter.from && filter.to && *filter.from >= *filter.to) {
    return fail(Errc::usage, "--from is not before --to: nothing could match");
  }
  if (options.action && !model::parse_text<model::Action>(*options.action)) {
    return fail(Errc::usage, "--action is none of " + std::string(model::all_texts<model::Action>()));
  }
  filter.strategy = options.strategy.value_or("");
  filter.symbol = plain_symbols({options.symbol.value_or("")}).front();
  filter.action = options.action.value_or("");
  return filter;
}

bool matches(const journal::SignalFilter& filter, const model::Signal& signal) {
  return (!filter.from || signal.received_at >= *filter.from) &&
         (!filter.to || signal.received_at < *filter.to) &&
         (filter.strategy.empty() || signal.strategy == filter.strategy) &&
         (filter.symbol.empty() || signal.symbol == filter.symbol) &&
         (filter.action.empty() || to_text(signal.action) == filter.action);
}

Result<ExitCode> read_journal(const journal::SignalFilter& filter, cli::Context& context,
                              const Consumer& consume) {
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  journal::SignalReader reader(*journal, filter);
  while (true) {
    TVH_TRY(const auto page, reader.next_page());
    if (page.empty()) return ExitCode::ok;
    for (const auto& signal : page) {
      if (context.stop.requested()) return context.stop.code();
      TVH_TRY(const bool more, consume(signal));
      if (!more) return ExitCode::ok;
    }
  }
}

Result<ExitCode> read_stream(int fd, const journal::SignalFilter& filter, cli::Context& context,
                             const Consumer& consume) {
  SignalStream stream(fd, context.stop.fd(), context.log);
  while (true) {
    auto next = stream.next(-1);
    if (auto* error = std::get_if<Error>(&next)) return std::move(*error);
    if (std::holds_alternative<Woken>(next)) return context.stop.code();
    if (std::holds_alternative<StreamEnded>(next)) {
      return stream.broken_lines() > 0 ? ExitCode::bad_data : ExitCode::ok;
    }
    const auto& signal = std::get<model::Signal>(next);
    if (!matches(filter, signal)) continue;
    TVH_TRY(const bool more, consume(signal));
    if (!more) return ExitCode::ok;
  }
}

Result<ExitCode> read_files(const ReplayOptions& options, const journal::SignalFilter& filter,
                            cli::Context& context, const Consumer& consume) {
  ExitCode code = ExitCode::ok;
  for (const auto& file : options.files) {
    const bool is_stdin = file == "-";
    const int fd = is_stdin ? context.input_fd : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(Errc::bad_data, "cannot read " + file + ": " + std::strerror(errno));
    auto ended = read_stream(fd, filter, context, consume);
    if (!is_stdin) ::close(fd);
    if (!ended) return std::move(ended).error().with_context(file);
    code = graver(code, *ended);
    if (context.output.closed() || context.stop.requested()) break;
  }
  return code;
}

Result<ExitCode> run_source(const ReplayOptions& options, cli::Context& context, const Consumer& consume) {
  TVH_TRY(const auto filter, make_filter(options, context.clock.now()));
  return options.files.empty() ? read_journal(filter, context, consume)
                               : read_files(options, filter, context, consume);
}

}  // namespace

Result<ExitCode> run_replay(const ReplayOptions& options, cli::Context& context) {
  TVH_CHECK(check_rules(context.config, options.venue));
  if (context.check) {
    TVH_CHECK(make_filter(options, context.clock.now()));
    return ExitCode::ok;
  }
  if (!options.venue) {
    return run_source(options, context, [&](const model::Signal& signal) -> Result<bool> {
      context.output.write_line(wire::format_signal(signal));
      return !context.output.closed();
    });
  }
  TVH_TRY(auto run, PaperRun::open(context, *options.venue));
  TVH_TRY(const ExitCode code, run_source(options, context, [&](const model::Signal& signal) -> Result<bool> {
            TVH_CHECK(run->execute(signal));
            return !context.output.closed();
          }));
  TVH_TRY(const ExitCode executed, run->finish());
  return graver(code, executed);
}

}  // namespace tvh
