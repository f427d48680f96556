#include "support/record_fields.hpp"

#include <stdexcept>

#include "support/process.hpp"

namespace tvh::test {

namespace {

class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}

  std::map<std::string, std::string> object() {
    std::map<std::string, std::string> fields;
    expect('{');
    skip_space();
    while (peek() != '}') {
      const std::string key = string();
      expect(':');
      skip_space();
      fields[key] = peek() == '"' ? string() : raw_value();
      skip_space();
      if (peek() == ',') ++at_;
      skip_space();
    }
    ++at_;
    return fields;
  }

 private:
  char peek() const {
    if (at_ >= text_.size()) throw std::runtime_error("no JSON object: " + text_);
    return text_[at_];
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  void expect(char wanted) {
    skip_space();
    if (peek() != wanted) throw std::runtime_error("no JSON object: " + text_);
    ++at_;
  }

  std::string string() {
    expect('"');
    std::string value;
    while (peek() != '"') {
      if (peek() == '\\') {
        ++at_;
        const char escaped = peek();
        if (escaped == 'u') value += '\\';
        value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
      } else {
        value += peek();
      }
      ++at_;
    }
    ++at_;
    return value;
  }

  std::string raw_value() {
    const std::size_t begin = at_;
    int depth = 0;
    for (;;) {
      const char c = peek();
      if (c == '"') {
        string();
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

std::map<std::string, std::string> fields_of(const std::string& line) { return Scanner(line).object(); }

std::vector<std::map<std::string, std::string>> records_of(const std::string& text) {
  std::vector<std::map<std::string, std::string>> records;
  for (const std::string& line : lines_of(text)) records.push_back(fields_of(line));
  return records;
}

}  // namespace tvh::test
