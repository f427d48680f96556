// The venue port: an exchange, or the paper one, as the executor sees it. One adapter a folder; features that
// wrap a venue are decorators. What every implementation owes is asserted by tests/contract.
//
// Calls do not wait. Each takes a `done` that is called exactly once, from within the call or from a later
// run_due(), on the caller's thread; it must only note the answer down. A call bounds its own time: one that
// gets no answer says Unknown (orders) or Unreachable (looks), it never stays silent.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/market.hpp"
#include "model/paper_ledger.hpp"

namespace tvh::venue {

struct VenuePosition {
  std::string instrument;
  Decimal quantity;  // signed, base units, all strategies together
  // Not "": the account's balance of this asset (spot), whoever bought it. It may be of `instrument` or of any
  // of `also`: all that the venue is known to trade for the asset.
  std::string asset{};
  std::vector<std::string> also{};
};

template <class Answer>
using Done = std::function<void(Answer)>;

// News of an order that nobody asked for. May be lost, doubled, or come before the answer to its submit:
// nothing relies on it.
struct OrderUpdate {
  std::string client_order_id;
  model::OrderReport report;
};

class Venue {
 public:
  virtual ~Venue() = default;
  virtual const std::string& name() const = 0;
  virtual const model::Capabilities& capabilities() const = 0;

  // Sends one order. Accepted: the venue confirmed it (its report inside). Refused: it exists nowhere, with the
  // venue's code and text. NotTaken: the same, and the request may be repeated. Unknown: it may exist; the
  // caller must query by client order id and must not send again before it is proven absent. Sending an id the
  // venue knows already answers with that order, never with a second one.
  virtual void submit(const model::OrderRequest& order, Done<model::SubmitOutcome> done) = 0;
  // The report's fills add up to its filled_quantity: what a venue tells in several answers is asked for in
  // several calls. Updates and submits may carry fewer.
  virtual void query_order(const model::OrderKey& order, Done<model::QueryOutcome> done) = 0;
  // Cancelling what has ended already is no error: the report says how it ended.
  virtual void cancel(const model::OrderKey& order, Done<model::CancelOutcome> done) = 0;
  // Filters are cached by the adapter; price and account only when asked for.
  virtual void look_up(const model::LookUp& wanted, Done<model::LookUpOutcome> done) = 0;

  virtual void read_positions(Done<Result<std::vector<VenuePosition>>> done) = 0;
  virtual void read_balances(Done<Result<std::vector<model::PaperBalance>>> done) = 0;

  // Where updates go. Called from run_due() or from within any other call.
  virtual void watch_orders(std::function<void(OrderUpdate)> on_update) { (void)on_update; }
  // A price an alert told. A real venue knows better; the paper one has no other source.
  virtual void observe_price(const std::string& instrument, const Decimal& price) {
    (void)instrument;
    (void)price;
  }

  // Until when the venue wants to hear nothing from us, as it told this process; nothing: it may be asked.
  virtual std::optional<std::chrono::steady_clock::time_point> paused_until() const { return std::nullopt; }
  // It told another process so, and what is sent before would prolong it.
  virtual void pause_until(std::chrono::steady_clock::time_point until) { (void)until; }

  // Answers NotTaken, at once, whatever order of a submit() has not left yet, for a clock or a connection: it
  // does not leave any more.
  virtual void drop_unsent() {}

  // What the caller waits for: a descriptor that becomes readable (-1: none) or a time of the steady clock;
  // then run_due().
  virtual int wait_fd() const { return -1; }
  virtual std::optional<std::chrono::steady_clock::time_point> next_due() const { return std::nullopt; }
  virtual void run_due() {}
};

}  // namespace tvh::venue
