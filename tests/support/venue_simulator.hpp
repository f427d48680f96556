// The simulated exchange (tests/venue_sim), the real program on a loopback port, and what a test does to it.
#pragma once

#include <string>
#include <vector>

#include "support/http_connection.hpp"
#include "support/process.hpp"

namespace tvh::test {

class VenueSimulator {
 public:
  // `arguments` besides --address and --ready-fd.
  explicit VenueSimulator(const std::vector<std::string>& arguments);

  const std::string& url() const { return url_; }

  // POST /_sim/NAME; throws with the answer when it is not 200.
  void post(const std::string& name, const std::string& body);
  // GET /_sim/NAME: a JSON array.
  std::string get(const std::string& name);

  // The next `count` requests of that method and path ("" for any) get the fault for certain.
  void fail_next(const std::string& fault, const std::string& method, const std::string& path, int count = 1);
  void set_price(const std::string& symbol, const std::string& price, const std::string& liquidity = "");

 private:
  Process process_;
  std::string url_;
  HttpConnection connection_;
};

}  // namespace tvh::test
