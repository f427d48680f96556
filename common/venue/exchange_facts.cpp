// ExchangeVenue: what planning needs to know, and what --check asks.
#include <algorithm>

#include "venue/exchange_venue.hpp"

namespace tvh::venue {

using model::Instrument;
using model::LookUp;
using model::LookUpOutcome;
using model::MarketFacts;
using model::NotTraded;
using model::Unreachable;

namespace {

// Filters change rarely; what is older is asked for again beside the look that used it, and after a day before
// it.
constexpr std::chrono::hours kFresh{1};
constexpr std::chrono::hours kUsable{24};
constexpr std::chrono::minutes kPreconditionHolds{10};
constexpr std::chrono::seconds kClosingPatience{2};

LookUpOutcome failed(const Problem& problem) {
  if (problem.kind == Problem::Kind::credentials) return NotTraded{problem.message, "credentials"};
  return Unreachable{problem.code + ": " + problem.message};
}

}  // namespace

struct ExchangeVenue::Looking {
  LookUp wanted;
  Done<LookUpOutcome> done;
  int left = 0;  // questions without an answer
  std::optional<LookUpOutcome> failure;
  MarketFacts facts;
  std::optional<client::Response> account;

  // The first thing that is wrong is told; a definite no before what may pass.
  void fail(LookUpOutcome outcome) {
    if (!failure ||
        (std::holds_alternative<Unreachable>(*failure) && std::holds_alternative<NotTraded>(outcome)))
      failure = std::move(outcome);
  }
};

void ExchangeVenue::look_up(const LookUp& wanted, Done<LookUpOutcome> done) {
  auto looking = std::make_shared<Looking>();
  looking->wanted = wanted;
  // Answered once, when the last question is.
  looking->done = [this, raw = std::weak_ptr<Looking>(looking), done = std::move(done)](const LookUpOutcome&) {
    const auto look = raw.lock();
    if (--look->left > 0) return;
    if (look->failure) return done(std::move(*look->failure));
    if (look->account) {
      auto figures = exchange_->read_account(look->facts.instrument, look->facts.price, *look->account);
      if (const auto* problem = std::get_if<Problem>(&figures)) return done(failed(scrubbed(*problem)));
      look->facts.account = std::get<model::AccountFigures>(figures);
    }
    if (!look->wanted.price) look->facts.price.reset();
    done(std::move(look->facts));
  };
  if (wanted.market == model::Market::perp ? !capabilities().perp : !capabilities().spot) {
    looking->left = 1;
    looking->fail(NotTraded{"venue " + name() + " does not trade " + wanted.instrument});
    return looking->done(Unreachable{});
  }
  const bool price = wanted.price || wanted.account;  // equity is counted at prices
  looking->left = 2 + (price ? 1 : 0) + (wanted.account ? 1 : 0);
  check_precondition(looking);
  find_instrument(looking);
  if (price) find_price(looking);
  if (wanted.account) {
    ask(exchange_->account(), Urgency::look, [this, looking](const Answer& answer) {
      auto reading = read(answer, [&](const client::Response& response) -> Reading<client::Response> {
        if (response.status >= 400) return exchange_->read_problem(response);
        return response;
      });
      if (auto* response = std::get_if<client::Response>(&reading)) {
        looking->account = std::move(*response);
      } else {
        looking->fail(failed(std::get<Problem>(reading)));
      }
      looking->done(Unreachable{});
    });
  }
}

// Looks at one instrument in the same moment share the answer. What closes waits for no price for long.
void ExchangeVenue::find_price(const std::shared_ptr<Looking>& looking) {
  const std::string& name = looking->wanted.instrument;
  const bool closes = looking->wanted.closes;
  const auto key = std::make_pair(name, closes);
  auto& together = asking_price_[key];
  together.push_back(looking);
  if (together.size() > 1) return;
  const auto urgency = closes ? Urgency::query : Urgency::look;
  const auto patience = closes ? kClosingPatience : kLookPatience;
  ask(exchange_->price(name), urgency, patience, [this, key](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_price(response); });
    const auto all = std::move(asking_price_[key]);
    asking_price_.erase(key);
    for (const auto& one : all) {
      // What closes goes on without it.
      if (const auto* problem = std::get_if<Problem>(&reading)) {
        one->facts.no_price = problem->code + ": " + problem->message;
      } else {
        one->facts.price = std::get<Decimal>(reading);
      }
      one->done(Unreachable{});
    }
  });
}

const model::KeptInstrument* ExchangeVenue::known(const std::string& name) {
  const auto found = instruments_.find(name);
  if (found != instruments_.end()) return &found->second;
  if (store_ == nullptr) return nullptr;
  const auto kept = store_->find_instrument(settings_.name, name);
  if (!kept || !*kept) return nullptr;
  return &instruments_.emplace(name, **kept).first->second;
}

