// One exchange's REST interface, as words only: what to ask, and what an answer says. Pure; connections, the
// clock, limits and the order of things are ExchangeVenue's. One folder of common/venues an exchange.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/http_client.hpp"
#include "model/market.hpp"
#include "model/paper_ledger.hpp"
#include "venue/venue.hpp"

namespace tvh::venue {

// One question. Values are plain text, not escaped; their order is kept.
struct Ask {
  client::Method method = client::Method::get;
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;
  bool is_signed = true;
  int weight = 1;  // of the venue's limit on requests
};

// How long an order may wait for the venue's clock after submit() before it leaves; later it is not taken. Part
// of every venue's fence, which counts from the submit.
inline constexpr std::chrono::seconds kOrderPatience{1};

// A clock of the venue that is doubted more than this is not signed with. Venues refuse what is dated a second
// ahead of them; half of it is kept for what drifts and queues. What a window lasts longer by, so part of every
// venue's fence.
inline constexpr std::chrono::milliseconds kMostClockDoubt{500};

// What a signed request carries: the venue takes it only from a second before `timestamp` (its own clock) until
// `window` after it.
struct Stamp {
  std::chrono::milliseconds timestamp{};
  std::chrono::milliseconds window{};
};

// An answer that is not the one wished for, as the venue's table of errors has it.
struct Problem {
  enum class Kind {
    ambiguous,          // may have been done
    throttled,          // certainly not done; later
    clock,              // certainly not done; the timestamp was outside the window
    unavailable,        // certainly not done; the venue is busy or down for a while
    duplicate,          // an open order has this id
    not_found,          // no such order
    gone,               // a cancel came after the order's end, or there never was such an order
    credentials,        // key, signature or permission
    nothing_to_reduce,  // a reduce-only order, and the net position has nothing that its side reduces
    refused,            // anything else: the venue looked at it and said no
  };
  Kind kind = Kind::refused;
  std::string code;     // the venue's: "-2010", "http_503"
  std::string message;  // the venue's text, or ours where it sent none
  std::optional<Nanoseconds> retry_after{};
  std::optional<std::chrono::milliseconds> banned_until{};  // by the venue's clock, where it says no more
};

template <class Value>
using Reading = std::variant<Value, Problem>;

// An order's report; `next`: where the rest of it is to be asked for (an order behind a trigger).
struct OrderReading {
  model::OrderReport report;
  std::optional<Ask> next{};
};

// The venue's count of what was asked of it, from the headers of an answer.
struct Usage {
  std::optional<int> weight;  // in the current minute
};

// What --check finds, for a person. `wrong`: trading would fail or is unsafe, and of what kind that is.
struct CheckLine {
  std::optional<Errc> wrong;
  std::string text;
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const model::Capabilities& capabilities() const = 0;
  virtual int weight_per_minute() const = 0;

  // The request that asks it; `stamp` for signed ones. The URL is the path with its query, no host.
  virtual client::Request write(const Ask& ask, const Stamp& stamp) const = 0;
  virtual Problem read_problem(const client::Response& response) const = 0;
  virtual Usage read_usage(const client::Response& response) const = 0;

  virtual Ask server_time() const = 0;
  virtual Reading<std::chrono::milliseconds> read_server_time(const client::Response& response) const = 0;

  // Orders. Fills that a report carries are the venue's own trades; an empty list with a filled quantity asks
  // for trades().
  virtual Ask place(const model::OrderRequest& order) const = 0;
  virtual Reading<model::OrderReport> read_placed(const model::OrderRequest& order,
                                                  const client::Response& response) const = 0;
  virtual Ask find_order(const model::OrderKey& order) const = 0;
  virtual Reading<OrderReading> read_order(const model::OrderKey& order,
                                           const client::Response& response) const = 0;
  virtual Ask trades(const model::OrderKey& order, const std::string& venue_order_id) const = 0;
  virtual Reading<std::vector<model::Fill>> read_trades(const model::OrderKey& order,
                                                        const client::Response& response) const = 0;
  virtual Ask cancel(const model::OrderKey& order) const = 0;
  virtual Reading<model::OrderReport> read_cancelled(const model::OrderKey& order,
                                                     const client::Response& response) const = 0;

  // Instruments: all that one answer describes, under our names; those that are not traded now are left out.
  virtual Ask instruments(const std::string& instrument) const = 0;
  virtual Reading<std::vector<model::Instrument>> read_instruments(const client::Response& response) const = 0;
  virtual Ask price(const std::string& instrument) const = 0;
  virtual Reading<Decimal> read_price(const client::Response& response) const = 0;

  virtual Ask account() const = 0;
  virtual Reading<model::AccountFigures> read_account(const model::Instrument& instrument,
                                                      const std::optional<Decimal>& price,
                                                      const client::Response& response) const = 0;
  virtual Reading<std::vector<model::PaperBalance>> read_balances(const client::Response& response) const = 0;
  // Nothing where the venue holds none apart from balances (spot).
  virtual std::optional<Ask> positions() const = 0;
  virtual Reading<std::vector<VenuePosition>> read_positions(const client::Response& response) const = 0;

  // What must hold before the first order, and the sentence with its cure where it does not (position mode).
  virtual std::optional<Ask> precondition() const = 0;
  virtual Reading<std::optional<std::string>> read_precondition(const client::Response& response) const = 0;
  // Permissions of the key. Absent where the environment has no such question (testnets).
  virtual std::optional<Ask> permissions() const = 0;
  virtual Reading<std::vector<CheckLine>> read_permissions(const client::Response& response) const = 0;
  // What the answer to account() says of what the account may do; for --check.
  virtual std::vector<CheckLine> read_account_rights(const client::Response& response) const {
    (void)response;
    return {};
  }
};

}  // namespace tvh::venue
