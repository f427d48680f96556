#include "tvhook-reconcile/options.hpp"

namespace tvh {

void define_options(cli::OptionSet& set, ReconcileOptions& options) {
  set.set_summary("Compare the journal's positions with the venue's");
  set.add_text("--venue", options.venue, "NAME",
               "Compare this venue only (default: every venue of the journal)");
  set.add_choice("--format", options.format, {"table", "json"}, "FORMAT",
                 "table for a person, json: one drift record a line, or event record with --explain");
  set.add_text("--tolerance", options.tolerance, "QUANTITY",
               "Differences up to this many base units are not drift (default: 0)");
  set.add_text(
      "--explain", options.explain, "ID",
      "Tell one signal's or order's whole life, by its id or the beginning of it, and compare nothing");
  set.set_examples(
      "  tvhook-reconcile                                   is everything where the journal says\n"
      "  tvhook-reconcile --explain tvh4k2                  what became of this order, and what led to it\n"
      "  */1 * * * *  tvhook-reconcile --format json || mail -s drift me\n");
}

}  // namespace tvh
