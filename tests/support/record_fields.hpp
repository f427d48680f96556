// A record's top-level fields, read without the code under test.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tvh::test {

// Of one JSON object: strings decoded (\u escapes stay as written), everything else as its own text. Throws
// when `line` is no object.
std::map<std::string, std::string> fields_of(const std::string& line);

// fields_of each line of NDJSON.
std::vector<std::map<std::string, std::string>> records_of(const std::string& text);

}  // namespace tvh::test
