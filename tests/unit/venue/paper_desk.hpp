// A paper venue on a store in memory, without latency: asked and answered in one line.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_paper_store.hpp"
#include "support/samples.hpp"
#include "venue/paper_venue.hpp"

namespace tvh::test {

struct PaperDesk {
  explicit PaperDesk(venue::PaperSettings the_settings = venue::default_paper_settings())
      : settings(std::move(the_settings)) {
    start();
  }

  // As after the end of the process: the store is what the disk kept.
  void start() {
    auto opened = venue::PaperVenue::open(settings, store, clock);
    REQUIRE(opened);
    venue = std::move(*opened);
    venue->watch_orders([this](venue::OrderUpdate update) { updates.push_back(std::move(update)); });
  }

  model::SubmitOutcome submit(const model::OrderRequest& order) {
    std::optional<model::SubmitOutcome> answer;
    venue->submit(order, [&](model::SubmitOutcome outcome) { answer = std::move(outcome); });
    REQUIRE(answer);
    return *answer;
  }
  model::SubmitOutcome submit(const std::string& id, const std::string& instrument, model::Side side,
                              const char* quantity, const char* price = "") {
    return submit(make_request(id, instrument, side, quantity, price));
  }
  model::QueryOutcome query(const std::string& id) {
    std::optional<model::QueryOutcome> answer;
    venue->query_order({id, "", "", model::Market::spot},
                       [&](model::QueryOutcome outcome) { answer = std::move(outcome); });
    REQUIRE(answer);
    return *answer;
  }
  model::CancelOutcome cancel(const std::string& id) {
    std::optional<model::CancelOutcome> answer;
    venue->cancel({id, "", "", model::Market::spot},
                  [&](model::CancelOutcome outcome) { answer = std::move(outcome); });
    REQUIRE(answer);
    return *answer;
  }
  void see(const std::string& instrument, const char* price) { venue->observe_price(instrument, dec(price)); }

  model::LookUpOutcome look_up(const std::string& instrument) {
    std::optional<model::LookUpOutcome> answer;
    const auto market = instrument.ends_with(".P") ? model::Market::perp : model::Market::spot;
    venue->look_up({instrument, market, true, true},
                   [&](model::LookUpOutcome outcome) { answer = std::move(outcome); });
    REQUIRE(answer);
    return *answer;
  }
  model::AccountFigures account(const std::string& instrument) {
    return *std::get<model::MarketFacts>(look_up(instrument)).account;
  }
  std::optional<Decimal> price(const std::string& instrument) {
    return std::get<model::MarketFacts>(look_up(instrument)).price;
  }
  Decimal balance(const char* asset) { return *store.read_balance(asset); }
  Decimal position(const char* instrument) { return store.read_position(instrument)->quantity; }
  model::OrderReport report(const std::string& id) { return std::get<model::OrderReport>(query(id)); }
  model::OrderState state(const std::string& id) { return report(id).state; }

  static model::OrderRequest make_request(const std::string& id, const std::string& instrument,
                                          model::Side side, const char* quantity, const char* price = "") {
    model::OrderRequest order;
    order.client_order_id = id;
    order.instrument = instrument;
    order.market = instrument.ends_with(".P") ? model::Market::perp : model::Market::spot;
    order.side = side;
    order.quantity = dec(quantity);
    if (*price != '\0') order.reference_price = dec(price);
    return order;
  }

  venue::PaperSettings settings;
  TickingClock clock;
  MemoryPaperStore store;
  std::vector<venue::OrderUpdate> updates;
  std::unique_ptr<venue::PaperVenue> venue;
};

// Requests as one writes them down.
inline model::OrderRequest limit(model::OrderRequest order, const char* price) {
  order.type = order.stop_price ? model::OrderType::stop_limit : model::OrderType::limit;
  order.limit_price = dec(price);
  return order;
}
inline model::OrderRequest stop(model::OrderRequest order, const char* price) {
  order.type = order.limit_price ? model::OrderType::stop_limit : model::OrderType::stop;
  order.stop_price = dec(price);
  return order;
}
inline model::OrderRequest in_force(model::OrderRequest order, model::TimeInForce time_in_force) {
  order.time_in_force = time_in_force;
  return order;
}
inline model::OrderRequest reduce_only(model::OrderRequest order) {
  order.reduce_only = true;
  return order;
}

inline model::OrderReport accepted(const model::SubmitOutcome& outcome) {
  if (const auto* refused = std::get_if<model::Refused>(&outcome)) UNSCOPED_INFO(refused->message);
  REQUIRE(std::holds_alternative<model::Accepted>(outcome));
  return std::get<model::Accepted>(outcome).report;
}
inline model::Fill only_fill(const model::OrderReport& report) {
  REQUIRE(report.fills.size() == 1);
  CHECK(report.fills.front().quantity == report.filled_quantity);
  return report.fills.front();
}
inline model::Fill only_fill(const model::SubmitOutcome& outcome) { return only_fill(accepted(outcome)); }

inline std::string code(const model::SubmitOutcome& outcome) {
  REQUIRE(std::holds_alternative<model::Refused>(outcome));
  CHECK_FALSE(std::get<model::Refused>(outcome).message.empty());
  return std::get<model::Refused>(outcome).code;
}

}  // namespace tvh::test
