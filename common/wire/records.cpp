#include "wire/records.hpp"

#include "wire/finding_codes.hpp"
#include "wire/record_writer.hpp"

namespace tvh::wire {
namespace {

// Milliseconds with microseconds behind the point, as a JSON number.
std::string milliseconds_text(Nanoseconds value) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  return divide(Decimal(microseconds), Decimal(1000), Rounding::toward_zero, 3).to_string();
}

void append_finding(std::string& out, const VerdictRecord& record, const Finding& finding) {
  const TextPosition position = position_at(record.text, finding.offset);
  const auto add = [&](std::string_view key, std::string_view value) {
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
    out += ',';
  };
  out += '{';
  add("severity", to_text(finding.severity));
  add("code", finding.code);
  add("name", finding.name);
  if (!finding.field.empty()) add("field", finding.field);
  out += "\"line\":" + std::to_string(record.line + position.line - 1);
  out += ",\"column\":" + std::to_string(position.column) + ',';
  add("message", finding.message);
  if (!finding.advice.empty()) add("advice", finding.advice);
  out.back() = '}';
}

// The signals before the last one of an alert, as an array.
std::string earlier_json(const std::vector<model::Signal>& signals) {
  std::string out;
  for (const auto& signal : signals) {
    out += out.empty() ? "[" : ",";
    out += format_signal(signal);
  }
  return out.empty() ? out : out + "]";
}

std::string outcome_json(const SampleOutcome& outcome) {
  RecordWriter out;
  out.json("line", std::to_string(outcome.line));
  out.json("column", std::to_string(outcome.column));
  out.optional_text("message", outcome.message);
  out.optional_text("sample", outcome.sample);
  out.json("earlier", earlier_json(outcome.earlier));
  if (outcome.signal) out.json("signal", format_signal(*outcome.signal));
  out.optional_text("refused", outcome.refused);
  return out.finish();
}

}  // namespace

std::string format_order(const OrderRecord& record) {
  const model::OrderRequest& request = record.intent.request;
  RecordWriter out("order");
  out.plain("client_order_id", request.client_order_id);
  out.optional_text("signal_id", record.intent.signal_id);
  out.text("strategy", record.intent.strategy);
  out.text("venue", record.intent.venue);
  out.text("instrument", request.instrument);
  out.optional_text("symbol", record.symbol);
  out.plain("market", model::to_text(request.market));
  out.plain("side", model::to_text(request.side));
  out.decimal("quantity", request.quantity);
  out.decimal("clipped_from", record.clipped_from);
  out.plain("order_type", model::to_text(request.type));
  out.decimal("price", request.reference_price);
  out.decimal("limit_price", request.limit_price);
  out.decimal("stop_price", request.stop_price);
  if (request.time_in_force) out.plain("time_in_force", model::to_text(*request.time_in_force));
  if (request.reduce_only) out.json("reduce_only", "true");
  out.text("leg", record.intent.leg);
  out.plain("state", model::to_text(record.intent.state));
  out.decimal("filled_quantity", record.intent.filled_quantity);
  out.decimal("average_price", record.average_price);
  out.decimal("fee", record.fee);
  out.optional_text("fee_asset", record.fee_asset);
  out.optional_text("reason", record.intent.reason);
  out.optional_text("message", record.intent.message);
  // A plan has no moments: the same input gives the same bytes.
  if (!record.plan) out.time("planned_at", record.intent.planned_at);
  out.time("submitted_at", record.intent.submitted_at);
  out.time("settled_at", record.intent.settled_at);
  if (record.took) out.json("took_ms", milliseconds_text(*record.took));
  if (!record.rules.empty()) {
    std::string list;
    for (const auto& rule : record.rules) {
      list += list.empty() ? '[' : ',';
      append_json_string(list, rule);
    }
    out.json("rules", list + "]");
  }
  if (record.plan) out.json("plan", "true");
  return out.finish();
}

std::string format_refusal(const RefusalRecord& record) {
  RecordWriter out("refusal");
  out.text("signal_id", record.signal_id);
  out.text("strategy", record.strategy);
  out.optional_text("symbol", record.symbol);
  out.text("action", record.action);
  out.optional_text("venue", record.venue);
  out.text("reason", record.reason);
  out.text("message", record.message);
  if (!record.plan) out.time("at", record.at);
  if (record.plan) out.json("plan", "true");
  return out.finish();
}

std::string format_event(const EventRecord& record) {
  RecordWriter out("event");
  out.time("at", record.at);
  out.text("event", record.event);
  out.text("signal_id", record.signal_id);
  out.optional_text("client_order_id", record.client_order_id);
  out.text("text", record.text);
  out.optional_text("body", record.body);
  return out.finish();
}

std::string format_drift(const DriftRecord& record) {
  RecordWriter out("drift");
  out.text("venue", record.venue);
  out.text("instrument", record.instrument);
  out.text("strategy", record.strategy);
  out.decimal("journal", record.journal);
  out.decimal("at_venue", record.at_venue);
  out.decimal("drift", record.drift);
  out.text("cause", record.cause);
  out.text("evidence", record.evidence);
  out.optional_text("client_order_id", record.client_order_id);
  out.optional_text("state", record.state);
  out.time("since", record.since);
  out.optional_text("advice", record.advice);
  return out.finish();
}

std::string format_verdict(const VerdictRecord& record) {
  RecordWriter out("verdict");
  out.text("source", record.source);
  out.json("line", std::to_string(record.line));
  out.json("valid", has_error(record.findings) ? "false" : "true");
  std::string findings = "[";
  for (const auto& finding : record.findings) {
    if (findings.size() > 1) findings += ',';
    append_finding(findings, record, finding);
  }
  out.json("findings", findings + "]");
  out.json("earlier", earlier_json(record.earlier));
  if (record.signal) out.json("signal", format_signal(*record.signal));
  if (!record.becomes.empty()) {
    std::string becomes;
    for (const auto& outcome : record.becomes) {
      becomes += becomes.empty() ? "[" : ",";
      becomes += outcome_json(outcome);
    }
    out.json("becomes", becomes + "]");
  }
  return out.finish();
}

}  // namespace tvh::wire
