// One flat JSON record, key by key. Internal to the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

class RecordWriter {
 public:
  explicit RecordWriter(std::string_view kind) {
    out_.reserve(384);
    out_ += "{\"kind\":\"";
    out_ += kind;
    out_ += "\",\"v\":1";
  }

  RecordWriter() { out_ += '{'; }  // an object within a record

  void text(std::string_view key, std::string_view value) {
    begin(key);
    append_json_string(out_, value);
  }
  void optional_text(std::string_view key, std::string_view value) {
    if (!value.empty()) text(key, value);
  }
  // Text that needs no escapes: times, decimals, names of ours.
  void plain(std::string_view key, std::string_view value) {
    begin(key, "\":\"");
    out_ += value;
    out_ += '"';
  }
  void decimal(std::string_view key, const Decimal& value) { plain(key, value.to_string()); }
  void decimal(std::string_view key, const std::optional<Decimal>& value) {
    if (value) plain(key, value->to_string());
  }
  void time(std::string_view key, const std::optional<TimePoint>& value) {
    if (value) plain(key, format_time(*value));
  }
  // JSON text as it stands; nothing when it is "".
  void json(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin(key);
    out_ += value;
  }

  std::string finish() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  // The key, and what stands between it and its value.
  void begin(std::string_view key, std::string_view between = "\":") {
    out_ += out_.back() != '{' ? std::string_view(",\"") : std::string_view("\"");
    out_ += key;
    out_ += between;
  }

  std::string out_;
};

}  // namespace tvh::wire
