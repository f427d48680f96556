// What an order's answer may be when something goes wrong on the way, at every exchange: nothing is sent twice,
// nothing is said that is not so.
#include <algorithm>

#include "contract/exchange_cases.hpp"

using namespace tvh;
using namespace tvh::test;
using model::NotFound;
using model::NotTaken;
using model::OrderReport;
using model::OrderState;
using model::Refused;
using model::RetryClass;
using model::Unknown;

TEST_CASE(
    "exchange: an answer that is lost, cut off or unreadable leaves the order unknown, and a query tells") {
  const auto stand = exchange_stand();
  const std::string fault = GENERATE("reply_lost", "error_after_accept", "truncated", "malformed", "reset",
                                     "request_lost", "late_accept");
  INFO(fault);
  for (int time = 0; time < 4; ++time) {  // the simulator has several words for some
    const auto order = resting(*stand, "tvh" + std::to_string(time));
    stand->simulator().fail_next(fault, "POST", stand->order_path());
    check_says_no_secret(as<Unknown>(stand->submit(order)).why);
    CHECK(stand->placed() == time + 1);
    if (fault == "late_accept") continue;  // not there yet, and will be
    const auto orders = stand->orders();
    const bool exists = std::any_of(orders.begin(), orders.end(),
                                    [&](const auto& one) { return one.client_id == order.client_order_id; });
    if (fault != "reset") CHECK(exists == (fault != "request_lost"));
    const auto told = stand->query(order);
    CHECK(std::holds_alternative<OrderReport>(told) == exists);
    CHECK(std::holds_alternative<NotFound>(told) == !exists);
  }
}

TEST_CASE("exchange: an order that was lost on the way may be sent again, and then is one order") {
  const auto stand = exchange_stand();
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("request_lost", "POST", stand->order_path());
  as<Unknown>(stand->submit(order));
  as<NotFound>(stand->query(order));
  accepted(stand->submit(order));
  CHECK(stand->orders().size() == 1);
}

TEST_CASE("exchange: an order that landed unseen and is sent again is adopted, not doubled") {
  const auto stand = exchange_stand();
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("reply_lost", "POST", stand->order_path());
  as<Unknown>(stand->submit(order));
  const auto report = accepted(stand->submit(order));
  CHECK(report.state == OrderState::accepted);
  CHECK(report.venue_order_id == found(stand->query(order)).venue_order_id);
  CHECK(stand->orders().size() == 1);
}

TEST_CASE("exchange: while an order is not shown yet, its id sent again says that it is there") {
  const auto stand = exchange_stand({"--invisible-ms", "60000"});
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("invisible", "POST", stand->order_path());
  accepted(stand->submit(order));
  as<NotFound>(stand->query(order));
  CHECK(accepted(stand->submit(order)).state == OrderState::accepted);
  CHECK(stand->orders().size() == 1);
}

TEST_CASE("exchange: a look whose answer is lost or unreadable proves nothing") {
  const auto stand = exchange_stand();
  const auto order = resting(*stand, "tvha");
  accepted(stand->submit(order));
  for (const char* fault : {"reply_lost", "unavailable", "truncated", "malformed", "reset", "request_lost"}) {
    INFO(fault);
    stand->simulator().fail_next(fault, "GET", stand->order_path());
    check_says_no_secret(as<Unknown>(stand->query(order)).why);
  }
  CHECK(found(stand->query(order)).state == OrderState::accepted);
}

TEST_CASE("exchange: a cancel whose answer is lost is asked again, and says how the order ended") {
  const auto stand = exchange_stand();
  for (const std::string fault : {"reply_lost", "error_after_accept", "truncated", "malformed"}) {
    INFO(fault);
    const auto order = resting(*stand, "tvh" + fault.substr(0, 5));
    accepted(stand->submit(order));
    stand->simulator().fail_next(fault, "DELETE", stand->order_path());
    check_says_no_secret(as<Unknown>(stand->cancel(order)).why);
    CHECK(as<OrderReport>(stand->cancel(order)).state == OrderState::cancelled);
  }
}

