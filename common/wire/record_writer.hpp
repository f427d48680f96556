// One flat JSON record, key by key. Internal to the room.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "wire/json_value.hpp"
#include "wire/text.hpp"

namespace tvh::wire {

// Pieces are gathered on the stack and reach the record's string many at a time: most records in one go.
class RecordWriter {
 public:
  explicit RecordWriter(std::string_view kind) : is_first_(false) {
    put("{\"kind\":\"");
    put(kind);
    put("\",\"v\":1");
  }

  RecordWriter() { put("{"); }  // an object within a record

  void text(std::string_view key, std::string_view value) {
    if (plain_json_length(value) == value.size()) return plain(key, value);
    put_key(key, "\":\"");
    spill();
    append_escaped(out_, value);
    put("\"");
  }
  void optional_text(std::string_view key, std::string_view value) {
    if (!value.empty()) text(key, value);
  }
  // Text that needs no escapes: times, decimals, names of ours.
  [[gnu::always_inline]] void plain(std::string_view key, std::string_view value) {
    constexpr std::size_t kAround = 6;  // ,"key":"value"
    if (key.size() + value.size() + kAround > gathered_.size() - used_) return plain_in_pieces(key, value);
    char* out = gathered_.data() + used_;
    const auto copy = [&](std::string_view piece) {
      std::memcpy(out, piece.data(), piece.size());
      out += piece.size();
    };
    if (!is_first_) *out++ = ',';
    is_first_ = false;
    *out++ = '"';
    copy(key);
    copy("\":\"");
    if (!value.empty()) copy(value);
    *out++ = '"';
    used_ = std::size_t(out - gathered_.data());
  }
  void decimal(std::string_view key, const Decimal& value) { plain(key, value.text()); }
  void decimal(std::string_view key, const std::optional<Decimal>& value) {
    if (value) plain(key, value->text());
  }
  void time(std::string_view key, const std::optional<TimePoint>& value) {
    if (value) plain(key, time_text(*value));
  }
  // JSON text as it stands; nothing when it is "".
  void json(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    put_key(key, "\":");
    put(value);
  }

  std::string finish() {
    put("}");
    spill();
    return std::move(out_);
  }
  // The same behind what is in `out`.
  void finish_into(std::string& out) {
    put("}");
    if (out_.empty()) {
      out.append(gathered_.data(), used_);
      used_ = 0;
    } else {
      spill();
      out += out_;
    }
  }

 private:
  void plain_in_pieces(std::string_view key, std::string_view value) {
    put_key(key, "\":\"");
    put(value);
    put("\"");
  }

  // The key, and what stands between it and its value.
  void put_key(std::string_view key, std::string_view between) {
    put(is_first_ ? std::string_view("\"") : std::string_view(",\""));
    is_first_ = false;
    put(key);
    put(between);
  }

  void put(std::string_view piece) {
    if (piece.size() > gathered_.size() - used_) {
      spill();
      if (piece.size() > gathered_.size()) {
        out_ += piece;
        return;
      }
    }
    if (!piece.empty()) std::memcpy(gathered_.data() + used_, piece.data(), piece.size());
    used_ += piece.size();
  }

  void spill() {
    out_.append(gathered_.data(), used_);
    used_ = 0;
  }

  std::array<char, 1024> gathered_;  // what follows on `out_`
  std::size_t used_ = 0;
  bool is_first_ = true;
  std::string out_;
};

}  // namespace tvh::wire
