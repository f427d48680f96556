#include "cli/nearest.hpp"

#include "support/catch.hpp"

using namespace tvh::cli;

TEST_CASE("nearest: one slip of any kind is distance 1") {
  CHECK(edit_distance("size", "size") == 0);
  CHECK(edit_distance("sizee", "size") == 1);
  CHECK(edit_distance("sze", "size") == 1);
  CHECK(edit_distance("sise", "size") == 1);
  CHECK(edit_distance("szie", "size") == 1);
  CHECK(edit_distance("", "size") == 4);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("nearest: the closest word is suggested, a stranger is not") {
  const std::vector<std::string> known{"venue", "follow", "size", "size_unit", "symbols"};
  CHECK(nearest("sizee", known) == "size");
  CHECK(nearest("sizeunit", known) == "size_unit");
  CHECK(nearest("sym", known) == "symbols");
  CHECK_FALSE(nearest("leverage", known).has_value());
  CHECK_FALSE(nearest("", known).has_value());
  CHECK_FALSE(nearest(std::string(100000, 'v'), known).has_value());
  CHECK(suggestion("venu", known) == "; did you mean \"venue\"?");
  CHECK(suggestion("leverage", known).empty());
}