TEST_CASE("exchange: a refusal keeps the venue's code and text") {
  const auto stand = exchange_stand();
  const bool spot = stand->venue().capabilities().spot;
  auto order = resting(*stand, "tvha");
  order.quantity = dec("100");
  const auto poor = as<Refused>(stand->submit(order));
  CHECK(poor.code == (spot ? "-2010" : "-2019"));
  CHECK(poor.message ==
        (spot ? "Account has insufficient balance for requested action." : "Margin is insufficient."));
  order.quantity = dec("0.0100000001");
  const auto fine = as<Refused>(stand->submit(order));
  CHECK(fine.code == "-1111");
  CHECK_FALSE(fine.message.empty());
  order.quantity = dec("0.01");
  order.limit_price = dec("49000.001");
  CHECK(as<Refused>(stand->submit(order)).code == (spot ? "-1013" : "-1111"));
  CHECK(stand->orders().empty());
}

TEST_CASE("exchange: a throttled order was not taken, nothing leaves during the pause, looks wait it out") {
  const auto stand = exchange_stand();
  const SystemClock clock;
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("throttled", "POST", stand->order_path());
  const auto first = as<NotTaken>(stand->submit(order));
  const auto since = clock.steady();
  CHECK(first.why == RetryClass::throttled);
  CHECK(first.retry_after == std::chrono::seconds(1));
  check_says_no_secret(first.message);
  const auto before = stand->requests().size();
  const auto second = as<NotTaken>(stand->submit(order));
  CHECK(second.why == RetryClass::throttled);
  REQUIRE(second.retry_after);
  CHECK(*second.retry_after <= std::chrono::seconds(1));
  CHECK(*second.retry_after > Nanoseconds(0));
  CHECK(stand->requests().size() == before);
  as<NotFound>(stand->query(order));
  // The pause began before the answer was seen here.
  CHECK(clock.steady() - since > std::chrono::milliseconds(700));
  accepted(stand->submit(order));
}

TEST_CASE("exchange: during a ban nothing at all leaves, not even a look at the clock") {
  const auto stand = exchange_stand({"--ban-ms", "1000"});
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("ban", "GET", stand->time_path());
  CHECK(as<NotTaken>(stand->submit(order)).why == RetryClass::throttled);
  as<NotFound>(stand->query(order));  // asked for during the ban
  const auto requests = stand->requests();
  CHECK(std::count_if(requests.begin(), requests.end(), [](const auto& one) { return one.status == 418; }) ==
        1);
  accepted(stand->submit(order));
}

TEST_CASE("exchange: an order does not wait for the venue's clock beyond what its fence allows for") {
  const auto stand = exchange_stand({"--slow-ms", "1300"});
  const SystemClock clock;
  stand->simulator().fail_next("slow", "GET", stand->time_path());
  const auto order = resting(*stand, "tvha");
  const auto since = clock.steady();
  const auto not_taken = as<NotTaken>(stand->submit(order));
  CHECK(clock.steady() - since >= venue::kOrderPatience);
  CHECK(not_taken.why == RetryClass::clock);
  CHECK(stand->venue().capabilities().fence >= venue::kOrderPatience + std::chrono::seconds(3));
  as<NotFound>(stand->query(order));  // looks wait longer
  CHECK(stand->placed() == 0);
  accepted(stand->submit(order));
}

TEST_CASE("exchange: without the venue's clock an order is not sent, and is not unknown either") {
  const auto stand = exchange_stand();
  for (const char* fault : {"malformed", "unavailable", "request_lost", "reset", "truncated"}) {
    INFO(fault);
    stand->restart();
    stand->simulator().fail_next(fault, "GET", stand->time_path(), 4);
    const auto not_taken = as<NotTaken>(stand->submit(resting(*stand, "tvha")));
    CHECK(not_taken.why == RetryClass::unreachable);
    check_says_no_secret(not_taken.message);
  }
  CHECK(stand->placed() == 0);
  stand->restart();
  accepted(stand->submit(resting(*stand, "tvha")));
}

