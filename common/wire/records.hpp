// The records tools exchange as NDJSON (tvhook-records(5)). format_ gives one line without its newline; keys
// stand in the documented order; decimals are strings; an absent optional field is left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/order.hpp"
#include "model/signal.hpp"
#include "model/status_record.hpp"
#include "model/trade_record.hpp"
#include "wire/finding.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

std::string format_signal(const model::Signal& signal);
// The same behind what is in `out`.
void append_signal(std::string& out, const model::Signal& signal);
// Reads a canonical signal record (`"kind":"signal"`). bad_data with the field's name when it is not one.
Result<model::Signal> parse_signal(std::string_view line);
// The same from an object that is parsed already.
Result<model::Signal> signal_from(const JsonValue& object);

using model::OrderRecord;
std::string format_order(const OrderRecord& record);

using model::RefusalRecord;
std::string format_refusal(const RefusalRecord& record);

// How the executor stands, on one line.
std::string format_status(const model::StatusRecord& status);

// One thing that happened to a signal or one of its orders.
struct EventRecord {
  TimePoint at{};
  std::string event;  // "alert", "signal", …, an order's events, "fill", "ended"
  std::string signal_id;
  std::string client_order_id{};  // "": not about one order
  std::string text;               // for a person
  std::string body{};             // of an alert, its secrets replaced
};
std::string format_event(const EventRecord& record);

// A difference found by reconcile.
struct DriftRecord {
  std::string venue;
  std::string instrument;
  std::string strategy;  // "-" when the venue's position belongs to none
  Decimal journal;
  Decimal at_venue;
  Decimal drift;  // at_venue - journal
  std::string cause;
  std::string evidence;
  std::string client_order_id{};  // of one of our orders, whose filled quantities the three are; "": a position
  std::string state{};            // of that order, by the journal
  std::optional<TimePoint> since{};  // when it was sent
  std::string advice{};
};
std::string format_drift(const DriftRecord& record);

// What a message template or a Pine message becomes with one set of sample values.
struct SampleOutcome {
  std::size_t line = 1;  // of the message in its source
  std::size_t column = 1;
  std::string message = {};  // "alert()", "alert_message", …; "" of a template
  std::string sample = {};   // "entry", "na-plot", …; "" where there is nothing to fill in
  std::vector<model::Signal> earlier = {};
  std::optional<model::Signal> signal = {};
  std::string refused = {};  // without a signal: the code and name of what is wrong first
};

// A validation result: valid or not, its findings with places, its signal when there is one.
struct VerdictRecord {
  std::string source;    // file name, "-" for stdin
  std::size_t line = 1;  // where the alert starts in it
  std::optional<model::Signal> signal;
  std::vector<model::Signal> earlier;  // the same alert's signals before it
  std::vector<Finding> findings;
  std::string_view text;                    // the alert, to turn offsets into line and column
  std::vector<SampleOutcome> becomes = {};  // of a template or a script
};
std::string format_verdict(const VerdictRecord& record);

}  // namespace tvh::wire
