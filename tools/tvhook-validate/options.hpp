// The command line of tvhook-validate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh {

struct ValidateOptions {
  std::vector<std::string> files;  // none: stdin; "-" is stdin too
  std::string format = "text";     // or "json", "sarif"
  bool strict = false;
  std::optional<std::string> dialect;
  bool lenient = false;
  bool message_template = false;     // the files are templates
  bool pine = false;                 // the files are Pine source
  std::optional<std::string> venue;  // say what each alert would become there
  bool schema = false;
  std::optional<std::string> explain;
};

void define_options(cli::OptionSet& set, ValidateOptions& options);

}  // namespace tvh