TEST_CASE("exchange: a look at the clock that fails is repeated while an order waits for it") {
  const auto stand = exchange_stand();
  stand->simulator().fail_next("request_lost", "GET", stand->time_path(), 2);
  accepted(stand->submit(resting(*stand, "tvha")));
  CHECK(stand->placed() == 1);
}

TEST_CASE("exchange: an order that waits for the venue's clock can be dropped, and never leaves") {
  const auto stand = exchange_stand();
  std::optional<model::SubmitOutcome> told;
  stand->venue().submit(resting(*stand, "tvha"),
                        [&](model::SubmitOutcome outcome) { told = std::move(outcome); });
  CHECK_FALSE(told);
  stand->venue().drop_unsent();
  REQUIRE(told);
  CHECK(as<NotTaken>(*told).why == RetryClass::unreachable);
  as<NotFound>(stand->query(resting(*stand, "tvha")));  // looks are not
  CHECK(stand->placed() == 0);
}

TEST_CASE("exchange: a look that is turned away for the rate or its timestamp is asked again in its turn") {
  const auto stand = exchange_stand({"--ban-ms", "1000"});
  const auto order = resting(*stand, "tvha");
  accepted(stand->submit(order));
  for (const char* fault : {"throttled", "ban"}) {
    INFO(fault);
    stand->simulator().fail_next(fault, "GET", stand->order_path());
    CHECK(found(stand->query(order)).state == OrderState::accepted);
  }
  stand->simulator().post("clock", R"({"advance_ms":60000})");
  CHECK(found(stand->query(order)).state == OrderState::accepted);
}

TEST_CASE("exchange: a venue that turns every look away is not asked without end") {
  const auto stand = exchange_stand();
  const auto order = resting(*stand, "tvha");
  accepted(stand->submit(order));
  const auto before = stand->requests().size();
  stand->simulator().fail_next("throttled", "GET", stand->order_path(), 100);
  check_says_no_secret(as<Unknown>(stand->query(order)).why);
  CHECK(stand->requests().size() - before <= 6);
}

TEST_CASE(
    "exchange: a timestamp the venue refuses is an order not taken, and the next one carries a right one") {
  const auto stand = exchange_stand();
  accepted(stand->submit(resting(*stand, "tvha")));
  for (const std::string jump : {"60000", "-90000"}) {
    INFO(jump);
    stand->simulator().post("clock", R"({"advance_ms":)" + jump + "}");
    const auto order = resting(*stand, "tvh" + jump.substr(jump.size() - 5));
    const auto not_taken = as<NotTaken>(stand->submit(order));
    CHECK(not_taken.why == RetryClass::clock);
    check_says_no_secret(not_taken.message);
    accepted(stand->submit(order));
  }
  CHECK(stand->orders().size() == 3);
}

TEST_CASE(
    "exchange: a process that ends before the answer finds its order afterwards, and does not double it") {
  const auto stand = exchange_stand();
  const auto order = resting(*stand, "tvha");
  stand->simulator().fail_next("silent", "POST", stand->order_path());
  bool answered = false;
  stand->venue().submit(order, [&](const model::SubmitOutcome&) { answered = true; });
  // The order is there long before its answer is given up.
  while (!answered && stand->orders().empty()) stand->pass_time(std::chrono::milliseconds(5));
  REQUIRE_FALSE(answered);
  stand->restart();
  CHECK_FALSE(answered);
  CHECK(found(stand->query(order)).state == OrderState::accepted);
  accepted(stand->submit(order));
  CHECK(stand->orders().size() == 1);
}
