#include "disk/pipeline.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "cli/log.hpp"
#include "engine/identity.hpp"
#include "journal/open.hpp"
#include "support/journal_invariants.hpp"

namespace tvh::test {

namespace {

constexpr int kManyTurns = 200;  // of the writer in one life; more is a script that does not end

IntakeSettings intake_settings() {
  IntakeSettings settings;
  settings.authentication = Authentication::none;
  settings.resend_window = [](const std::string&) { return engine::kDefaultResendWindow; };
  settings.hash_key = std::string(32, 'k');
  return settings;
}

server::RequestHead post_head() {
  server::RequestHead head;
  head.method = "POST";
  head.path = "/webhook";
  head.source = "127.0.0.1:5";
  return head;
}

// Nobody reads it: what is logged has tests of its own.
class NoLog {
 public:
  NoLog()
      : fd_(::open("/dev/null", O_WRONLY | O_CLOEXEC)),
        log_(fd_, "tvhook-listen", cli::LogLevel::error, cli::LogFormat::text) {}
  ~NoLog() { ::close(fd_); }
  NoLog(const NoLog&) = delete;
  NoLog& operator=(const NoLog&) = delete;
  cli::Log& log() { return log_; }

 private:
  int fd_;
  cli::Log log_;
};

}  // namespace

SampleAlert sample_alert(std::size_t number) {
  SampleAlert alert;
  alert.quantity = std::to_string(number + 1) + ".5";
  const std::string trade = R"("action":"buy","symbol":"BTCUSDT","quantity":")" + alert.quantity + "\"";
  const std::string name = std::to_string(number);
  switch (number % 5) {
    case 0:
      alert.body = "{" + trade + R"(,"signal_id":"id )" + name + "\"}";
      break;
    case 1:
      alert.body = "{" + trade + R"(,"order_id":"Long","time":"2026-11-20T10:15:00Z"})";
      break;
    case 2:
      alert.body = "{" + trade + "}";
      break;
    case 3: {
      const std::string one = R"({"stub":"d","direction":"long","size":")" + alert.quantity + R"(%","symbol":)";
      alert.body = "[" + one + "\"ETH-PERP\"}," + one + "\"BTC-PERP\"}]";
      alert.signals = 2;
      break;
    }
    default:
      alert.body =
          "{" + trade + R"(,"signal_id":"id )" + name + R"(","note":")" + std::string(9000, 'x') + "\"}";
  }
  return alert;
}

// Tickets are the alerts' numbers.
class Pipeline::Answers final : public server::AnswerSink {
 public:
  explicit Answers(Pipeline& pipeline) : pipeline_(pipeline) {}
  void deliver(std::uint64_t ticket, server::Answer answer) override {
    if (ticket == pipeline_.deliveries_.size()) return;  // a refusal's
    Delivery& delivery = pipeline_.deliveries_.at(ticket);
    delivery.status = answer.status;
    if (pipeline_.on_delivery_) pipeline_.on_delivery_(ticket, delivery);
  }

 private:
  Pipeline& pipeline_;
};

// The journal's store; while it stores a batch, more arrives.
class Pipeline::Store final : public journal::AlertStore {
 public:
  Store(std::unique_ptr<journal::Journal> journal, Pipeline& pipeline)
      : journal_(*journal), inner_(journal::make_alert_store(std::move(journal))), pipeline_(pipeline) {}

  Result<std::vector<journal::Stored>> append_arrivals(std::span<const journal::Arrival> arrivals) override {
    pipeline_.arrive(std::any_of(arrivals.begin(), arrivals.end(),
                                 [](const journal::Arrival& arrival) { return arrival.signal.has_value(); }));
    return inner_->append_arrivals(arrivals);
  }
  void maintain(journal::Upkeep upkeep) override {
    inner_->maintain(upkeep);
    pipeline_.keep_up(journal_);
  }
  Result<std::vector<journal::KeptAlert>> read_last_alerts(Nanoseconds span, TimePoint since) override {
    // Asked again, because it failed: what waited then was answered 503, and there is nothing to store now.
    if (asked_++ > 0) pipeline_.arrive(false);
    return inner_->read_last_alerts(span, since);
  }
  Result<void> probe() override { return inner_->probe(); }
  Result<void> note_all_answered() override { return inner_->note_all_answered(); }

 private:
  journal::Journal& journal_;
  std::unique_ptr<journal::AlertStore> inner_;
  Pipeline& pipeline_;
  int asked_ = 0;
};

