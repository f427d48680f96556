#include "wire/line_reader.hpp"

#include <unistd.h>

#include <array>

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::wire;

namespace {

class Pipe {
 public:
  Pipe() { REQUIRE(::pipe(ends_.data()) == 0); }
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  int reader() const { return ends_[0]; }
  void write(std::string_view text) {
    REQUIRE(::write(ends_[1], text.data(), text.size()) == ssize_t(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{};
};

std::string line(LineReader& reader) {
  auto next = reader.next(10'000);
  REQUIRE(std::holds_alternative<std::string_view>(next));
  return std::string(std::get<std::string_view>(next));
}

}  // namespace

TEST_CASE("line reader: lines come without their ends, the last one without a newline too") {
  Pipe pipe;
  pipe.write("one\ntwo\r\n\nfour");
  pipe.close_writer();
  LineReader reader(pipe.reader(), -1);
  CHECK(line(reader) == "one");
  CHECK(reader.number() == 1);
  CHECK(line(reader) == "two");
  CHECK(line(reader).empty());
  CHECK(line(reader) == "four");
  CHECK(reader.number() == 4);
  CHECK(std::holds_alternative<EndOfInput>(reader.next()));
  CHECK(std::holds_alternative<EndOfInput>(reader.next()));
}

TEST_CASE("line reader: a line is there as soon as its newline is, not at the end of input") {
  Pipe pipe;
  LineReader reader(pipe.reader(), -1);
  pipe.write("{\"a\"");
  CHECK(std::holds_alternative<Interrupted>(reader.next(0)));
  pipe.write(":1}\nrest");
  CHECK(line(reader) == "{\"a\":1}");
  CHECK(std::holds_alternative<Interrupted>(reader.next(0)));
}

TEST_CASE("line reader: a line over the bound is skipped and counted, the next one is read") {
  Pipe pipe;
  LineReader reader(pipe.reader(), -1, 8);
  pipe.write("12345678\n123456789\n" + std::string(1000, 'x') + "\nnext\n" + std::string(50, 'y'));
  pipe.close_writer();
  CHECK(line(reader) == "12345678");
  CHECK(std::get<LineTooLong>(reader.next()).limit == 8);
  CHECK(std::holds_alternative<LineTooLong>(reader.next()));
  CHECK(reader.number() == 3);
  CHECK(line(reader) == "next");
  CHECK(std::holds_alternative<LineTooLong>(reader.next()));
  CHECK(std::holds_alternative<EndOfInput>(reader.next()));
}

TEST_CASE("line reader: a long line that arrives in pieces is skipped without being kept") {
  Pipe pipe;
  LineReader reader(pipe.reader(), -1, 8);
  for (int i = 0; i < 100; ++i) {
    pipe.write(std::string(1000, 'x'));
    CHECK(std::holds_alternative<Interrupted>(reader.next(0)));
  }
  pipe.write("\nafter\n");
  CHECK(std::holds_alternative<LineTooLong>(reader.next()));
  CHECK(line(reader) == "after");
  CHECK(reader.number() == 2);
}

TEST_CASE("line reader: the stop descriptor ends a wait") {
  Pipe pipe;
  Pipe stop;
  LineReader reader(pipe.reader(), stop.reader());
  stop.write("x");
  CHECK(std::holds_alternative<Interrupted>(reader.next()));
}

TEST_CASE("line reader: a descriptor that cannot be read is an error") {
  LineReader reader(987, -1);
  CHECK(std::holds_alternative<Error>(reader.next(0)));
}
