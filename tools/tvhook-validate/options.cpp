#include "tvhook-validate/options.hpp"

namespace tvh {

void define_options(cli::OptionSet& set, ValidateOptions& options) {
  set.set_summary("Check alerts without sending them anywhere, and print the signals they become");
  set.add_positionals(
      options.files, "FILE",
      "Alerts to check: one alert per file, or one per line (default: stdin); folders are searched");
  set.add_choice("--format", options.format, {"text", "json", "sarif"}, "FORMAT",
                 "text: signals on stdout (of templates and Pine what they become), findings on stderr; json: "
                 "one verdict per alert on stdout; sarif: one "
                 "SARIF 2.1.0 document on stdout");
  set.add_flag(
      "--template", options.message_template,
      "Each file is an alert's message with its placeholders, such as {{close}}: check them, fill them "
      "with samples and say what each becomes");
  set.add_flag("--pine", options.pine,
               "Each file is Pine source: find its alert messages, check them and say what each becomes");
  set.add_flag("--strict", options.strict, "Count warnings as errors");
  set.add_flag("--lenient", options.lenient,
               "Repair what is almost JSON, say each repair and print the mended text");
  set.add_text("--dialect", options.dialect, "NAME",
               "Read every alert as this service's, whatever marks it bears, such as traderspost");
  set.add_text(
      "--venue", options.venue, "NAME",
      "Say what order each alert would become, at this venue where its strategy names no other, by the "
      "filters and positions that the journal knows; nothing is sent or kept");
  set.add_text("--explain", options.explain, "CODE", "Explain a finding's code, such as TV012, and stop");
  set.add_flag("--schema", options.schema, "Print the JSON Schema of a signal record, and stop");
  set.set_works_without_journal();
  set.add_environment(
      "TVHOOK_SECRET",
      "A secret alerts must carry, beside those of [auth.secrets]; without any, none is asked for");
  set.set_examples(
      "  tvhook-validate alert.json\n"
      "  tvhook-validate --format json alerts.ndjson | jq -c 'select(.valid|not)'\n"
      "  tvhook-validate --strict < alerts.ndjson | tvhook-exec --plan\n"
      "  tvhook-validate --template message.json\n"
      "  tvhook-validate --pine strategy.pine\n"
      "  tvhook-validate --venue paper alert.json\n"
      "  tvhook-validate --explain TV040\n");
}

}  // namespace tvh
