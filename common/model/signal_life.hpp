// Everything the journal has of one signal, from the request that brought it to the last fill of its orders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/order.hpp"
#include "model/signal.hpp"

namespace tvh::model {

struct ReceivedAlert {
  TimePoint received_at{};
  std::string source;  // address and port
  int status = 0;      // of the HTTP answer
  std::string verdict;
  std::string body;  // with [secret:NAME] where secrets stood
};

struct OrderMoment {
  TimePoint at{};
  std::string event;                       // to_text(OrderEventKind)
  OrderState state = OrderState::planned;  // it led to
  std::string detail;
};

struct OrderLife {
  Intent intent;
  std::vector<OrderMoment> moments;  // in the order they were written down
  std::vector<Fill> fills;
};

struct SignalLife {
  Signal signal;                      // as it came
  std::optional<Signal> executed{};   // where it was changed on its way
  std::vector<ReceivedAlert> alerts;  // its own first, where it came by one; then those that repeated it
  SignalState state = SignalState::pending;
  std::string reason;
  std::string message;
  std::optional<TimePoint> claimed_at;
  std::optional<TimePoint> ended_at;
  std::vector<OrderLife> orders;  // in the order they were decided on
};

}  // namespace tvh::model
