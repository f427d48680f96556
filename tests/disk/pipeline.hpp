// The listener's path from request to answer over a real journal, in one thread: intake, queue, writer, store,
// with time a number. Which alerts share a commit is the same in every run, so that "the third write" always
// means the same one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "journal/alert_store.hpp"
#include "journal/journal.hpp"
#include "server/message.hpp"
#include "tvhook-listen/arrival_queue.hpp"
#include "tvhook-listen/intake.hpp"
#include "tvhook-listen/journal_writer.hpp"

namespace tvh::test {

// An alert as TradingView sends it, and how to find its signals in the journal.
struct SampleAlert {
  std::string body;
  std::string quantity;  // no other alert of a test has it
  int signals = 1;
};

// The i-th of a test. Each way of being recognised has its turn: by an id, by time and order, by content alone,
// several signals in one; some are of many pages.
SampleAlert sample_alert(std::size_t number);

// What TradingView knows of one alert.
struct Delivery {
  int sent = 0;
  int status = 0;  // of the last answer; 0: none
  bool acknowledged() const { return status == 200; }
};

class Pipeline {
 public:
  struct Script {
    std::vector<SampleAlert> alerts;
    // Each arrives while the one before it is being stored: what a group holds is committed together.
    std::vector<std::vector<std::size_t>> groups;
    // After a 503, 5 s later. TradingView does so three times at most; once has to be enough here.
    int resends = 1;
    // Other work on the journal between commits: checkpoints in both ways.
    bool checkpoints = true;
  };
  using OnDelivery = std::function<void(std::size_t alert, const Delivery& delivery)>;

  // `deliveries` is kept by the caller, since it outlives this listener's life; one for each alert.
  // `on_delivery` is told of every change in it.
  Pipeline(std::unique_ptr<journal::Journal> journal, const Script& script, ManualClock& clock,
           std::vector<Delivery>& deliveries, OnDelivery on_delivery = {});
  ~Pipeline();

  // Before what was answered 503 is sent again.
  void set_before_resends(std::function<void()> call) { before_resends_ = std::move(call); }

  // Until every alert is answered and nothing is left to send again.
  void run();

 private:
  class Answers;
  class Store;

  void send(std::size_t alert);
  void send_refusal();
  void arrive(bool alerts_in_flight);
  void keep_up(journal::Journal& journal);

  const Script& script_;
  ManualClock& clock_;
  std::vector<Delivery>& deliveries_;
  OnDelivery on_delivery_;
  std::function<void()> before_resends_;
  std::size_t next_group_ = 0;
  int upkeep_ = 0;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// One life of a listener: opens the journal, runs the script, stops in order. The error with which it could not
// start.
Result<void> live(const std::string& path, const Pipeline::Script& script, ManualClock& clock,
                  std::vector<Delivery>& deliveries, const Pipeline::OnDelivery& on_delivery = {},
                  const std::function<void()>& before_resends = {});

// What is wrong with the journal at `path`, in words: not sound, an acknowledged alert that is not there once,
// one that is there in part or twice. Empty when all is well. `deliveries` as far as they count.
std::vector<std::string> broken_promises(journal::Journal& journal, const std::vector<SampleAlert>& alerts,
                                         const std::vector<Delivery>& deliveries);

}  // namespace tvh::test
