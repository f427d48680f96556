// Spot's published table of errors, row by row, against the classes of the facts sheet (sections 1.4, 1.7, 6).
#include <cstdio>
#include <map>

#include "support/catch.hpp"
#include "venue_oracles/oracles.hpp"
#include "venues/binance/wire.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace tvh::venues::binance;
using Kind = venue::Problem::Kind;

namespace {

// By number, where the text says no more. -2026, an order that was archived, is not absent: it is unknown.
const std::map<int, Kind> kClasses{
    {-1000, Kind::ambiguous},   {-1001, Kind::ambiguous}, {-1002, Kind::credentials},
    {-1003, Kind::throttled},   {-1006, Kind::ambiguous}, {-1007, Kind::ambiguous},
    {-1008, Kind::throttled},   {-1013, Kind::refused},   {-1015, Kind::throttled},
    {-1016, Kind::refused},     {-1021, Kind::clock},     {-1022, Kind::credentials},
    {-1111, Kind::refused},     {-1121, Kind::refused}, {-2010, Kind::refused},
    {-2011, Kind::gone},        {-2013, Kind::not_found}, {-2014, Kind::credentials},
    {-2015, Kind::credentials}, {-2026, Kind::ambiguous}, {-2039, Kind::refused}};

std::optional<Kind> class_of(int code, const std::string& message) {
  if (code == -2010 && message == "Duplicate order sent.") return Kind::duplicate;
  if (const auto known = kClasses.find(code); known != kClasses.end()) return known->second;
  if (code <= -1100 && code >= -1130) return Kind::refused;
  return std::nullopt;
}

}  // namespace

TEST_CASE("oracles: every error of spot's table falls in the class the facts name, the others are refusals") {
  std::string unnamed;
  int rows = 0;
  const Json table = oracle("errors/binance.spot.json");
  for (const auto& [number, row] : table.items()) {
    const int code = std::stoi(number);
    std::vector<std::string> messages = row["msgs"];
    if (messages.empty()) messages.emplace_back("");
    for (const std::string& message : messages) {
      INFO(number << " " << message);
      const Json body{{"code", code}, {"msg", message}};
      const auto problem = read_problem(Product::spot, {400, {}, body.dump()});
      const auto expected = class_of(code, message);
      CHECK(problem.kind == expected.value_or(Kind::refused));
      CHECK(problem.code == number);
      if (!message.empty()) CHECK(problem.message.starts_with(message));
      if (!expected) unnamed += " " + number;
      ++rows;
    }
  }
  CHECK(rows >= 60);
  if (!unnamed.empty()) std::printf("not named by the facts, refused:%s\n", unnamed.c_str());
}
