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
  std::string unseen;
  for (const auto& venue : findings.not_compared)
    unseen += (unseen.empty() ? "; not compared, or not all of it: " : ", ") + venue;
  const auto count = findings.drifts.size();
  if (count == 0)
    return out.write_line((unseen.empty() ? "no drift" : "no drift in what was compared") + unseen);
  out.write_line(std::to_string(count) + (count == 1 ? " drift" : " drifts") + ": nothing was changed" +
                 unseen);
}

}  // namespace tvh
