#include "wire/decode.hpp"
#include "wire/record_writer.hpp"
#include "wire/records.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using model::Signal;

std::string position_json(const model::PositionChange& position) {
  std::string out = "{\"side\":\"";
  out += model::to_text(position.side);
  out += '"';
  const auto add = [&](std::string_view key, std::string_view value) {
    out += ",\"";
    out += key;
    out += "\":\"";
    out += value;
    out += '"';
  };
  if (position.size) add("size", position.size->text());
  if (position.prev_side) add("prev_side", model::to_text(*position.prev_side));
  if (position.prev_size) add("prev_size", position.prev_size->text());
  out += '}';
  return out;
}

std::string duration_text(Nanoseconds value) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
  if (milliseconds % 1000 == 0) return std::to_string(milliseconds / 1000) + "s";
  return std::to_string(milliseconds) + "ms";
}

bool is_signal_id(std::string_view text) {
  constexpr std::size_t kLength = 26;
  return text.size() == kLength &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string_view::npos;
}

Error not_a_signal(std::string message) { return fail(Errc::bad_data, std::move(message)); }

}  // namespace

std::string format_signal(const Signal& signal) {
  std::string record;
  append_signal(record, signal);
  return record;
}

void append_signal(std::string& out, const Signal& signal) {
  RecordWriter record("signal");
  record.plain("id", signal.id);
  record.plain("received_at", time_text(signal.received_at));
  record.text("strategy", signal.strategy);
  record.optional_text("exchange", signal.exchange);
  record.optional_text("symbol", signal.symbol);
  record.plain("market", model::to_text(signal.market));
  record.plain("action", model::to_text(signal.action));
  record.decimal("quantity", signal.quantity);
  record.plain("size_unit", model::to_text(signal.size_unit));
  record.plain("order_type", model::to_text(signal.order_type));
  record.decimal("price", signal.price);
  record.time("bar_time", signal.bar_time);
  record.optional_text("timeframe", signal.timeframe);
  record.decimal("limit_price", signal.limit_price);
  record.decimal("stop_price", signal.stop_price);
  record.decimal("stop_loss", signal.stop_loss);
  record.decimal("take_profit", signal.take_profit);
  record.json("trailing", signal.trailing_json);
  if (signal.reduce_only) record.json("reduce_only", *signal.reduce_only ? "true" : "false");
  record.decimal("leverage", signal.leverage);
  if (signal.time_in_force) record.plain("time_in_force", model::to_text(*signal.time_in_force));
  record.json("legs", signal.legs_json);
  record.optional_text("order_id", signal.order_id);
  record.optional_text("comment", signal.comment);
  record.time("fired_at", signal.fired_at);
  if (signal.max_age) record.plain("max_age", duration_text(*signal.max_age));
  if (signal.position) record.json("position", position_json(*signal.position));
  record.optional_text("signal_id", signal.signal_id);
  record.optional_text("bare_id", signal.bare_id);
  record.json("extra", signal.extra_json);
  record.finish_into(out);
}

Result<Signal> parse_signal(std::string_view line) {
  auto parsed = parse_json(line);
  if (const auto* error = std::get_if<JsonError>(&parsed)) {
    return not_a_signal("column " + std::to_string(position_at(line, error->offset).column) + ": " +
                        error->message);
  }
  const JsonValue& object = std::get<JsonValue>(parsed);
  if (object.kind != JsonValue::Kind::object) return not_a_signal("expected a signal record in braces");
  return signal_from(object);
}

Result<Signal> signal_from(const JsonValue& object) {
  const auto text_of = [&](std::string_view key) -> std::string_view {
    const JsonValue* value = object.find(key);
    return value != nullptr && value->kind == JsonValue::Kind::string ? std::string_view(value->text) : "";
  };
  if (text_of("kind") != "signal") return not_a_signal("kind: expected \"signal\"; this is no signal record");
  const JsonValue* version = object.find("v");
  if (version == nullptr || version->kind != JsonValue::Kind::number || version->text != "1") {
    return not_a_signal("v: expected 1; a newer tvhook may have written this record");
  }
  if (!is_signal_id(text_of("id"))) {
    return not_a_signal("id: expected 26 characters a-z and 2-7, found " + shown(text_of("id")));
  }
  const auto received_at = parse_time(text_of("received_at"));
  if (!received_at) return not_a_signal("received_at: expected a time such as 2026-11-20T10:15:03Z");
  Decoded decoded;
  decode(object, record_dialect(), {}, decoded);
  if (!decoded.signal) {
    for (const auto& finding : decoded.findings) {
      if (finding.severity == Severity::error) return not_a_signal(finding.message);
    }
  }
  Signal signal = *std::move(decoded.signal);
  signal.id = text_of("id");
  signal.received_at = *received_at;
  return signal;
}

}  // namespace tvh::wire
