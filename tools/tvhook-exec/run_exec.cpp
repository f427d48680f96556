#include "tvhook-exec/run_exec.hpp"

#include <unistd.h>

#include "journal/place.hpp"
#include "tvhook-exec/control.hpp"
#include "tvhook-exec/flatten.hpp"
#include "tvhook-exec/plan.hpp"
#include "tvhook-exec/status.hpp"
#include "tvhook-exec/trade.hpp"
#include "venue/await.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

Result<void> check_modes(const ExecOptions& options, const cli::Config& config) {
  bool any_live = false;
  for (const auto& [name, venue] : config.venues) {
    if (venue.mode != "live") continue;
    any_live = true;
    if (!options.live) {
      return fail(Errc::configuration,
                  "[venue." + name + "] has mode = \"live\", but --live is not given; both are needed");
    }
  }
  if (options.live && !any_live) {
    return fail(Errc::configuration, "--live is given, but no venue has mode = \"live\"; both are needed");
  }
  return {};
}

// What a live venue must be held to, by itself or by [risk].
Result<void> check_live_limits(const cli::Config& config) {
  for (const auto& [name, venue] : config.venues) {
    if (venue.mode != "live") continue;
    std::string missing;
    const auto need = [&](const char* key, const auto& own, const auto& overall) {
      if (!own && !overall) missing += (missing.empty() ? "" : ", ") + std::string(key);
    };
    need("max_order_notional", venue.limits.max_order_notional, config.risk.max_order_notional);
    need("max_position", venue.limits.max_position, config.risk.max_position);
    need("daily_loss", venue.limits.daily_loss, config.risk.daily_loss);
    if (missing.empty()) continue;
    return fail(Errc::configuration, "[venue." + name + "] is live and lacks " + missing +
                                         ": live trading does not start without; set them there or in [risk]");
  }
  return {};
}

// One exchange's reach, clock, key, mode and money.
Result<ExitCode> check_exchange(const std::string& name, cli::Context& context) {
  TVH_TRY(const auto venue,
          open_exchange(name, *context.config.venue(name), context.clock, context.environment, nullptr));
  using Lines = std::vector<venue::CheckLine>;
  TVH_TRY(const auto lines, venue::await<Lines>(*venue, context.clock, [&](venue::Done<Lines> done) {
            venue->check(std::move(done));
          }));
  ExitCode code = ExitCode::ok;
  for (const auto& line : lines) {
    const std::string text = "venue " + name + ": " + line.text;
    if (!line.wrong) {
      context.log.info(text);
      continue;
    }
    context.log.error(text);
    code = graver(code, exit_code_of(*line.wrong));
  }
  return code;
}

// --check: everything a start would trip over, without changing anything.
Result<ExitCode> check_environment(const ExecOptions& options, cli::Context& context) {
  TVH_CHECK(journal::check_place(context.journal_path, context.makes_journal_folder
                                                           ? journal::MissingFolder::is_made
                                                           : journal::MissingFolder::is_an_error));
  const bool is_there = ::access(context.journal_path.c_str(), F_OK) == 0;
  context.log.info(is_there ? "configuration and journal are usable"
                            : "configuration is usable; the journal does not exist yet",
                   {{"journal", context.journal_path}});
  ExitCode code = ExitCode::ok;
  for (const auto& [name, venue] : context.config.venues) {
    if (venue.kind == "paper" || (options.venue && *options.venue != name)) continue;
    TVH_TRY(const ExitCode one, check_exchange(name, context));
    code = graver(code, one);
  }
  return code;
}

}  // namespace

Result<ExitCode> run_exec(const ExecOptions& options, cli::Context& context) {
  TVH_CHECK(check_options(options));
  if (options.halt && !context.check) return halt(*options.halt, context);
  TVH_CHECK(check_rules(context.config, options.venue));
  if (!context.check) {
    if (options.resume) return resume(context);
    if (options.status) return show_status(options, context);
  }
  TVH_CHECK(check_modes(options, context.config));
  TVH_CHECK(check_live_limits(context.config));
  if (context.check) return check_environment(options, context);
  if (options.flatten) return flatten(options, context);
  // An order that nobody is told of is worse than none; getting out is not.
  TVH_CHECK(context.output.check_open());
  return options.plan ? plan(options, context) : trade(options, context);
}

}  // namespace tvh
