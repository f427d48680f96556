#include "model/order.hpp"

#include <span>

#include "base/hash.hpp"

namespace tvh::model {

std::string client_order_id(const std::string& source_id, const std::string& venue, const std::string& leg,
                            int revision) {
  PartsHash hash;
  hash.add(source_id);
  hash.add(venue);
  hash.add(leg);
  hash.add(std::to_string(revision));
  const Digest digest = hash.digest();
  // 18 bytes are 29 characters; with "tvh" 32, the shortest limit among the venues (OKX clOrdId).
  return "tvh" + to_base32(std::span(digest).first(18));
}

std::string_view to_text(RetryClass why) {
  switch (why) {
    case RetryClass::throttled:
      return "throttled";
    case RetryClass::clock:
      return "clock";
    case RetryClass::unreachable:
      return "venue_unreachable";
  }
  return "";
}

}  // namespace tvh::model
