// The status record (tvhook-records(5)).
#include "wire/record_writer.hpp"
#include "wire/records.hpp"

namespace tvh::wire {
namespace {

// A list of objects, each from `write(RecordWriter&)`.
template <class Item, class Write>
std::string list_of(const std::vector<Item>& items, const Write& write) {
  std::string list = "[";
  for (const Item& item : items) {
    RecordWriter object;
    write(object, item);
    list += (list.size() > 1 ? "," : "") + object.finish();
  }
  return list + "]";
}

}  // namespace

std::string format_status(const model::StatusRecord& status) {
  RecordWriter out("status");
  out.optional_text("executor", status.executor);
  out.text("journal", status.journal);
  if (status.halt) {
    RecordWriter halt;
    halt.text("reason", status.halt->reason);
    halt.time("since", status.halt->since);
    out.json("halt", halt.finish());
  }
  out.json("pending", std::to_string(status.pending));
  out.json("claimed", std::to_string(status.claimed));
  out.json("orders", list_of(status.orders, [](RecordWriter& object, const model::Intent& intent) {
             object.plain("client_order_id", intent.request.client_order_id);
             object.text("strategy", intent.strategy);
             object.text("venue", intent.venue);
             object.text("instrument", intent.request.instrument);
             object.plain("side", model::to_text(intent.request.side));
             object.decimal("quantity", intent.request.quantity);
             object.decimal("filled_quantity", intent.filled_quantity);
             object.plain("state", model::to_text(intent.state));
           }));
  out.json("positions", list_of(status.positions, [](RecordWriter& object, const model::Position& position) {
             object.text("strategy", position.strategy);
             object.text("venue", position.venue);
             object.text("instrument", position.instrument);
             object.decimal("quantity", position.quantity);
             object.decimal("average_price", position.average_price);
           }));
  out.json("limits", list_of(status.limits, [](RecordWriter& object, const model::LimitStatus& limit) {
             object.text("scope", limit.scope);
             object.plain("limit", limit.limit);
             object.text("value", limit.value);
             object.optional_text("used", limit.used);
             object.text("trips", limit.trips);
           }));
  out.json("breakers", list_of(status.breakers, [](RecordWriter& object, const model::BreakerStatus& breaker) {
             object.text("venue", breaker.venue);
             object.json("open", breaker.open ? "true" : "false");
             object.json("failures", std::to_string(breaker.failures));
             object.json("limit", std::to_string(breaker.limit));
             object.time("probes_at", breaker.probes_at);
           }));
  out.json("pauses", list_of(status.pauses, [](RecordWriter& object, const model::PauseStatus& pause) {
             object.text("venue", pause.venue);
             object.time("until", pause.until);
           }));
  out.json("requests", list_of(status.requests, [](RecordWriter& object, const model::Request& request) {
             object.text("request", request.kind);
             object.json("begun", request.running ? "true" : "false");
             object.optional_text("strategy", request.strategy);
             object.optional_text("venue", request.venue);
             object.optional_text("symbol", request.symbol);
           }));
  return out.finish();
}

}  // namespace tvh::wire
