// An exchange's adapter against the simulated exchange: the real program, real sockets, real time.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "contract/venue_stand.hpp"
#include "support/venue_simulator.hpp"
#include "venues/registry.hpp"

namespace tvh::test {

// No text of ours may ever show them.
inline constexpr const char* kCanaryKey = "CANARYKEY0123456789abcdef";
inline constexpr const char* kCanarySecret = "CANARYSECRET0123456789abcdef";

class ExchangeStand final : public VenueStand {
 public:
  // `kind` as in [venue.NAME]; `arguments` are the simulator's.
  explicit ExchangeStand(const std::string& kind, const std::vector<std::string>& arguments = {});

  venue::Venue& venue() override { return *venue_; }
  const std::string& home() const override { return home_; }
  void restart() override;
  void move_market(const std::string& instrument, const Decimal& price) override;
  void pass_time() override { pass_time(kPatience); }
  Decimal position(const std::string& instrument) override;

  // No longer than `most`.
  void pass_time(std::chrono::milliseconds most);
  VenueSimulator& simulator() { return simulator_; }
  venue::ExchangeVenue& exchange_venue() { return *venue_; }
  // Where orders without a trigger are placed and looked for.
  std::string order_path() const;
  std::string time_path() const;
  // The same with other keys than the simulator's.
  void restart_with(const std::string& key, const std::string& secret);

  // What the exchange truly has.
  struct SimulatedOrder {
    std::string client_id;
    std::string status;
    std::string quantity;
    std::string price;
    std::string trigger_price;
  };
  std::vector<SimulatedOrder> orders();
  struct SimulatedRequest {
    std::string method;
    std::string path;
    std::string parameters;
    int status = 0;
  };
  std::vector<SimulatedRequest> requests();
  int placed();  // requests that would place an order without a trigger

 private:
  std::string kind_;
  std::string home_;
  VenueSimulator simulator_;
  SystemClock clock_;
  std::unique_ptr<venue::ExchangeVenue> venue_;
};

}  // namespace tvh::test
