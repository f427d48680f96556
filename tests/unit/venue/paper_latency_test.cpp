// The way there: with a latency, what is asked arrives later, in the order it was asked.
#include "unit/venue/paper_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Side;
using std::chrono::milliseconds;

struct FarDesk {
  explicit FarDesk(milliseconds latency) {
    settings.latency = latency;
    open();
  }
  void open() { venue = std::move(*venue::PaperVenue::open(settings, store, clock)); }
  void submit(const char* id, const char* price = "100") {
    venue->submit(PaperDesk::make_request(id, "BTCUSDT", Side::buy, "1", price),
                  [this, id](const model::SubmitOutcome&) { answers += std::string("submit ") + id + ";"; });
  }
  void query(const char* id) {
    venue->query_order({id, "", "BTCUSDT"}, [this](const model::QueryOutcome& outcome) {
      answers += std::holds_alternative<model::NotFound>(outcome) ? "not found;" : "found;";
    });
  }
  void pass(milliseconds time) {
    clock.advance(time);
    venue->run_due();
  }

  venue::PaperSettings settings = venue::default_paper_settings();
  ManualClock clock{at_second(0)};
  MemoryPaperStore store;
  std::unique_ptr<venue::PaperVenue> venue;
  std::string answers;
};

}  // namespace

TEST_CASE("paper: with a latency an order takes effect and is answered that much later, not before") {
  FarDesk desk(milliseconds(800));
  CHECK_FALSE(desk.venue->next_due());
  const auto called = desk.clock.steady();
  desk.submit("tvha");
  CHECK(desk.venue->next_due() == called + milliseconds(800));
  desk.pass(milliseconds(799));
  CHECK(desk.answers.empty());
  CHECK(desk.store.read_balance("BTC")->is_zero());
  desk.pass(milliseconds(1));
  CHECK(desk.answers == "submit tvha;");
  CHECK(*desk.store.read_balance("BTC") == dec("1"));
  CHECK_FALSE(desk.venue->next_due());
}

TEST_CASE(
    "paper: what is asked at one time arrives in the order it was asked; a query on the way sees nothing yet") {
  FarDesk desk(milliseconds(10));
  desk.query("tvha");
  desk.submit("tvha");
  desk.query("tvha");
  desk.venue->cancel({"tvhb", "", "BTCUSDT"},
                     [&](const model::CancelOutcome&) { desk.answers += "cancelled;"; });
  desk.pass(milliseconds(5));
  desk.submit("tvhb");
  desk.pass(milliseconds(5));
  CHECK(desk.answers == "not found;submit tvha;found;cancelled;");
  desk.pass(milliseconds(5));
  CHECK(desk.answers == "not found;submit tvha;found;cancelled;submit tvhb;");
}

TEST_CASE("paper: looks take no time, and prices are seen where the venue is") {
  FarDesk desk(milliseconds(10));
  desk.venue->observe_price("BTCUSDT", dec("100"));
  desk.venue->look_up({"BTCUSDT", model::Market::spot, true, true}, [&](const model::LookUpOutcome& found) {
    CHECK(std::get<model::MarketFacts>(found).price == dec("100"));
    desk.answers += "looked;";
  });
  desk.venue->read_positions([&](const auto&) { desk.answers += "positions;"; });
  desk.venue->read_balances([&](const auto&) { desk.answers += "balances;"; });
  CHECK(desk.answers == "looked;positions;balances;");
}

TEST_CASE("paper: what had not arrived when the process died exists nowhere") {
  FarDesk desk(milliseconds(10));
  desk.submit("tvha");
  desk.open();
  desk.pass(milliseconds(20));
  CHECK(desk.answers.empty());
  desk.query("tvha");
  desk.pass(milliseconds(20));
  CHECK(desk.answers == "not found;");
}
