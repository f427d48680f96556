// The queue's rules one by one, with time a number the test ticks.
#include "tvhook-listen/arrival_queue.hpp"

#include "support/catch.hpp"
#include "unit/listen/answer_recorder.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace std::chrono_literals;
using journal::Arrival;
using journal::Stored;

namespace {

const TimePoint kStart = from_nanoseconds(1'700'000'000'000'000'000);

// Time goes on steadily, and somebody sets the clock.
class SetClock final : public Clock {
 public:
  TimePoint now() const override { return steady_.now() + set_by_; }
  SteadyTime steady() const override { return steady_.steady(); }
  void advance(Nanoseconds by) { steady_.advance(by); }
  void set(Nanoseconds by) { set_by_ = by; }

 private:
  ManualClock steady_{kStart};
  Nanoseconds set_by_{0};
};

struct Bench {
  explicit Bench(const QueueLimits& limits = {})
      : queue(limits, clock, [this](const Arrival&, Unavailable why) { reasons.push_back(why); }) {}

  // One alert; equal `bytes` are equal alerts.
  void push(std::uint64_t ticket, char bytes) {
    Arrival arrival;
    arrival.signal.emplace();
    arrival.signal->id = std::string(1, bytes);
    arrival.alert.received_at = clock.now();
    arrival.alert.original_hash.fill(std::uint8_t(bytes));
    queue.push(std::move(arrival), server::Responder(answers, ticket));
  }
  void push_refusal() { queue.push(Arrival{}, server::Responder()); }

  std::size_t take() {
    queue.take_batch(batch, 0ms);
    return batch.size();
  }
  std::vector<std::size_t> store(Stored::Kind kind = Stored::Kind::accepted) {
    return queue.store_batch(std::vector<Stored>(batch.size(), Stored{kind, "id", "record"}));
  }

  SetClock clock;
  std::shared_ptr<AnswerRecorder> answers = std::make_shared<AnswerRecorder>();
  std::vector<Unavailable> reasons;
  ArrivalQueue queue;
  std::vector<Arrival> batch;
};

}  // namespace

TEST_CASE("queue: all that waits is one batch, answered by what became of each") {
  Bench bench;
  bench.push(1, 'a');
  bench.push_refusal();
  bench.push(2, 'b');
  REQUIRE(bench.take() == 3);
  CHECK(bench.answers->status(1) == 0);
  const std::vector<Stored> stored = {
      {Stored::Kind::accepted, "new", "r"}, {}, {Stored::Kind::duplicate, "old", ""}};
  CHECK(bench.queue.store_batch(stored).empty());
  CHECK(bench.answers->answer(1).body == R"({"status":"accepted","id":"new"})");
  CHECK(bench.answers->answer(2).body == R"({"status":"duplicate","id":"old"})");
  CHECK(bench.take() == 0);
}

TEST_CASE("queue: what waits 2 s is taken out, answered 503, and in no later batch") {
  Bench bench;
  bench.push(1, 'a');
  bench.push_refusal();
  bench.clock.advance(1s);
  bench.push(2, 'b');
  CHECK(bench.queue.expire(bench.clock.steady()) == bench.clock.steady() + 1s);
  CHECK(bench.answers->status(1) == 0);
  bench.clock.advance(1s);
  CHECK(bench.queue.expire(bench.clock.steady()) == bench.clock.steady() + 1s);
  CHECK(bench.answers->status(1) == 503);
  CHECK(bench.answers->answer(1).retry_after_seconds == 5);
  CHECK(bench.answers->status(2) == 0);
  REQUIRE(bench.take() == 2);  // the refusal, which nobody waits for, and the second alert
  CHECK_FALSE(bench.batch[0].signal.has_value());
  CHECK(bench.batch[1].signal->id == "b");
  bench.store();
  CHECK(bench.answers->status(2) == 200);
  CHECK(bench.answers->answered_twice() == 0);
}

