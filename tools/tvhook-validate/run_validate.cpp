#include "tvhook-validate/run_validate.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tvhook-validate/alert_pipeline.hpp"
#include "tvhook-validate/finding_text.hpp"
#include "tvhook-validate/input_files.hpp"
#include "tvhook-validate/source_report.hpp"
#include "wire/line_reader.hpp"
#include "wire/records.hpp"
#include "wire/signal_schema.hpp"
#include "wiring/planner.hpp"

namespace tvh {
namespace {

constexpr const char* kSecretVariable = "TVHOOK_SECRET";

Result<CheckRules> resolve_rules(const ValidateOptions& options, const cli::Context& context) {
  CheckRules rules;
  if (context.environment(kSecretVariable)) {
    TVH_TRY(auto secret,
            cli::resolve_secret({"env", std::string("env:") + kSecretVariable}, context.environment));
    rules.secrets.push_back(std::move(secret));
  }
  for (const auto& reference : context.config.secrets) {
    TVH_TRY(auto secret, cli::resolve_secret(reference, context.environment));
    rules.secrets.push_back(std::move(secret));
  }
  rules.exchanges = context.config.listen.exchanges;
  TVH_TRY(rules.dialects, wire::choose_dialects(options.dialect.value_or(""), context.config.dialects()));
  rules.strictness = options.strict ? Strictness::warnings_too : Strictness::errors_only;
  rules.repairs = options.lenient ? Repairs::allowed : Repairs::none;
  rules.now = std::chrono::floor<std::chrono::milliseconds>(context.clock.now());
  return rules;
}

// Reads one input to its end. What kind of input it is shows line by line: see AlertSplitter.
class AlertReader {
 public:
  AlertReader(AlertPipeline& pipeline, cli::Context& context) : pipeline_(pipeline), context_(context) {}

  // ok, or interrupted and terminated when asked to stop.
  Result<ExitCode> read(int fd, const std::string& name) {
    pipeline_.begin_source(name);
    wire::LineReader lines(fd, context_.stop.fd(), kLongestLine);
    AlertSplitter splitter;
    bool waiting = false;
    while (!pipeline_.is_stopped()) {
      // Nothing to read at once: what there is comes out first.
      auto next = lines.next(waiting ? -1 : 0);
      if (std::holds_alternative<wire::Interrupted>(next)) {
        if (context_.stop.requested()) return context_.stop.code();
        TVH_CHECK(pipeline_.drain());
        waiting = true;
        continue;
      }
      waiting = false;
      if (auto* error = std::get_if<Error>(&next)) return std::move(*error).with_context(name);
      if (std::holds_alternative<wire::EndOfInput>(next)) break;
      if (std::holds_alternative<wire::LineTooLong>(next)) {
        // As much of nothing as is needed to be refused for its size.
        add(splitter, std::string(wire::kMaxAlertBytes + 1, '.'), lines.number());
        continue;
      }
      add(splitter, std::get<std::string_view>(next), lines.number());
    }
    if (const auto last = splitter.finish()) add(last->text, last->line);
    return ExitCode::ok;
  }

  bool found_any() const { return found_any_; }

 private:
  static constexpr std::size_t kLongestLine = 256 * 1024;

  void add(AlertSplitter& splitter, std::string_view line, std::size_t number) {
    const auto completed = splitter.add_line(line, number);
    if (completed.earlier) add(completed.earlier->text, completed.earlier->line);
    if (completed.line_is_whole) add(line, number);
  }

  void add(std::string_view alert, std::size_t line) {
    found_any_ = true;
    pipeline_.add(alert, line);
  }

