#include "venue/paper_venue.hpp"

namespace tvh::venue {

using model::NotFound;
using model::Unknown;

Result<std::unique_ptr<PaperVenue>> PaperVenue::open(PaperSettings settings, model::PaperStore& store,
                                                     const Clock& clock, Account account) {
  auto venue = std::unique_ptr<PaperVenue>(new PaperVenue(std::move(settings), store, clock));
  if (account == Account::as_it_is) return venue;
  TVH_CHECK(store.open_account(venue->settings_.starting_balances));
  TVH_CHECK(venue->exchange_.resume());
  return venue;
}

PaperVenue::PaperVenue(PaperSettings settings, model::PaperStore& store, const Clock& clock)
    : settings_(std::move(settings)),
      store_(store),
      clock_(clock),
      account_(settings_, store),
      exchange_(settings_, store, clock) {
  using model::OrderType;
  using model::TimeInForce;
  capabilities_.fills_at_reference = true;
  capabilities_.spot = settings_.spot;
  capabilities_.perp = settings_.perp;
  capabilities_.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
  capabilities_.times_in_force = {TimeInForce::gtc, TimeInForce::ioc, TimeInForce::fok, TimeInForce::post_only};
  capabilities_.order_rate = settings_.order_rate;
  capabilities_.query_rate = settings_.query_rate;
}

void PaperVenue::submit(const model::OrderRequest& order, Done<model::SubmitOutcome> done) {
  after_latency([this, order, done = std::move(done)] {
    auto outcome = exchange_.place(order);
    done(outcome ? *std::move(outcome) : model::SubmitOutcome(Unknown{outcome.error().message}));
  });
}

void PaperVenue::query_order(const model::OrderKey& order, Done<model::QueryOutcome> done) {
  after_latency([this, id = order.client_order_id, done = std::move(done)] {
    auto known = store_.read_order(id);
    if (!known) {
      done(Unknown{known.error().message});
    } else if (*known) {
      done((*known)->report);
    } else {
      done(NotFound{});
    }
  });
}

void PaperVenue::cancel(const model::OrderKey& order, Done<model::CancelOutcome> done) {
  after_latency([this, id = order.client_order_id, done = std::move(done)] {
    auto report = exchange_.cancel(id);
    if (!report) {
      done(Unknown{report.error().message});
    } else if (*report) {
      done(**std::move(report));
    } else {
      done(NotFound{});
    }
  });
}

Result<model::LookUpOutcome> PaperVenue::find(const model::LookUp& wanted) {
  const auto known = settings_.instruments.find(wanted.instrument);
  const auto instrument = known != settings_.instruments.end()
                              ? std::optional(known->second)
                              : paper_instrument(wanted.instrument, wanted.market);
  if (!instrument) return model::LookUpOutcome(model::NotTraded{not_traded(wanted.instrument, wanted.market)});
  model::MarketFacts facts;
  facts.instrument = *instrument;
  if (wanted.price) {
    TVH_TRY(facts.price, account_.read_price(wanted.instrument));
  }
  if (wanted.account) {
    TVH_TRY(facts.account, account_.read_figures(*instrument));
  }
  return model::LookUpOutcome(std::move(facts));
}

void PaperVenue::look_up(const model::LookUp& wanted, Done<model::LookUpOutcome> done) {
  auto found = find(wanted);
  done(found ? *std::move(found) : model::LookUpOutcome(model::Unreachable{found.error().message}));
}

void PaperVenue::read_positions(Done<Result<std::vector<VenuePosition>>> done) {
  const auto positions = store_.read_positions();
  if (!positions) return done(positions.error());
  std::vector<VenuePosition> all;
  for (const model::PaperPosition& position : *positions) {
    if (!position.quantity.is_zero()) all.push_back({position.instrument, position.quantity});
  }
  done(std::move(all));
}

void PaperVenue::read_balances(Done<Result<std::vector<model::PaperBalance>>> done) {
  done(store_.read_balances());
}

void PaperVenue::watch_orders(std::function<void(OrderUpdate)> on_update) {
  exchange_.watch([on_update = std::move(on_update)](const std::string& id, const model::OrderReport& report) {
    if (on_update) on_update({id, report});
  });
}

void PaperVenue::observe_price(const std::string& instrument, const Decimal& price) {
  (void)exchange_.observe(instrument, price);
}

void PaperVenue::after_latency(std::function<void()> arrive) {
  if (settings_.latency <= Nanoseconds::zero()) return arrive();
  travelling_.push_back({clock_.steady() + settings_.latency, std::move(arrive)});
}

std::optional<std::chrono::steady_clock::time_point> PaperVenue::next_due() const {
  if (travelling_.empty()) return std::nullopt;
  return travelling_.front().due;
}

void PaperVenue::run_due() {
  const auto now = clock_.steady();
  while (!travelling_.empty() && travelling_.front().due <= now) {
    const auto arrive = std::move(travelling_.front().arrive);
    travelling_.pop_front();
    arrive();
  }
}

}  // namespace tvh::venue