struct Pipeline::Parts {
  Parts(std::unique_ptr<journal::Journal> journal, Pipeline& pipeline)
      : store(std::move(journal), pipeline),
        queue(QueueLimits(), pipeline.clock_, [](const journal::Arrival&, Unavailable) {}),
        log(quiet.log()),
        records(-1, log),
        intake(intake_settings(), {queue, health, pipeline.clock_, log}),
        writer({queue, store, health, records, log, pipeline.clock_, metrics}),
        answers(std::make_shared<Answers>(pipeline)) {}

  NoLog quiet;
  Store store;
  ListenMetrics metrics;
  JournalHealth health;
  ArrivalQueue queue;
  AlertLog log;
  RecordOutput records;
  Intake intake;
  JournalWriter writer;
  std::shared_ptr<Answers> answers;
};

Pipeline::Pipeline(std::unique_ptr<journal::Journal> journal, const Script& script, ManualClock& clock,
                   std::vector<Delivery>& deliveries, OnDelivery on_delivery)
    : script_(script),
      clock_(clock),
      deliveries_(deliveries),
      on_delivery_(std::move(on_delivery)),
      parts_(std::make_unique<Parts>(std::move(journal), *this)) {}

Pipeline::~Pipeline() { parts_->records.stop(std::chrono::milliseconds(0)); }

void Pipeline::run() {
  arrive(false);
  parts_->writer.run();
}

void Pipeline::send(std::size_t alert) {
  clock_.advance(std::chrono::microseconds(1));
  Delivery& delivery = deliveries_.at(alert);
  ++delivery.sent;
  delivery.status = 0;
  if (on_delivery_) on_delivery_(alert, delivery);
  parts_->intake.receive(post_head(), script_.alerts.at(alert).body, server::Responder(parts_->answers, alert));
}

void Pipeline::send_refusal() {
  parts_->intake.receive(post_head(), "no JSON", server::Responder(parts_->answers, deliveries_.size()));
}

// One group, or the resends of all that was answered 503. A batch whose answers are still to come is given
// company that owes nothing, so that there is another turn in which they are known.
void Pipeline::arrive(bool alerts_in_flight) {
  if (++upkeep_ > kManyTurns) throw std::logic_error("the script does not end");
  clock_.advance(std::chrono::milliseconds(1));
  if (next_group_ < script_.groups.size()) {
    for (const std::size_t alert : script_.groups[next_group_++]) send(alert);
    return;
  }
  if (alerts_in_flight) return send_refusal();
  std::vector<std::size_t> again;
  for (std::size_t alert = 0; alert < deliveries_.size(); ++alert) {
    if (deliveries_[alert].status == 503 && deliveries_[alert].sent <= script_.resends) again.push_back(alert);
  }
  if (!again.empty()) {
    if (before_resends_) before_resends_();
    clock_.advance(std::chrono::seconds(5));
    for (const std::size_t alert : again) send(alert);
  } else {
    parts_->queue.close();
  }
}

void Pipeline::keep_up(journal::Journal& journal) {
  if (!script_.checkpoints) return;
  if (upkeep_ % 4 == 1) journal.checkpoint(journal::Connection::Checkpoint::passive);
  if (upkeep_ % 4 == 3) journal.settle();
}

Result<void> live(const std::string& path, const Pipeline::Script& script, ManualClock& clock,
                  std::vector<Delivery>& deliveries, const Pipeline::OnDelivery& on_delivery,
                  const std::function<void()>& before_resends) {
  TVH_TRY(auto journal, journal::Journal::open(path));
  Pipeline pipeline(std::move(journal), script, clock, deliveries, on_delivery);
  pipeline.set_before_resends(before_resends);
  pipeline.run();
  return {};
}

std::vector<std::string> broken_promises(journal::Journal& journal, const std::vector<SampleAlert>& alerts,
                                         const std::vector<Delivery>& deliveries) {
  std::vector<std::string> broken;
  for (const auto& problem : read_column(journal, "PRAGMA integrity_check")) {
    if (problem != "ok") broken.push_back("integrity: " + problem);
  }
  std::map<std::string, int> found;
  for (const auto& quantity : read_column(journal, "SELECT json_extract(record, '$.quantity') FROM signals")) {
    ++found[quantity];
  }
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const int count = found[alerts[i].quantity];
    const std::string which = "alert " + std::to_string(i) + " has " + std::to_string(count) + " of " +
                              std::to_string(alerts[i].signals) + " signals";
    if (deliveries[i].acknowledged() && count < alerts[i].signals) broken.push_back("lost: " + which);
    if (count > alerts[i].signals) broken.push_back("twice: " + which);
    if (count > 0 && count < alerts[i].signals) broken.push_back("half: " + which);
  }
  return broken;
}

}  // namespace tvh::test