  AlertPipeline& pipeline_;
  cli::Context& context_;
  bool found_any_ = false;
};

ReportFormat format_of(const std::string& name) {
  if (name == "json") return ReportFormat::json;
  return name == "sarif" ? ReportFormat::sarif : ReportFormat::text;
}

Result<ExitCode> read_alerts(const std::string& path, AlertPipeline& pipeline, cli::Context& context) {
  AlertReader reader(pipeline, context);
  if (path == "-") return reader.read(context.input_fd, "-");
  const InputFile file(path);
  if (file.fd() < 0) return fail(Errc::bad_data, path + ": " + std::strerror(errno));
  TVH_TRY(const ExitCode code, reader.read(file.fd(), path));
  // A file was meant to hold an alert; an empty stream of lines is an answer of its own.
  if (code == ExitCode::ok && !reader.found_any() && !pipeline.is_stopped()) pipeline.add("", 1);
  return code;
}

// A file that cannot be read is no reason not to check the others.
Result<ExitCode> check_alerts(const std::vector<std::string>& files, AlertPipeline& pipeline,
                              cli::Context& context) {
  const auto read = [&](const std::string& path) -> Result<ExitCode> {
    auto code = read_alerts(path, pipeline, context);
    // What is wrong with a file is said where it stands among the findings.
    if (!code) TVH_CHECK(pipeline.drain());
    return code;
  };
  TVH_TRY(const ExitCode code, read_each(files, "", read, context.log));
  TVH_CHECK(pipeline.drain());
  return code;
}

Result<ExitCode> check_sources(const std::vector<std::string>& files, SourceKind kind, SourceReport& report,
                               cli::Context& context) {
  const bool is_pine = kind == SourceKind::pine;
  const std::size_t most = is_pine ? kMostScriptBytes : kMostTemplateBytes + 1;
  const auto read = [&](const std::string& path) -> Result<ExitCode> {
    const std::optional<InputFile> file =
        path == "-" ? std::nullopt : std::optional<InputFile>(std::in_place, path);
    if (file && file->fd() < 0) return fail(Errc::bad_data, path + ": " + std::strerror(errno));
    auto text = read_beginning(file ? file->fd() : context.input_fd, most, context.stop);
    if (!text) return std::move(text).error().with_context(path);
    if (!*text) return context.stop.code();
    if (!is_pine && (*text)->size() > kMostTemplateBytes) {
      return fail(
          Errc::bad_data,
          path + ": over 1 MiB, and so no template; alerts, one a line, are checked without --template");
    }
    if (!context.output.closed()) TVH_CHECK(report.add(path, **text));
    return ExitCode::ok;
  };
  return read_each(files, is_pine ? ".pine" : "", read, context.log);
}

std::optional<Error> contradiction_in(const ValidateOptions& options) {
  if (options.message_template && options.pine) {
    return fail(Errc::usage, "--template: not together with --pine; a file is the one or the other");
  }
  if (options.pine && options.lenient) {
    return fail(Errc::usage, "--lenient: not together with --pine; scripts are not repaired");
  }
  if (options.venue && (options.message_template || options.pine || options.format == "sarif")) {
    return fail(Errc::usage, "--venue: is for alerts, with --format text or json");
  }
  return std::nullopt;
}

// What the alerts of an input would become, one after the other.
class AlertPlans {
 public:
  static Result<std::unique_ptr<AlertPlans>> open(const ValidateOptions& options, cli::Context& context) {
    TVH_CHECK(check_rules(context.config, options.venue));
    auto plans = std::make_unique<AlertPlans>(context.output, options.format == "text");
    PlanSettings settings{options.venue, {}, {}};
    settings.judges_age = false;
    TVH_TRY(plans->planner_, Planner::open(settings, context, plans->sink_));
    return plans;
  }
  AlertPlans(cli::Output& output, bool as_text) : sink_(output, as_text) {}

  Result<void> plan(std::string_view record) {
    TVH_TRY(const auto signal, wire::parse_signal(record));
    return planner_->plan(signal);
  }
  int refusals() const { return sink_.refusals; }

 private:
  PlanSink sink_;
  std::unique_ptr<Planner> planner_;
};

}  // namespace

std::string closing_line(const CheckTotals& totals, const std::string& what_is_counted) {
  if (totals.errors + totals.warnings == 0) return {};
  const auto counted = [](std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  std::string line;
  if (totals.errors > 0) line = counted(totals.errors, "error");
  if (totals.warnings > 0) line += (line.empty() ? "" : ", ") + counted(totals.warnings, "warning");
  return line + " in " + counted(totals.alerts, what_is_counted) + " (explain: tvhook-validate --explain " +
         totals.worth_explaining + ")";
}

Result<ExitCode> run_validate(const ValidateOptions& options, cli::Context& context) {
  cli::Output findings(STDERR_FILENO);
  return run_validate(options, context, findings);
}

Result<ExitCode> run_validate(const ValidateOptions& options, cli::Context& context, cli::Output& findings) {
  if (options.explain) {
    TVH_TRY(const std::string text, explain_finding(*options.explain));
    context.output.write(text);
    return ExitCode::ok;
  }
  if (options.schema) {
    context.output.write(wire::signal_schema());
    return ExitCode::ok;
  }
  if (auto mistake = contradiction_in(options)) return *std::move(mistake);
  TVH_TRY(const CheckRules rules, resolve_rules(options, context));
  if (context.check) return ExitCode::ok;

  std::unique_ptr<AlertPlans> plans;
  if (options.venue) {
    TVH_TRY(plans, AlertPlans::open(options, context));
  }
  // Findings stay text beside plans in JSON.
  const ReportRules report{plans ? ReportFormat::text : format_of(options.format), context.quiet};
  const std::vector<std::string> files = options.files.empty() ? std::vector<std::string>{"-"} : options.files;
  if (report.format == ReportFormat::sarif) context.output.write(sarif_beginning());
  ExitCode code = ExitCode::ok;
  CheckTotals totals;
  std::string counted = "alert";
  if (options.message_template || options.pine) {
    const SourceKind kind = options.pine ? SourceKind::pine : SourceKind::message_template;
    counted = options.pine ? "message" : "template";
    SourceReport sources(kind, rules, report, context.output, findings);
    TVH_TRY(code, check_sources(files, kind, sources, context));
    totals = sources.totals();
  } else {
    AlertPipeline pipeline(rules, report, context.output, findings);
    if (findings.is_terminal() && !context.output.is_terminal() && !context.quiet)
      pipeline.show_progress(context.clock);
    if (plans) pipeline.hand_signals_to([&](std::string_view record) { return plans->plan(record); });
    TVH_TRY(code, check_alerts(files, pipeline, context));
    totals = pipeline.totals();
  }
  if (report.format == ReportFormat::sarif) context.output.write(sarif_end());
  if (report.format == ReportFormat::text && !report.quiet) {
    const std::string line = closing_line(totals, counted);
    if (!line.empty()) findings.write_line(line);
    TVH_CHECK(findings.flush());
  }
  const bool is_no = totals.invalid > 0 || (plans && plans->refusals() > 0);
  return is_no ? graver(code, ExitCode::answer_is_no) : code;
}

}  // namespace tvh
