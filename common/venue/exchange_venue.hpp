// A venue behind a REST interface: asks what an Exchange words, over one HTTP client, within the venue's limits
// and by the venue's clock, and answers as venue.hpp promises.
//
// Nothing here sends an order twice. An order that may not leave now (a pause the venue asked for, or no clock
// within kOrderPatience) is answered NotTaken; looks wait in line instead, up to half a minute.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "client/http_client.hpp"
#include "model/instrument_store.hpp"
#include "venue/exchange.hpp"
#include "venue/request_budget.hpp"
#include "venue/server_clock.hpp"

namespace tvh::venue {

struct ExchangeSettings {
  std::string name;                        // the venue's, [venue.NAME]
  std::string base_url;                    // no slash at its end
  std::chrono::milliseconds window{3000};  // of a signed request: the smaller, the sooner absence is proven
  Nanoseconds timeout = std::chrono::seconds(12);  // Binance itself waits 10 s for its engine
  std::vector<Secret> secrets;                     // taken out of whatever text the venue sends
  std::string ca_file;                             // "": the system's
};

class ExchangeVenue final : public Venue {
 public:
  // `store` may be nullptr: instruments are then asked for anew by every process.
  ExchangeVenue(ExchangeSettings settings, std::unique_ptr<Exchange> exchange, const Clock& clock,
                model::InstrumentStore* store);

  const std::string& name() const override { return settings_.name; }
  const model::Capabilities& capabilities() const override { return exchange_->capabilities(); }
  void submit(const model::OrderRequest& order, Done<model::SubmitOutcome> done) override;
  void query_order(const model::OrderKey& order, Done<model::QueryOutcome> done) override;
  void cancel(const model::OrderKey& order, Done<model::CancelOutcome> done) override;
  void look_up(const model::LookUp& wanted, Done<model::LookUpOutcome> done) override;
  void read_positions(Done<Result<std::vector<VenuePosition>>> done) override;
  void read_balances(Done<Result<std::vector<model::PaperBalance>>> done) override;

  // What --check wants to know: reach, clock, permissions, position mode, money.
  void check(Done<std::vector<CheckLine>> done);

  void drop_unsent() override;
  std::optional<std::chrono::steady_clock::time_point> paused_until() const override;
  void pause_until(std::chrono::steady_clock::time_point until) override { budget_.pause(until); }
  int wait_fd() const override { return http_.wait_fd(); }
  std::optional<std::chrono::steady_clock::time_point> next_due() const override;
  void run_due() override;

 private:
  static constexpr std::chrono::seconds kLookPatience{30};

  using Steady = std::chrono::steady_clock::time_point;
  using Urgency = RequestBudget::Urgency;
  // What came of an Ask: an answer to be read, or nothing.
  using Answer = std::variant<client::Response, client::Failure, Problem>;
  using OnAnswer = std::function<void(Answer)>;
  struct Question {
    Ask ask;
    Urgency urgency;
    OnAnswer done;
    std::chrono::seconds patience;
    Steady until;   // it does not leave after that
    int times = 0;  // it has left
  };
  enum class Usable { now, later };
  enum class Clockless { wait, give_up };  // questions that cannot be signed yet

  // exchange_venue.cpp: one question.
  void ask(Ask ask, Urgency urgency, OnAnswer done);
  void ask(Ask ask, Urgency urgency, std::chrono::seconds patience, OnAnswer done);
  bool can_sign(const Question& question, Steady now) const;
  Problem over_our_limit(Nanoseconds wait) const;
  void wait(Question question);
  void send(Question question);
  Usable take_usage(const client::Response& response, Steady asked);
  void pause(std::optional<Nanoseconds> asked, Steady now);
  void synchronise();
  void on_time(Steady asked, const client::Outcome& outcome);
  std::optional<Problem> take_time(Steady asked, const client::Outcome& outcome);
  void release_waiting(Clockless clockless);
  // What was answered, or why it says nothing: an ambiguous Problem where the request may have been dealt with.
  template <class Read>
  auto read(const Answer& answer, const Read& read_response) const
      -> decltype(read_response(std::declval<const client::Response&>())) {
    if (const auto* problem = std::get_if<Problem>(&answer)) return scrubbed(*problem);
    if (const auto* failure = std::get_if<client::Failure>(&answer)) return problem_of(*failure);
    auto reading = read_response(std::get<client::Response>(answer));
    if (auto* problem = std::get_if<Problem>(&reading)) *problem = timed(scrubbed(std::move(*problem)));
    return reading;
  }
  static Problem problem_of(const client::Failure& failure);
  Problem scrubbed(Problem problem) const;
  Problem timed(Problem problem) const;

  // exchange_orders.cpp
  void adopt(const model::OrderKey& order, const Done<model::SubmitOutcome>& done);
  void read_order_answer(const model::OrderKey& order, const Answer& answer, bool may_follow,
                         const Done<model::QueryOutcome>& done);
  void find_fills(const model::OrderKey& order, model::OrderReport report,
                  const Done<model::QueryOutcome>& done);

  // exchange_facts.cpp
  struct Looking;  // the questions of one look_up() that are under way
  void find_price(const std::shared_ptr<Looking>& looking);
  void find_instrument(const std::shared_ptr<Looking>& looking);
  void fetch_instruments(const std::string& name, const std::shared_ptr<Looking>& looking);
  void check_precondition(const std::shared_ptr<Looking>& looking);
  void keep(const std::vector<model::Instrument>& instruments);
  const model::KeptInstrument* known(const std::string& name);
  Result<std::vector<VenuePosition>> holdings_of(const std::vector<model::PaperBalance>& balances) const;
  Error error_of(const Problem& problem) const;
  std::string describe_clock() const;

  ExchangeSettings settings_;
  std::unique_ptr<Exchange> exchange_;
  const Clock& clock_;
  model::InstrumentStore* store_;
  std::chrono::seconds pause_;  // the next one that the venue gives no length
  Steady pause_ends_{};         // of the last such one
  client::HttpClient http_;
  ServerClock server_clock_;
  RequestBudget budget_;
  std::deque<Question> waiting_;
  bool synchronising_ = false;
  int samples_ = 0;                      // of the clock, in this round
  std::optional<Steady> next_sync_;      // absent: nothing was asked of the venue yet
  std::optional<Problem> sync_problem_;  // of the last look at the clock
  int sync_failures_ = 0;                // in a row, while something waits
  Steady sync_again_{};                  // not before
  Steady clock_asked_{};                 // what is known of it was asked for
  std::map<std::string, model::KeptInstrument> instruments_;
  std::map<std::string, std::vector<std::shared_ptr<Looking>>> fetching_;  // by the question under way
  // By instrument, those that close apart.
  std::map<std::pair<std::string, bool>, std::vector<std::shared_ptr<Looking>>> asking_price_;
  std::vector<std::shared_ptr<Looking>> asking_precondition_;
  std::optional<Steady> precondition_met_;
};

}  // namespace tvh::venue
