#include "tvhook-reconcile/explain.hpp"

#include <algorithm>
#include <map>

#include "cli/printable.hpp"
#include "journal/signal_life.hpp"
#include "wire/records.hpp"

namespace tvh {
namespace {

using model::Intent;
using model::OrderLife;
using model::Signal;
using wire::EventRecord;

constexpr int kAtMost = 5;               // of an ambiguous beginning, so many are shown
constexpr std::size_t kBodyShown = 160;  // bytes, in the table

std::string text_of(const std::optional<Decimal>& value) { return value ? value->to_string() : ""; }

void add(std::string& text, const std::string& before, const std::string& value) {
  if (!value.empty()) text += before + value;
}

std::string describe(const Signal& signal) {
  std::string text = signal.strategy + " " + std::string(to_text(signal.action));
  add(text, " ", text_of(signal.quantity));
  if (signal.quantity && signal.size_unit != model::SizeUnit::base)
    text += " " + std::string(to_text(signal.size_unit));
  if (!signal.symbol.empty()) {
    text += " " + model::instrument_name(signal.symbol, signal.market) + " " +
            std::string(to_text(signal.order_type));
  }
  add(text, ", limit ", text_of(signal.limit_price));
  add(text, ", stop ", text_of(signal.stop_price));
  add(text, ", price ", text_of(signal.price));
  if (signal.position) {
    text += ", its position is " + std::string(to_text(signal.position->side));
    add(text, " ", text_of(signal.position->size));
    if (signal.position->prev_side) text += " and was " + std::string(to_text(*signal.position->prev_side));
    add(text, " ", text_of(signal.position->prev_size));
  }
  if (signal.bar_time) text += ", bar " + format_time(*signal.bar_time);
  add(text, " of ", signal.timeframe);
  if (signal.fired_at) text += ", fired " + format_time(*signal.fired_at);
  add(text, ", order ", signal.order_id);
  return text;
}

std::string describe(const Intent& intent) {
  const model::OrderRequest& order = intent.request;
  std::string text = std::string(to_text(order.side)) + " " + order.quantity.to_string() + " " +
                     order.instrument + " " + std::string(to_text(order.type)) + " at venue " + intent.venue +
                     ", leg " + intent.leg;
  add(text, ", limit ", text_of(order.limit_price));
  add(text, ", stop ", text_of(order.stop_price));
  if (order.time_in_force) text += ", " + std::string(to_text(*order.time_in_force));
  if (order.reduce_only) text += ", reduce-only";
  add(text, ", instead of ", text_of(intent.clipped_from));
  add(text, ", the alert's price ", text_of(order.reference_price));
  add(text, ", the venue's ", text_of(intent.valued_price));
  return text;
}

std::string describe(const model::Fill& fill) {
  return std::string(to_text(fill.side)) + " " + fill.quantity.to_string() + " at " + fill.price.to_string() +
         ", fee " + fill.fee.to_string() + " " + fill.fee_asset + ", trade " + fill.trade_id;
}

std::string with_reason(std::string text, const std::string& reason, const std::string& message) {
  add(text, ": ", reason);
  add(text, reason.empty() ? ": " : ", ", message);
  return text;
}

// "submit" is what was done, "sent" what a person looks for.
std::string_view word_for(std::string_view event) {
  static const std::map<std::string_view, std::string_view> words{
      {"submit", "sent"},     {"resend", "sent again"}, {"retry", "sent again"},
      {"drop", "not sent"},   {"accept", "accepted"},   {"fill_part", "partly filled"},
      {"fill_all", "filled"}, {"cancel", "cancelled"},  {"expire", "expired"},
      {"refuse", "refused"},  {"lose", "unknown"},      {"prove_absent", "absent"}};
  const auto word = words.find(event);
  return word == words.end() ? event : word->second;
}

class Story {
 public:
  explicit Story(const model::SignalLife& life) : life_(life) {}

  // `only`: of the orders, this one; "" is all.
  std::vector<EventRecord> tell(const std::string& only) {
    tell_arrival();
    for (const OrderLife& order : life_.orders) {
      if (only.empty() || order.intent.request.client_order_id == only) tell_order(order);
    }
    if (life_.ended_at)
      event(*life_.ended_at, "ended",
            with_reason(std::string(to_text(life_.state)), life_.reason, life_.message));
    // Alerts that came again stand in between.
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Told& one, const Told& other) { return one.place < other.place; });
    std::vector<EventRecord> told;
    for (Told& one : events_) told.push_back(std::move(one.event));
    return told;
  }

 private:
  struct Told {
    TimePoint place{};
    EventRecord event;
  };

