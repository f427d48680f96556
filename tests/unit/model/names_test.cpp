#include "model/names.hpp"

#include <sstream>
#include <string>

#include "support/catch.hpp"

using namespace tvh::model;

namespace {

// Every text of the list is parsed, and printed as it was.
template <class Enum>
void check_round_trip(const std::string& list) {
  std::istringstream texts(list);
  std::string text;
  while (texts >> text) {
    CAPTURE(text);
    const auto value = parse_text<Enum>(text);
    REQUIRE(value.has_value());
    CHECK(to_text(*value) == text);
  }
}

}  // namespace

TEST_CASE("names: the texts of the records read back") {
  check_round_trip<Market>("spot perp");
  check_round_trip<Action>("buy sell close_long close_short close_all cancel target heartbeat");
  check_round_trip<SizeUnit>(
      "base quote contracts percent_equity percent_balance percent_position risk_percent");
  check_round_trip<OrderType>("market limit stop stop_limit");
  check_round_trip<TimeInForce>("gtc ioc fok gtd post_only");
  check_round_trip<PositionSide>("long short flat");
  check_round_trip<Side>("buy sell");
  check_round_trip<SignalState>("pending claimed done refused expired");
}

TEST_CASE("names: anything else is nothing") {
  for (const std::string text : {"", "BUY", "Buy", "buy ", " buy", "bu", "buyy", "hold"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_text<Action>(text).has_value());
  }
  CHECK_FALSE(parse_text<Side>("target").has_value());
  CHECK_FALSE(parse_text<PositionSide>("long_side").has_value());
}

TEST_CASE("names: messages list all of them") {
  CHECK(all_texts<Market>() == "spot, perp");
  CHECK(all_texts<Action>() == "buy, sell, close_long, close_short, close_all, cancel, target, heartbeat");
}