void ExchangeVenue::find_instrument(const std::shared_ptr<Looking>& looking) {
  const std::string& name = looking->wanted.instrument;
  const auto* kept = known(name);
  const Nanoseconds age = kept == nullptr ? Nanoseconds::max() : Nanoseconds(clock_.now() - kept->fetched_at);
  const bool will_do = kept != nullptr && (age <= kUsable || looking->wanted.closes);
  if (!will_do) return fetch_instruments(name, looking);
  looking->facts.instrument = kept->instrument;
  if (age > kFresh) fetch_instruments(name, nullptr);
  looking->done(Unreachable{});
}

// Looks that want the same answer wait for one: where it describes every instrument it is a large one.
void ExchangeVenue::fetch_instruments(const std::string& name, const std::shared_ptr<Looking>& looking) {
  const Ask question = exchange_->instruments(name);
  std::string key = question.path;
  for (const auto& [parameter, value] : question.parameters) key += " " + parameter + "=" + value;
  auto& waiting = fetching_[key];
  waiting.push_back(looking);
  if (waiting.size() > 1) return;
  const auto urgency = looking && looking->wanted.closes ? Urgency::query : Urgency::look;
  ask(question, urgency, [this, key](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_instruments(response); });
    if (const auto* told = std::get_if<std::vector<Instrument>>(&reading)) keep(*told);
    auto all = std::move(fetching_[key]);
    fetching_.erase(key);
    for (const auto& one : all) {
      if (!one) continue;  // nobody waits: what was known is looked at again
      const std::string& wanted = one->wanted.instrument;
      const NotTraded not_traded{"venue " + settings_.name + " does not trade " + wanted + " now"};
      if (const auto* problem = std::get_if<Problem>(&reading)) {
        one->fail(problem->kind == Problem::Kind::not_found ? LookUpOutcome(not_traded) : failed(*problem));
        one->done(Unreachable{});
        continue;
      }
      const auto& told = std::get<std::vector<Instrument>>(reading);
      const auto found = std::find_if(told.begin(), told.end(),
                                      [&](const Instrument& instrument) { return instrument.name == wanted; });
      if (found == told.end()) {
        one->fail(not_traded);
      } else {
        one->facts.instrument = *found;
      }
      one->done(Unreachable{});
    }
  });
}

void ExchangeVenue::keep(const std::vector<Instrument>& instruments) {
  const TimePoint now = clock_.now();
  for (const Instrument& one : instruments)
    instruments_.insert_or_assign(one.name, model::KeptInstrument{one, now});
  // Only a cache: what cannot be kept is asked for again.
  if (store_ != nullptr) (void)store_->keep_instruments(settings_.name, instruments, now);
}

void ExchangeVenue::check_precondition(const std::shared_ptr<Looking>& looking) {
  const auto question = exchange_->precondition();
  const Steady now = clock_.steady();
  // What closes does not ask again: were the mode another one by now, the venue would say so of the order.
  const bool closes = looking->wanted.closes;
  if (!question || (precondition_met_ && (closes || now - *precondition_met_ < kPreconditionHolds)))
    return looking->done(Unreachable{});
  asking_precondition_.push_back(looking);
  if (asking_precondition_.size() > 1) return;
  ask(*question, closes ? Urgency::query : Urgency::look, [this](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_precondition(response); });
    const auto all = std::exchange(asking_precondition_, {});
    for (const auto& one : all) {
      if (const auto* problem = std::get_if<Problem>(&reading)) {
        one->fail(failed(*problem));
      } else if (const auto& wrong = std::get<std::optional<std::string>>(reading)) {
        one->fail(NotTraded{*wrong, "position_mode"});
      } else {
        precondition_met_ = clock_.steady();
      }
      one->done(Unreachable{});
    }
  });
}

Error ExchangeVenue::error_of(const Problem& problem) const {
  const bool credentials = problem.kind == Problem::Kind::credentials;
  return fail(credentials ? Errc::credentials : Errc::unavailable,
              "venue " + settings_.name + ": " + problem.code + ": " + problem.message);
}

void ExchangeVenue::read_positions(Done<Result<std::vector<VenuePosition>>> done) {
  const auto question = exchange_->positions();
  if (!question) {
    return read_balances([this, done = std::move(done)](const Result<std::vector<model::PaperBalance>>& told) {
      done(told ? holdings_of(*told) : Result<std::vector<VenuePosition>>(told.error()));
    });
  }
  ask(*question, Urgency::look, [this, done = std::move(done)](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_positions(response); });
    if (const auto* problem = std::get_if<Problem>(&reading)) return done(error_of(*problem));
    done(std::move(std::get<std::vector<VenuePosition>>(reading)));
  });
}

