// Every error the facts sheet names (1.3 to 1.7, 2.3, 2.4, 2.7, 6), and the class it falls in.
#include "support/catch.hpp"
#include "venues/binance/wire.hpp"

using namespace tvh;
using namespace tvh::venues::binance;
using Kind = venue::Problem::Kind;

namespace {

client::Response error(int status, int code, const std::string& message) {
  return {status, {}, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + message + "\"}"};
}

Kind kind_of(Product product, int code, const std::string& message = "text", int status = 400) {
  return read_problem(product, error(status, code, message)).kind;
}

}  // namespace

TEST_CASE("binance errors: the classes of both products") {
  for (const auto product : {Product::spot, Product::usdm}) {
    for (const int code : {-1000, -1001, -1006, -1007}) CHECK(kind_of(product, code) == Kind::ambiguous);
    for (const int code : {-1003, -1015}) CHECK(kind_of(product, code) == Kind::throttled);
    for (const int code : {-1002, -1022, -2014, -2015}) CHECK(kind_of(product, code) == Kind::credentials);
    CHECK(kind_of(product, -1021) == Kind::clock);
    CHECK(kind_of(product, -2013) == Kind::not_found);
    CHECK(kind_of(product, -2011) == Kind::gone);
    CHECK(kind_of(product, -1121) == Kind::refused);  // of an order it proves nothing
    for (const int code : {-1013, -1016, -1100, -1102, -1111, -1116, -1128, -1130})
      CHECK(kind_of(product, code) == Kind::refused);
    for (const int status : {400, 401, 404}) CHECK(kind_of(product, -9999, "new", status) == Kind::refused);
  }
}

TEST_CASE("binance errors: a busy server did nothing, says spot; on USD-M it is asked") {
  CHECK(kind_of(Product::spot, -1008) == Kind::throttled);
  CHECK(kind_of(Product::usdm, -1008, "text", 503) == Kind::ambiguous);
}

TEST_CASE("binance errors: spot's duplicate is known by its text, among others of the same code") {
  CHECK(kind_of(Product::spot, -2010, "Duplicate order sent.") == Kind::duplicate);
  for (const char* text : {"Account has insufficient balance for requested action.", "Market is closed.",
                           "Order would trigger immediately.", "This action is disabled on this account.",
                           "Order would immediately match and take."})
    CHECK(kind_of(Product::spot, -2010, text) == Kind::refused);
  CHECK(kind_of(Product::spot, -2026) == Kind::ambiguous);
  CHECK(kind_of(Product::spot, -2039) == Kind::refused);
}

TEST_CASE("binance errors: USD-M's own") {
  CHECK(kind_of(Product::usdm, -4116, "ClientOrderId is duplicated.") == Kind::duplicate);
  CHECK(kind_of(Product::usdm, -5028) == Kind::clock);
  CHECK(kind_of(Product::usdm, -2017) == Kind::credentials);
  CHECK(kind_of(Product::usdm, -2022) == Kind::nothing_to_reduce);
  for (const int code :
       {-2018, -2019, -2020, -2021, -2023, -2024, -2025, -2027, -2028, -4003, -4004, -4005,
        -4014, -4015, -4016, -4023, -4024, -4050, -4051, -4061, -4062, -4087, -4088, -4118, -4120,
        -4131, -4137, -4138, -4140, -4141, -4164, -4192, -4400, -4401, -5021, -5022}) {
    INFO(code);
    CHECK(kind_of(Product::usdm, code) == Kind::refused);
  }
  for (const int code : {-4061, -4062}) {
    const auto problem = read_problem(Product::usdm, error(400, code, "text"));
    CHECK(problem.message.find("One-way") != std::string::npos);
  }
}

TEST_CASE("binance errors: what USD-M's 503 means is in its text") {
  const auto kind = [](Product product, const std::string& body) {
    return read_problem(product, {503, {}, body}).kind;
  };
  CHECK(kind(Product::usdm, R"({"msg":"Unknown error, please check your request or try again later."})") ==
        Kind::ambiguous);
  CHECK(kind(Product::usdm, R"({"msg":"Service Unavailable."})") == Kind::unavailable);
  CHECK(kind(Product::usdm, "<html>Service Unavailable.</html>") == Kind::ambiguous);  // a proxy's
  CHECK(kind(Product::usdm, R"({"msg":"Internal error; unable to process your request. Please try again."})") ==
        Kind::unavailable);
  CHECK(kind(Product::usdm, "") == Kind::ambiguous);
  CHECK(kind(Product::spot, R"({"msg":"Service Unavailable."})") == Kind::ambiguous);
}

TEST_CASE("binance errors: by status where there is no code") {
  for (const auto product : {Product::spot, Product::usdm}) {
    for (const int status : {429, 418, 403}) {
      for (const char* body : {"", "<html>", R"({"code":-1003,"msg":"x"})"}) {
        const auto problem = read_problem(product, {status, {{"retry-after", "7"}}, body});
        CHECK(problem.kind == Kind::throttled);
        CHECK(problem.retry_after == std::chrono::seconds(7));
        CHECK_FALSE(problem.message.empty());
      }
    }
    for (const int status : {301, 307, 400, 404, 408, 500, 502, 504}) {
      INFO(status);
      CHECK(read_problem(product, {status, {}, "<html>"}).kind == Kind::ambiguous);
      CHECK(read_problem(product, {status, {}, "<html>"}).code == "http_" + std::to_string(status));
    }
    CHECK(kind_of(product, -2010, "anything", 500) == Kind::ambiguous);
    CHECK(kind_of(product, -1102, "anything", 408) == Kind::ambiguous);
  }
}

TEST_CASE("binance errors: Retry-After is a count of seconds, at most the longest ban") {
  const auto told = [](const char* value) {
    return read_problem(Product::spot, {429, {{"retry-after", value}}, ""}).retry_after;
  };
  CHECK(told("0") == std::chrono::seconds(0));
  CHECK(told("120") == std::chrono::seconds(120));
  CHECK(told("99999999") == std::chrono::hours(72));
  for (const char* value : {"", "-1", "soon", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"})
    CHECK_FALSE(told(value));
}

TEST_CASE("binance errors: a ban without Retry-After lasts as long as its text says, or as the shortest one") {
  const auto banned = [](const std::string& text) {
    return read_problem(Product::usdm, error(418, -1003, text));
  };
  const auto told = banned("Way too much request weight used; IP banned until 1763640000000. Please use …");
  CHECK(told.banned_until == std::chrono::milliseconds(1763640000000));
  CHECK_FALSE(told.retry_after);
  for (const std::string text : {"IP banned until soon", "IP banned until -5", "too many requests"}) {
    CHECK_FALSE(banned(text).banned_until);
    CHECK(banned(text).retry_after == std::chrono::minutes(2));
  }
}

TEST_CASE("binance errors: code and text are kept as they came") {
  const auto problem = read_problem(Product::spot, error(400, -1013, "Filter failure: NOTIONAL"));
  CHECK(problem.code == "-1013");
  CHECK(problem.message == "Filter failure: NOTIONAL");
}
