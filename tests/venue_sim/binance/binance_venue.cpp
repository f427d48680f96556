// Binance, both products: which path belongs to which.
#include <algorithm>

#include "venue_sim/binance/spot.hpp"
#include "venue_sim/binance/usdm.hpp"

namespace tvh::venue_sim {
namespace {

using binance::Product;

class BinanceVenue final : public Venue {
 public:
  explicit BinanceVenue(std::vector<std::unique_ptr<Product>> products) : products_(std::move(products)) {}

  Answer serve(const Request& request, const Moment& moment) override {
    if (Product* const product = product_of(request)) return product->serve(request, moment);
    return {
        404,
        R"({"code":-5000,"msg":"Path )" + request.path + R"(, Method )" + request.method + R"( is invalid"})",
        {}};
  }
  bool trades(const Request& request) const override {
    const Product* const product = product_of(request);
    return product != nullptr && product->trades(request);
  }
  Answer unavailable(const Request&) const override {
    return binance::answer_of(binance::ApiError{0, "Service Unavailable.", 503});
  }
  Answer outcome_unknown(const Request& request, std::uint64_t choice) const override {
    const Product* const product = product_of(request);
    return (product != nullptr ? *product : *products_.front()).outcome_unknown(choice);
  }
  Answer throttled(const Request& request, int retry_after_seconds) const override {
    const Product* const product = product_of(request);
    const int limit = (product != nullptr ? *product : *products_.front()).weight_limit();
    return binance::answer_of(
        binance::ApiError{-1003,
                          "Too much request weight used; current limit is " + std::to_string(limit) +
                              " request weight per 1 MINUTE. Please use WebSocket Streams for live updates to "
                              "avoid polling the API.",
                          429, retry_after_seconds});
  }
  Answer banned(const Request&, Milliseconds until, int retry_after_seconds) const override {
    return binance::answer_of(
        binance::ApiError{-1003,
                          "Way too much request weight used; IP banned until " + std::to_string(until) +
                              ". Please use WebSocket Streams for live updates to avoid bans.",
                          418, retry_after_seconds});
  }
  std::vector<Exchange*> exchanges() override {
    std::vector<Exchange*> all;
    for (const auto& product : products_) all.push_back(&product->exchange());
    return all;
  }
  Result<std::int64_t> place_outside(Exchange& exchange, Order order, const std::string& cause,
                                     Milliseconds now) override;

 private:
  Product* product_of(const Request& request) const {
    for (const auto& product : products_) {
      if (product->has_path(request.path)) return product.get();
    }
    return nullptr;
  }

  std::vector<std::unique_ptr<Product>> products_;
};

// By hand the web page makes up the id; a forced order's starts with "autoclose-".
Result<std::int64_t> BinanceVenue::place_outside(Exchange& exchange, Order order, const std::string& cause,
                                                 Milliseconds now) {
  const auto product = std::find_if(products_.begin(), products_.end(),
                                    [&](const auto& candidate) { return &candidate->exchange() == &exchange; });
  if (order.position_side.empty()) order.position_side = (*product)->default_position_side(order);
  order.cause = cause;
  order.type = order.limit_price ? "LIMIT" : "MARKET";
  order.client_id = (cause == "liquidation" ? "autoclose-" : "web_") + (*product)->made_up_id();
  if (cause == "liquidation") {
    const auto* const margin = dynamic_cast<const MarginAccount*>(&exchange.account());
    if (margin == nullptr) return fail(Errc::bad_data, "liquidation: this product has no positions");
    const Decimal amount = margin->position(order.symbol, order.position_side);
    if (amount.is_zero()) return fail(Errc::bad_data, "liquidation: there is no position in " + order.symbol);
    order.side = amount.is_positive() ? Side::sell : Side::buy;
    order.quantity = amount.absolute();
    order.reduce_only = true;
    order.type = "MARKET";
    order.limit_price.reset();
  }
  if (!order.quantity.is_positive()) return fail(Errc::bad_data, "quantity: a number above zero");
  const Placed placed = exchange.place(std::move(order), now);
  if (const auto* const id = std::get_if<std::int64_t>(&placed)) return *id;
  return fail(Errc::bad_data, "the exchange refuses it: no balance, or nothing to reduce");
}

}  // namespace

Result<std::unique_ptr<Venue>> make_venue(const VenueOptions& options) {
  std::vector<std::unique_ptr<Product>> products;
  if (options.name == "binance_spot" || options.name == "binance") {
    products.push_back(std::make_unique<binance::Spot>(options));
  }
  if (options.name == "binance_usdm" || options.name == "binance") {
    products.push_back(std::make_unique<binance::Usdm>(options));
  }
  if (products.empty()) {
    return fail(Errc::usage,
                "there is no venue " + options.name + "; use binance_spot, binance_usdm or binance");
  }
  return std::unique_ptr<Venue>(std::make_unique<BinanceVenue>(std::move(products)));
}

}  // namespace tvh::venue_sim
