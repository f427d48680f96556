// What others published or recorded of the exchanges (../shared/oracles), read where it lies.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "support/temporary_folder.hpp"

namespace tvh::test {

using Json = nlohmann::ordered_json;

inline const std::string kOracles = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/oracles";

inline Json oracle(const std::string& name) { return Json::parse(read_file(kOracles + "/" + name)); }

}  // namespace tvh::test
