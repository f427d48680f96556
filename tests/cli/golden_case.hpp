// A golden case: what one or more command lines print and how they exit. One file, sections that begin with "==
// ":
//
//     # What it shows; lines like this may stand before the first section.
//     == file tvhook.toml            a file in the case's own folder
//     == environment                 NAME=VALUE lines, beside TVHOOK_JOURNAL
//     == run tvhook-exec --plan      a step; quotes as in a shell, nothing else of a shell
//     == stdin                       its input (none: empty); "== stdin previous": what the step before printed
//     == post /webhook               listener only: a request once it is ready, then SIGTERM after the last one
//     == answer 200                  and its answer
//     == stdout                      what it prints; left out when empty
//     == stderr
//     == exit 0
//     == sql SELECT …                a look at the journal after the step before
//     == rows                        its rows, columns separated by " | "
//     == hand UPDATE …               a change to the journal that no tool would make
//
// Volatile text is replaced before comparing, see replace_volatile().
#pragma once

#include <string>
#include <vector>

namespace tvh::golden {

struct Section {
  std::string head;  // "run tvhook-exec --plan"
  std::string body;

  std::string word() const { return head.substr(0, head.find(' ')); }
  std::string rest() const;  // of the head, after its first word
};

struct Case {
  std::string preamble;
  std::vector<Section> sections;
};

Case parse_case(const std::string& text);
std::string format_case(const Case& golden);

// "a 'b c' d" as three words.
std::vector<std::string> split_command(const std::string& command);

}  // namespace tvh::golden