TEST_CASE("queue: a writer that finds nothing because it was given up on does not go to sleep over it") {
  Bench bench;
  bench.push(1, 'a');
  bench.clock.advance(2s);  // the whole program stood still
  bench.queue.expire(bench.clock.steady());
  CHECK(bench.answers->status(1) == 503);
  bench.queue.take_batch(bench.batch, 1h);
  CHECK(bench.batch.empty());
  CHECK(bench.take() == 0);
}

TEST_CASE("queue: what is being committed is awaited until 2.8 s after its arrival, then answered 503 once") {
  Bench bench;
  bench.push(1, 'a');
  bench.clock.advance(1900ms);
  bench.push(2, 'b');
  REQUIRE(bench.take() == 2);
  bench.clock.advance(899ms);
  CHECK(bench.queue.expire(bench.clock.steady()) == bench.clock.steady() + 1ms);
  CHECK(bench.answers->status(1) == 0);
  bench.clock.advance(1ms);
  bench.queue.expire(bench.clock.steady());
  CHECK(bench.answers->status(1) == 503);
  CHECK(bench.answers->status(2) == 0);
  CHECK(bench.reasons == std::vector{Unavailable::commit_overdue});
  CHECK(bench.store() == std::vector<std::size_t>{0});  // it was stored after all, and the writer is told
  CHECK(bench.answers->status(2) == 200);
  CHECK(bench.answers->answered_twice() == 0);
}

TEST_CASE("queue: with nothing owed there is no deadline") {
  Bench bench;
  CHECK_FALSE(bench.queue.expire(bench.clock.steady()).has_value());
  bench.push_refusal();
  CHECK_FALSE(bench.queue.expire(bench.clock.steady()).has_value());
  bench.take();
  bench.push(1, 'a');
  bench.store();
  CHECK(bench.queue.expire(bench.clock.steady()) == bench.clock.steady() + 2s);
}

TEST_CASE("queue: over its bound an alert is answered 503 at once and a refusal is left out") {
  QueueLimits limits;
  limits.capacity = 2;
  Bench bench(limits);
  bench.push(1, 'a');
  bench.push(2, 'b');
  bench.push(3, 'c');
  bench.push_refusal();
  CHECK(bench.answers->status(3) == 503);
  CHECK(bench.reasons == std::vector{Unavailable::queue_is_full});
  CHECK(bench.take() == 2);
}

TEST_CASE(
    "queue: a batch that was not stored is answered 503, and one arrival that cannot be stored alone too") {
  Bench bench;
  bench.push(1, 'a');
  bench.take();
  bench.queue.fail_batch();
  CHECK(bench.answers->status(1) == 503);
  bench.push(2, 'b');
  bench.push(3, 'c');
  bench.take();
  bench.queue.store_batch(
      std::vector<Stored>{{Stored::Kind::failed, "", "why"}, {Stored::Kind::accepted, "x", ""}});
  CHECK(bench.answers->status(2) == 503);
  CHECK(bench.answers->status(3) == 200);
}

TEST_CASE("queue: equal bytes within 60 s of a 503 are its resend until one is answered 200, others are none") {
  Bench bench;
  bench.push(1, 'a');
  bench.clock.advance(2s);
  bench.queue.expire(bench.clock.steady());
  REQUIRE(bench.answers->status(1) == 503);
  bench.clock.advance(5s);
  bench.push(2, 'a');
  bench.push(3, 'b');
  REQUIRE(bench.take() == 2);
  CHECK(bench.batch[0].resend_of == "");
  CHECK_FALSE(bench.batch[1].resend_of.has_value());
  bench.store();
  bench.push(4, 'a');  // answered 200, it is not sent again: this is the next bar's
  bench.take();
  CHECK_FALSE(bench.batch[0].resend_of.has_value());
  bench.queue.fail_batch();
  bench.clock.advance(61s);
  bench.push(5, 'a');
  bench.take();
  CHECK_FALSE(bench.batch[0].resend_of.has_value());
}

