#include "base/hash.hpp"

#include "support/catch.hpp"

using namespace tvh;

namespace {

std::string base32(std::string_view text) {
  return to_base32(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

TEST_CASE("hash: SHA-256 of the standard's examples") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("hash: HMAC-SHA-256 of RFC 4231") {
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(
      to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("hash: base32 of RFC 4648, lower case, no padding") {
  CHECK(base32("").empty());
  CHECK(base32("f") == "my");
  CHECK(base32("fo") == "mzxq");
  CHECK(base32("foo") == "mzxw6");
  CHECK(base32("foob") == "mzxw6yq");
  CHECK(base32("fooba") == "mzxw6ytb");
  CHECK(base32("foobar") == "mzxw6ytboi");
  CHECK(base32(std::string(5, '\xff')) == "77777777");
}

TEST_CASE("hash: parts are hashed as parts, not as one text") {
  const auto digest = [](const std::vector<std::string>& parts) {
    PartsHash hash;
    for (const auto& part : parts) hash.add(part);
    return to_hex(hash.digest());
  };
  CHECK(digest({"ab", "c"}) == digest({"ab", "c"}));
  CHECK(digest({"ab", "c"}) != digest({"a", "bc"}));
  CHECK(digest({"ab", ""}) != digest({"ab"}));
  CHECK(digest({"1", "abcdefghi0"}) != digest({"10abcdefghi", ""}));  // the same digits run together
  CHECK(digest({"1:a"}) != digest({"1", "a"}));
}

TEST_CASE("hash: random bytes are as many as asked for and not twice the same") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(32).size() == 32);
  CHECK(random_bytes(32) != random_bytes(32));
}

TEST_CASE("hash: base32 is its bits, five at a time, at every length") {
  std::string bytes;
  std::string bits;
  for (unsigned i = 0; i < 40; ++i) {
    std::string expected;
    for (std::size_t at = 0; at < bits.size(); at += 5) {
      std::string five = bits.substr(at, 5);
      five.resize(5, '0');
      expected += "abcdefghijklmnopqrstuvwxyz234567"[std::stoul(five, nullptr, 2)];
    }
    CHECK(base32(bytes) == expected);
    const unsigned byte = (i * 151 + 77) % 256;
    bytes += char(byte);
    for (int bit = 7; bit >= 0; --bit) bits += char('0' + (byte >> bit & 1));
  }
}
