#include "tvhook-reconcile/findings.hpp"

#include <algorithm>

namespace tvh {

void add_advice(Findings& findings, const std::string& what) {
  auto& all = findings.advice;
  if (std::find(all.begin(), all.end(), what) == all.end()) all.push_back(what);
}

void tell_as_json(const Findings& findings, cli::Output& out) {
  for (const auto& drift : findings.drifts) out.write_line(wire::format_drift(drift));
}

void tell_as_table(const Findings& findings, cli::Output& out) {
  out.write(cli::format_table(findings.positions));
  if (findings.orders.size() > 1) out.write("\n" + cli::format_table(findings.orders));
  if (!findings.advice.empty()) out.write_line("");
  for (const auto& sentence : findings.advice) out.write_line("to do: " + sentence);
  if (findings.drifts.empty()) return out.write_line("no drift");
  out.write_line(std::to_string(findings.drifts.size()) + (findings.drifts.size() == 1 ? " drift" : " drifts") +
                 ": nothing was changed");
}

}  // namespace tvh
