#include "base/secret.hpp"

#include "support/catch.hpp"

using namespace tvh;

TEST_CASE("secret: only the same bytes are equal") {
  const Secret secret("correct horse");
  CHECK(secret.equals("correct horse"));
  for (const std::string& other :
       std::vector<std::string>{"", "correct horsf", "Correct horse", "correct hors", "correct horse ",
                                std::string("correct horse\0", 14)}) {
    CAPTURE(other);
    CHECK_FALSE(secret.equals(other));
  }
}

TEST_CASE("secret: an empty one equals nothing, not even nothing") {
  CHECK_FALSE(Secret().equals(""));
  CHECK_FALSE(Secret("").equals(""));
  CHECK(Secret("").empty());
}

TEST_CASE("secret: bytes after a NUL count") {
  const Secret secret(std::string("a\0b", 3));
  CHECK(secret.equals(std::string("a\0b", 3)));
  CHECK_FALSE(secret.equals(std::string("a\0c", 3)));
  CHECK_FALSE(secret.equals("a"));
}

TEST_CASE("secret: one that was moved away is empty") {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret first(text);
    const Secret second(std::move(first));
    CHECK(second.equals(text));
    CHECK(first.empty());  // NOLINT: that is what is tested
    Secret third;
    third = second;
    CHECK(third.equals(text));
    CHECK(second.equals(text));
  }
}

TEST_CASE("secret: the name of the one that matches is found") {
  std::vector<NamedSecret> secrets;
  secrets.push_back({"main", Secret("a")});
  secrets.push_back({"old", Secret("b")});
  secrets.push_back({"twin", Secret("b")});
  REQUIRE(find_secret(secrets, "a") != nullptr);
  CHECK(*find_secret(secrets, "a") == "main");
  CHECK(*find_secret(secrets, "b") == "old");
  CHECK(find_secret(secrets, "c") == nullptr);
  CHECK(find_secret(secrets, "") == nullptr);
  CHECK(find_secret({}, "a") == nullptr);
}