TEST_CASE("queue: a clock that is set anew between a 503 and its resend changes nothing") {
  for (const auto step : {-7200s, -120s, 120s, 7200s}) {
    Bench bench;
    bench.push(1, 'a');
    bench.take();
    bench.clock.advance(3s);
    bench.queue.expire(bench.clock.steady());
    bench.store();
    CHECK_FALSE(bench.queue.owes_nothing());
    bench.clock.set(step);
    bench.clock.advance(5s);
    bench.push(2, 'a');
    bench.take();
    CHECK(bench.batch[0].resend_of == "id");
  }
}

TEST_CASE("queue: what a dead process may not have answered is recognised for 30 s from its arrival") {
  Bench bench;
  Digest digest{};
  digest.fill('a');
  bench.queue.recall(std::vector<journal::KeptAlert>{{digest, kStart - 20s, "kept"}});
  bench.clock.advance(10s);
  bench.push(1, 'a');
  bench.take();
  CHECK(bench.batch[0].resend_of == "kept");
  bench.queue.fail_batch();

  Bench later;
  later.queue.recall(std::vector<journal::KeptAlert>{{digest, kStart - 20s, "kept"}});
  later.clock.advance(11s);
  later.push(1, 'a');
  later.take();
  CHECK_FALSE(later.batch[0].resend_of.has_value());
}

TEST_CASE(
    "queue: a commit that outlasted its answer is what every later resend refers to, even after more 503s") {
  Bench bench;
  bench.push(1, 'a');
  bench.take();
  bench.clock.advance(3s);
  bench.queue.expire(bench.clock.steady());
  bench.store();
  bench.clock.advance(3s);
  bench.push(2, 'a');
  bench.clock.advance(2s);
  bench.queue.expire(bench.clock.steady());  // the resend waited too long
  REQUIRE(bench.answers->status(2) == 503);
  bench.clock.advance(5s);
  bench.push(3, 'a');
  bench.take();
  CHECK(bench.batch[0].resend_of == "id");
}

TEST_CASE("queue: closed, it takes no more in, hands out what waits, and is then finished") {
  Bench bench;
  bench.push(1, 'a');
  bench.queue.close();
  bench.push(2, 'b');
  CHECK(bench.answers->status(2) == 503);
  CHECK_FALSE(bench.queue.is_finished());
  REQUIRE(bench.take() == 1);
  CHECK_FALSE(bench.queue.is_finished());
  bench.store();
  CHECK(bench.answers->status(1) == 200);
  CHECK(bench.queue.is_finished());
}

TEST_CASE("resend memory: it forgets the oldest over its capacity, and each after its time") {
  ResendMemory memory(2);
  const SteadyTime start{};
  Digest first{}, second{}, third{};
  first.fill(1), second.fill(2), third.fill(3);
  memory.remember(first, start + 60s, "one");
  memory.remember(second, start + 61s, "");
  memory.remember(third, start + 62s, "");
  CHECK_FALSE(memory.find(first, start).has_value());
  CHECK(memory.find(second, start + 61s) == "");
  CHECK_FALSE(memory.find(second, start + 62s).has_value());
  CHECK(memory.find(third, start + 62s) == "");
  CHECK_FALSE(memory.find(third, start + 63s).has_value());
  CHECK(memory.empty());
}

TEST_CASE("resend memory: that it is in the journal is not forgotten for a later 503") {
  ResendMemory memory(8);
  const SteadyTime start{};
  Digest digest{};
  memory.remember(digest, start + 60s, "one");
  memory.remember(digest, start + 70s, "");
  CHECK(memory.find(digest, start + 70s) == "one");
  CHECK(memory.holds_stored(start + 70s));
  CHECK_FALSE(memory.holds_stored(start + 71s));
  memory.forget(digest);
  CHECK_FALSE(memory.find(digest, start).has_value());
}
