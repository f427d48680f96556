// The paper venue: an exchange of one account, kept through a PaperStore so that it survives restarts. Spot and
// perpetuals; a perpetual account is one-way, netted, at leverage 1. Market, limit, stop and stop_limit orders;
// gtc, ioc, fok and post_only. What a price does to an order is in paper_matching.hpp, what that costs in
// paper_account.hpp, in which order things happen in paper_exchange.hpp.
//
// An order meets its reference price (the alert's), else the configured price, else the last one seen. Without
// any, market orders are refused ("no_price") and others rest.
#pragma once

#include <deque>
#include <memory>

#include "venue/paper_exchange.hpp"
#include "venue/venue.hpp"

namespace tvh::venue {

class PaperVenue final : public Venue {
 public:
  enum class Account {
    open_if_new,
    as_it_is
  };  // as_it_is: for looking only, through a store that cannot write
  static Result<std::unique_ptr<PaperVenue>> open(PaperSettings settings, model::PaperStore& store,
                                                  const Clock& clock, Account account = Account::open_if_new);

  const std::string& name() const override { return settings_.name; }
  const model::Capabilities& capabilities() const override { return capabilities_; }

  // Without a latency every answer comes from within the call. With one, orders, cancels and queries arrive
  // that much later, in the order of the calls, from run_due(): they take effect and are answered then. What
  // has not arrived when the process dies, or this ends, never was; its `done` is not called any more.
  //
  // Unknown only when the store fails.
  void submit(const model::OrderRequest& order, Done<model::SubmitOutcome> done) override;
  void query_order(const model::OrderKey& order, Done<model::QueryOutcome> done) override;
  void cancel(const model::OrderKey& order, Done<model::CancelOutcome> done) override;

  // Always from within the call. The price is the configured one, else the last one seen; what is free is what
  // neither margin nor resting orders bind. Unreachable only when the store fails.
  void look_up(const model::LookUp& wanted, Done<model::LookUpOutcome> done) override;
  void read_positions(Done<Result<std::vector<VenuePosition>>> done) override;
  void read_balances(Done<Result<std::vector<model::PaperBalance>>> done) override;

  // Updates come for orders that rested and that a price filled or ended. A store that fails while a price is
  // observed leaves them resting; the next price, or the next start, meets them.
  void watch_orders(std::function<void(OrderUpdate)> on_update) override;
  void observe_price(const std::string& instrument, const Decimal& price) override;

  std::optional<std::chrono::steady_clock::time_point> next_due() const override;
  void run_due() override;

 private:
  PaperVenue(PaperSettings settings, model::PaperStore& store, const Clock& clock);

  void after_latency(std::function<void()> arrive);
  Result<model::LookUpOutcome> find(const model::LookUp& wanted);

  struct Travelling {
    std::chrono::steady_clock::time_point due{};
    std::function<void()> arrive;
  };

  PaperSettings settings_;
  model::PaperStore& store_;
  const Clock& clock_;
  model::Capabilities capabilities_;
  PaperAccount account_;
  PaperExchange exchange_;
  std::deque<Travelling>
      travelling_;  // in the order of the calls, which is that of `due`: all take equally long
};

}  // namespace tvh::venue
