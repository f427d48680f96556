#include "base/result.hpp"

#include <memory>

#include "aborts.hpp"
#include "support/catch.hpp"

using namespace tvh;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Errc::bad_data, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  TVH_TRY(const int once, half(number));
  TVH_TRY(const int twice, half(once));
  return twice;
}

Result<void> check_even(int number) {
  TVH_CHECK(half(number));
  return {};
}

}  // namespace

TEST_CASE("result: a value comes through, an error comes through") {
  REQUIRE(quarter(8));
  CHECK(*quarter(8) == 2);
  REQUIRE_FALSE(quarter(6));
  CHECK(quarter(6).error().message == "odd");
  CHECK(quarter(6).error().code == Errc::bad_data);
  CHECK(check_even(2));
  CHECK_FALSE(check_even(3));
}

TEST_CASE("result: context is put before the message, the kind stays") {
  const Error error = fail(Errc::storage, "disk is full").with_context("opening the journal");
  CHECK(error.message == "opening the journal: disk is full");
  CHECK(error.code == Errc::storage);
}

TEST_CASE("result: values that can only be moved") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> value = *std::move(result);
  CHECK(*value == 5);
}

TEST_CASE("result: looking at what is not there aborts") {
  CHECK(test::aborts([] { (void)*half(3); }));
  CHECK(test::aborts([] { (void)half(2).error(); }));
  CHECK(test::aborts([] { (void)Result<void>().error(); }));
  CHECK_FALSE(test::aborts([] { (void)*half(2); }));
}