  EventRecord& event(TimePoint at, std::string what, std::string text) {
    events_.push_back({at, {at, std::move(what), life_.signal.id, "", std::move(text), ""}});
    return events_.back().event;
  }

  void tell_arrival() {
    for (const auto& alert : life_.alerts) {
      std::string text =
          "from " + alert.source + ", answered " + std::to_string(alert.status) + " " + alert.verdict;
      if (alert.verdict == "duplicate") text += ": nothing was done for it";
      event(alert.received_at, "alert", std::move(text)).body = alert.body;
    }
    const bool by_alert = !life_.alerts.empty();
    event(life_.signal.received_at, "signal",
          describe(life_.signal) + (by_alert ? "" : "; no alert brought it"));
    if (life_.claimed_at) event(*life_.claimed_at, "claimed", "tvhook-exec took it");
    if (life_.executed)
      event(life_.claimed_at.value_or(life_.signal.received_at), "edited",
            "changed on its way, and executed as: " + describe(*life_.executed));
  }

  void tell_order(const OrderLife& life) {
    const std::string& id = life.intent.request.client_order_id;
    const auto of_order = [&](TimePoint at, std::string what, std::string text) {
      event(at, std::move(what), std::move(text)).client_order_id = id;
    };
    of_order(life.intent.planned_at, "order", describe(life.intent));
    for (const auto& moment : life.moments) {
      const bool last = &moment == &life.moments.back();
      const bool ends = last && is_terminal(moment.state);
      std::string text = moment.detail;
      if (moment.event == "accept" && text.empty()) text = life.intent.venue_order_id;
      // The detail of an end is the reason's name.
      if (ends && !life.intent.message.empty())
        text = with_reason("", life.intent.reason, life.intent.message).substr(2);
      of_order(moment.at, moment.event, std::move(text));
    }
    // By the venue's clock; however that goes, nothing trades before it is sent.
    for (const auto& fill : life.fills) {
      of_order(fill.at, "fill", describe(fill));
      events_.back().place = std::max(fill.at, life.intent.submitted_at.value_or(fill.at));
    }
  }

  const model::SignalLife& life_;
  std::vector<Told> events_;
};

void tell_as_table(const std::vector<EventRecord>& events, cli::Output& out) {
  std::size_t widest = 0;
  for (const auto& event : events) widest = std::max(widest, word_for(event.event).size());
  const auto line = [&](const std::string& at, std::string_view word, const std::string& text) {
    std::string all = at + "  " + std::string(word) + std::string(widest + 2 - word.size(), ' ') + text;
    all.erase(all.find_last_not_of(' ') + 1);
    out.write_line(cli::printable(all));
  };
  for (const auto& event : events) {
    const std::string at = format_time(std::chrono::floor<std::chrono::milliseconds>(event.at));
    const bool names_order = event.event == "order" || event.event == "fill";
    line(at, word_for(event.event), (names_order ? event.client_order_id + " " : "") + event.text);
    if (event.body.empty()) continue;
    std::size_t end = std::min(event.body.size(), kBodyShown);
    while (end < event.body.size() && (event.body[end] & 0xc0) == 0x80) --end;  // whole characters
    line(std::string(at.size(), ' '), "", event.body.substr(0, end) + (end < event.body.size() ? " …" : ""));
  }
}

}  // namespace

Result<ExitCode> explain(const ReconcileOptions& options, cli::Context& context) {
  const std::string& id = *options.explain;
  if (id.empty() || options.venue || options.tolerance) {
    return fail(Errc::usage,
                "--explain wants the id of a signal or an order, or how it begins, and goes with "
                "--format alone");
  }
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  if (context.check) return ExitCode::ok;
  TVH_TRY(const auto found, journal::find_ids(*journal, id, kAtMost));
  if (found.size() != 1) {
    context.log.error(found.empty() ? "no signal and no order of " + context.journal_path +
                                          " has an id that begins with " + id
                                    : "several ids begin with " + id + "; name one of them:");
    for (const auto& one : found)
      context.log.error(
          "  " + (one.client_order_id.empty() ? "signal " + one.signal_id : "order " + one.client_order_id));
    return ExitCode::answer_is_no;
  }
  TVH_TRY(const auto life, journal::read_life(*journal, found.front().signal_id));
  if (!life) {
    return fail(Errc::bad_data, "order " + found.front().client_order_id + " is of signal " +
                                    found.front().signal_id + ", which the journal does not have");
  }
  const auto events = Story(*life).tell(found.front().client_order_id);
  if (options.format == "json") {
    for (const auto& event : events) context.output.write_line(wire::format_event(event));
  } else {
    tell_as_table(events, context.output);
  }
  return ExitCode::ok;
}

}  // namespace tvh
