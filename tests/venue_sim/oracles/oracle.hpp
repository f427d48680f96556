// Files of ../shared/oracles, read where they lie beside the checkout.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace tvh::venue_sim {

inline const std::string kOracles = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/oracles";

inline nlohmann::json read_oracle(const std::string& name) {
  std::ifstream stream(kOracles + "/" + name);
  if (!stream) throw std::runtime_error("cannot read " + kOracles + "/" + name);
  return nlohmann::json::parse(stream);
}

}  // namespace tvh::venue_sim
