#include "tvhook-validate/run_validate.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tvhook-validate/alert_pipeline.hpp"
#include "tvhook-validate/finding_text.hpp"
#include "wire/line_reader.hpp"
#include "wire/signal_schema.hpp"

namespace tvh {
namespace {

constexpr const char* kSecretVariable = "TVHOOK_SECRET";

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

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
class InputReader {
 public:
  InputReader(AlertPipeline& pipeline, cli::Context& context) : pipeline_(pipeline), context_(context) {}

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

Result<ExitCode> read_file(const std::string& path, AlertPipeline& pipeline, cli::Context& context) {
  InputReader reader(pipeline, context);
  if (path == "-") return reader.read(context.input_fd, "-");
  const File file(path);
  if (file.fd() < 0) return fail(Errc::bad_data, path + ": " + std::strerror(errno));
  TVH_TRY(const ExitCode code, reader.read(file.fd(), path));
  // A file was meant to hold an alert; an empty stream of lines is an answer of its own.
  if (code == ExitCode::ok && !reader.found_any() && !pipeline.is_stopped()) pipeline.add("", 1);
  return code;
}

// The files of a folder and of those in it, by name; hidden ones are somebody else's.
Result<std::vector<std::string>> files_in(const std::string& folder) {
  constexpr int kDeepest = 16;
  std::vector<std::string> files;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::recursive_directory_iterator(); entry.increment(failure)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (entry->is_directory() && (hidden || entry.depth() >= kDeepest)) entry.disable_recursion_pending();
    if (entry->is_regular_file() && !hidden) files.push_back(entry->path().string());
  }
  if (failure) return fail(Errc::bad_data, folder + ": " + failure.message());
  std::sort(files.begin(), files.end());
  return files;
}

// A file that cannot be read is no reason not to check the others.
Result<ExitCode> read_files(const std::vector<std::string>& files, AlertPipeline& pipeline,
                            cli::Context& context) {
  ExitCode worst = ExitCode::ok;
  for (const auto& path : files) {
    if (std::error_code unknown; path != "-" && std::filesystem::is_directory(path, unknown)) {
      auto inside = files_in(path);
      const auto code = inside ? read_files(*inside, pipeline, context) : Result<ExitCode>(inside.error());
      if (!code && code.error().code != Errc::bad_data) return code;
      if (!code) context.log.error(code.error().message);
      if (code && *code != ExitCode::ok && *code != ExitCode::bad_data) return *code;
      worst = graver(worst, code ? *code : ExitCode::bad_data);
      continue;
    }
    auto code = read_file(path, pipeline, context);
    if (!code && code.error().code != Errc::bad_data) return code;
    if (!code) {
      TVH_CHECK(pipeline.drain());
      context.log.error(code.error().message);
      worst = graver(worst, ExitCode::bad_data);
    } else if (*code != ExitCode::ok) {
      return *code;
    }
  }
  return worst;
}

}  // namespace

std::string closing_line(const CheckTotals& totals) {
  if (totals.errors + totals.warnings == 0) return {};
  const auto counted = [](std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  std::string line;
  if (totals.errors > 0) line = counted(totals.errors, "error");
  if (totals.warnings > 0) line += (line.empty() ? "" : ", ") + counted(totals.warnings, "warning");
  return line + " in " + counted(totals.alerts, "alert") + " (explain: tvhook-validate --explain " +
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
  TVH_TRY(const CheckRules rules, resolve_rules(options, context));
  if (context.check) return ExitCode::ok;

  const ReportRules report{format_of(options.format), context.quiet};
  if (report.format == ReportFormat::sarif) context.output.write(sarif_beginning());
  AlertPipeline pipeline(rules, report, context.output, findings);
  if (findings.is_terminal() && !context.output.is_terminal() && !context.quiet)
    pipeline.show_progress(context.clock);
  const std::vector<std::string> files = options.files.empty() ? std::vector<std::string>{"-"} : options.files;
  TVH_TRY(ExitCode code, read_files(files, pipeline, context));
  TVH_CHECK(pipeline.drain());
  if (report.format == ReportFormat::sarif) context.output.write(sarif_end());
  if (report.format == ReportFormat::text && !report.quiet) {
    const std::string line = closing_line(pipeline.totals());
    if (!line.empty()) findings.write_line(line);
    TVH_CHECK(findings.flush());
  }
  return pipeline.totals().invalid > 0 ? graver(code, ExitCode::answer_is_no) : code;
}

}  // namespace tvh