// On spot a position is what the account holds of a base asset, whoever bought it. Which of the instruments it
// was bought in is for who knows what was traded; those whose filters were learnt are told, the account's zeros
// among them.
Result<std::vector<VenuePosition>> ExchangeVenue::holdings_of(
    const std::vector<model::PaperBalance>& balances) const {
  if (store_ == nullptr) return std::vector<VenuePosition>{};
  TVH_TRY(const auto kept, store_->read_instruments(settings_.name));
  std::map<std::string, VenuePosition> by_asset;
  for (const auto& one : kept) {
    VenuePosition& position = by_asset[one.instrument.base_asset];
    if (position.instrument.empty()) {
      position.instrument = one.instrument.name;
      position.asset = one.instrument.base_asset;
    } else {
      position.also.push_back(one.instrument.name);
    }
  }
  for (const auto& balance : balances) {
    const auto found = by_asset.find(balance.asset);
    if (found != by_asset.end()) found->second.quantity += balance.amount;
  }
  std::vector<VenuePosition> held;
  for (auto& [asset, position] : by_asset) held.push_back(std::move(position));
  return held;
}

void ExchangeVenue::read_balances(Done<Result<std::vector<model::PaperBalance>>> done) {
  ask(exchange_->account(), Urgency::look, [this, done = std::move(done)](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_balances(response); });
    if (const auto* problem = std::get_if<Problem>(&reading)) return done(error_of(*problem));
    done(std::move(std::get<std::vector<model::PaperBalance>>(reading)));
  });
}

std::string ExchangeVenue::describe_clock() const {
  const Steady now = clock_.steady();
  const auto ahead =
      std::chrono::floor<std::chrono::milliseconds>(clock_.now().time_since_epoch()) - server_clock_.now(now);
  return "clock: ours is " + std::to_string(std::abs(ahead.count())) + " ms " +
         (ahead.count() < 0 ? "behind" : "ahead of") + " the venue's, which is known to " +
         std::to_string(server_clock_.uncertainty(now).count()) + " ms";
}

void ExchangeVenue::check(Done<std::vector<CheckLine>> done) {
  auto lines = std::make_shared<std::vector<CheckLine>>();
  // One after the other: each line is worth reading only if those before it hold.
  const auto money = [this, lines, done] {
    ask(exchange_->account(), Urgency::look, [this, lines, done](const Answer& answer) {
      std::vector<CheckLine> rights;
      auto reading = read(answer, [&](const auto& response) {
        rights = exchange_->read_account_rights(response);
        return exchange_->read_balances(response);
      });
      if (const auto* problem = std::get_if<Problem>(&reading)) {
        lines->push_back({error_of(*problem).code, error_of(*problem).message});
        return done(*lines);
      }
      for (auto& line : rights) lines->push_back(std::move(line));
      lines->push_back({std::nullopt, describe_clock()});
      lines->push_back({std::nullopt, "limit: " + std::to_string(budget_.used(clock_.steady())) + " of " +
                                          std::to_string(exchange_->weight_per_minute()) +
                                          " of the minute's request weight are used"});
      std::string text;
      for (const auto& balance : std::get<std::vector<model::PaperBalance>>(reading))
        text += " " + balance.amount.to_string() + " " + balance.asset;
      lines->push_back({std::nullopt, "balance:" + (text.empty() ? " nothing" : text)});
      done(*lines);
    });
  };
  const auto mode = [this, lines, money] {
    const auto question = exchange_->precondition();
    if (!question) return money();
    ask(*question, Urgency::look, [this, lines, money](const Answer& answer) {
      auto reading = read(answer, [&](const auto& response) { return exchange_->read_precondition(response); });
      if (const auto* problem = std::get_if<Problem>(&reading)) {
        lines->push_back({error_of(*problem).code, error_of(*problem).message});
      } else if (const auto& wrong = std::get<std::optional<std::string>>(reading)) {
        lines->push_back({Errc::configuration, *wrong});
      } else {
        lines->push_back({std::nullopt, "position mode: one-way"});
      }
      money();
    });
  };
  const auto question = exchange_->permissions();
  if (!question) {
    lines->push_back(
        {std::nullopt, "permissions of the key: not told here; make sure that it may not withdraw"});
    return mode();
  }
  ask(*question, Urgency::look, [this, lines, mode](const Answer& answer) {
    auto reading = read(answer, [&](const auto& response) { return exchange_->read_permissions(response); });
    if (const auto* problem = std::get_if<Problem>(&reading)) {
      lines->push_back({error_of(*problem).code, error_of(*problem).message});
    } else {
      for (auto& line : std::get<std::vector<CheckLine>>(reading)) lines->push_back(std::move(line));
    }
    mode();
  });
}

}  // namespace tvh::venue
