// A request Binance refuses: thrown where it is found, turned into {"code":…,"msg":…} in one place. Only this
// folder throws and catches it.
#pragma once

#include <string>

namespace tvh::venue_sim::binance {

struct ApiError {
  int code;
  std::string message;
  int status = 400;
  int retry_after_seconds = 0;  // 0: no Retry-After
};

}  // namespace tvh::venue_sim::binance
