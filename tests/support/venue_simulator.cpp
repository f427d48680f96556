#include "support/venue_simulator.hpp"

#include <stdexcept>

namespace tvh::test {

namespace {

ProcessOptions options_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--address", "127.0.0.1:0"});
  ProcessOptions options;
  options.arguments = std::move(arguments);
  options.wants_ready_pipe = true;
  return options;
}

int port_of(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

}  // namespace

VenueSimulator::VenueSimulator(const std::vector<std::string>& arguments)
    : process_(tool("venue-sim"), options_with(arguments)),
      url_(process_.read_ready_line()),
      connection_(port_of(url_)) {}

void VenueSimulator::post(const std::string& name, const std::string& body) {
  const HttpAnswer answer = connection_.post("/_sim/" + name, body);
  if (answer.status != 200) throw std::runtime_error("venue-sim: " + name + " " + body + ": " + answer.body);
}

std::string VenueSimulator::get(const std::string& name) {
  const HttpAnswer answer = connection_.get("/_sim/" + name);
  if (answer.status != 200) throw std::runtime_error("venue-sim: " + name + ": " + answer.body);
  return answer.body;
}

void VenueSimulator::fail_next(const std::string& fault, const std::string& method, const std::string& path,
                               int count) {
  post("fault", R"({"name":")" + fault + R"(","next":)" + std::to_string(count) + R"(,"method":")" + method +
                    R"(","path":")" + path + "\"}");
}

void VenueSimulator::set_price(const std::string& symbol, const std::string& price,
                               const std::string& liquidity) {
  const std::string quantity = liquidity.empty() ? "" : R"(,"quantity":")" + liquidity + "\"";
  post("price", R"({"symbol":")" + symbol + R"(","price":")" + price + "\"" + quantity + "}");
}

}  // namespace tvh::test
