#include "wire/records.hpp"

#include "support/catch.hpp"
#include "wire/finding_codes.hpp"

using namespace tvh;
using namespace tvh::wire;

namespace {

Decimal number(const char* text) { return Decimal::from_trusted(text); }

const std::string kFullRecord =
    R"({"kind":"signal","v":1,"id":"abcdefghijklmnopqrstuvwxyz","received_at":"2026-11-20T10:15:03.412Z",)"
    R"("strategy":"ma","exchange":"binance","symbol":"BTCUSDT","market":"perp","action":"buy","quantity":"0.01",)"
    R"("size_unit":"base","order_type":"stop_limit","price":"65000.5","bar_time":"2026-11-20T10:15:00Z","timeframe":"15",)"
    R"("limit_price":"64000","stop_price":"64500","stop_loss":"60000","take_profit":"70000","trailing":{"percent":1.50},)"
    R"("reduce_only":false,"leverage":"3","time_in_force":"gtc","legs":[{"quantity":"1"}],"order_id":"long \"1\"",)"
    R"("comment":"é\n","fired_at":"2026-11-20T10:15:02.000000001Z","max_age":"1500ms",)"
    R"("position":{"side":"long","size":"0.01","prev_side":"flat","prev_size":"0"},"signal_id":"a","bare_id":"b",)"
    R"("extra":{"atr":1.20}})";

std::string without(std::string text, const std::string& part) {
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.erase(at, part.size());
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("records: the design's sample has the documented keys in the documented order") {
  model::Signal signal;
  signal.id = "abcdefghijklmnopqrstuvwxyz";
  signal.received_at = *parse_time("2026-11-20T10:15:03.412Z");
  signal.strategy = "ma_cross_v1";
  signal.exchange = "binance";
  signal.symbol = "BTCUSDT";
  signal.quantity = number("0.01");
  signal.price = number("65000.5");
  signal.bar_time = *parse_time("2026-11-20T10:15:00Z");
  signal.timeframe = "15";
  CHECK(
      format_signal(signal) ==
      R"({"kind":"signal","v":1,"id":"abcdefghijklmnopqrstuvwxyz","received_at":"2026-11-20T10:15:03.412Z","strategy":"ma_cross_v1","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.01","size_unit":"base","order_type":"market","price":"65000.5","bar_time":"2026-11-20T10:15:00Z","timeframe":"15"})");
}

TEST_CASE("records: a signal with every field reads and writes the same bytes") {
  const auto signal = parse_signal(kFullRecord);
  if (!signal) FAIL(signal.error().message);
  CHECK(format_signal(*signal) == kFullRecord);
  CHECK(signal->max_age == std::chrono::milliseconds(1500));
  CHECK(signal->position->prev_size == number("0"));
  CHECK(signal->reduce_only == false);
}

TEST_CASE("records: what a person changed with jq is read: numbers, spaces, new keys") {
  const auto signal = parse_signal(with(without(kFullRecord, R"("extra":{"atr":1.20})"), R"("quantity":"0.01")",
                                        R"("quantity": 0.001, "note" : "x", "z":1)")
                                       .replace(0, 1, "{ "));
  // The record now ends in a comma; the line is broken and says so.
  REQUIRE_FALSE(signal);
  CHECK(signal.error().message.find("trailing comma") != std::string::npos);
  const auto edited =
      parse_signal(with(kFullRecord, R"("quantity":"0.01")", R"("quantity": 1e-3, "note" : "x")"));
  if (!edited) FAIL(edited.error().message);
  CHECK(edited->quantity == number("0.001"));
  CHECK(edited->extra_json == R"({"atr":1.20,"note":"x"})");
}

TEST_CASE("records: what is no signal record is refused with the field's name") {
  const auto fault = [](const std::string& line) {
    const auto signal = parse_signal(line);
    REQUIRE_FALSE(signal);
    CHECK(signal.error().code == Errc::bad_data);
    return signal.error().message;
  };
  CHECK(fault("{}").find("kind: ") == 0);
  CHECK(fault("[]").find("expected a signal record") == 0);
  CHECK(fault("{\"kind\":").find("column 9: ") == 0);
  CHECK(fault(with(kFullRecord, R"("kind":"signal")", R"("kind":"order")")).find("kind: ") == 0);
  CHECK(fault(with(kFullRecord, R"("v":1)", R"("v":2)")).find("v: ") == 0);
  CHECK(fault(with(kFullRecord, "abcdefghijklmnopqrstuvwxyz", "ABC")).find("id: ") == 0);
  CHECK(fault(with(kFullRecord, "2026-11-20T10:15:03.412Z", "now")).find("received_at: ") == 0);
  CHECK(fault(with(kFullRecord, R"("quantity":"0.01")", R"("quantity":"0")")).find("quantity: ") == 0);
  CHECK(fault(with(kFullRecord, R"("action":"buy")", R"("action":"exit")")).find("action: ") == 0);
  CHECK(fault(without(kFullRecord, R"("symbol":"BTCUSDT",)")).find("symbol: ") == 0);
  CHECK(fault(with(kFullRecord, R"("market":"perp")", R"("market":"moon")")).find("market: ") == 0);
  CHECK(fault(without(kFullRecord, R"("limit_price":"64000",)")).find("order_type: ") == 0);
}

TEST_CASE("records: a record's times and exchange are taken as they are") {
  const auto signal = parse_signal(
      with(with(kFullRecord, R"("bar_time":"2026-11-20T10:15:00Z")", R"("bar_time":"2026-11-20T10:15:07Z")"),
           R"("exchange":"binance")", R"("exchange":"nymex")"));
  if (!signal) FAIL(signal.error().message);
  CHECK(signal->bar_time == *parse_time("2026-11-20T10:15:07Z"));
  CHECK(signal->exchange == "nymex");
}

TEST_CASE("records: an order, a refusal and a drift have their documented form") {
  OrderRecord order;
  order.intent.request.client_order_id = "tvhabc";
  order.intent.request.instrument = "BTCUSDT";
  order.intent.request.quantity = number("0.01");
  order.intent.request.reference_price = number("65000.5");
  order.intent.signal_id = "sig";
  order.intent.strategy = "default";
  order.intent.venue = "paper";
  order.intent.state = model::OrderState::filled;
  order.intent.filled_quantity = number("0.01");
  order.intent.planned_at = *parse_time("2026-11-20T10:15:03Z");
  order.symbol = "BTCUSDT";
  order.average_price = number("65000.5");
  order.fee = number("0.65");
  order.fee_asset = "USDT";
  order.clipped_from = number("0.02");
  order.took = std::chrono::microseconds(412);
  CHECK(
      format_order(order) ==
      R"({"kind":"order","v":1,"client_order_id":"tvhabc","signal_id":"sig","strategy":"default","venue":"paper","instrument":"BTCUSDT","symbol":"BTCUSDT","market":"spot","side":"buy","quantity":"0.01","clipped_from":"0.02","order_type":"market","price":"65000.5","leg":"entry","state":"filled","filled_quantity":"0.01","average_price":"65000.5","fee":"0.65","fee_asset":"USDT","planned_at":"2026-11-20T10:15:03Z","took_ms":0.412})");
  RefusalRecord refusal{
      "sig", "ma", "BTCUSDT", "buy", "paper", "no_price", "no \"price\"", *parse_time("2026-11-20"), false};
  CHECK(
      format_refusal(refusal) ==
      R"({"kind":"refusal","v":1,"signal_id":"sig","strategy":"ma","symbol":"BTCUSDT","action":"buy","venue":"paper","reason":"no_price","message":"no \"price\"","at":"2026-11-20T00:00:00Z"})");
  refusal.plan = true;  // a plan is of no particular moment
  CHECK(format_refusal(refusal).find("\"at\"") == std::string::npos);
  CHECK(format_refusal(refusal).find("\"plan\":true") != std::string::npos);
  DriftRecord drift{"paper", "BTCUSDT", "ma", number("1"), number("1.5"), number("0.5"), "manual", "none"};
  CHECK(
      format_drift(drift) ==
      R"({"kind":"drift","v":1,"venue":"paper","instrument":"BTCUSDT","strategy":"ma","journal":"1","at_venue":"1.5","drift":"0.5","cause":"manual","evidence":"none"})");
}

TEST_CASE("records: a verdict says where each finding stands") {
  VerdictRecord verdict;
  verdict.source = "alerts.ndjson";
  verdict.line = 7;
  verdict.text = "{\"a\":1,\n \"qty\":0}";
  verdict.findings = {make_finding(FindingCode::not_positive, "qty", "qty: 0 is not allowed", 15)};
  CHECK(
      format_verdict(verdict) ==
      R"({"kind":"verdict","v":1,"source":"alerts.ndjson","line":7,"valid":false,"findings":[{"severity":"error","code":"TV020","name":"not_positive","field":"qty","line":8,"column":8,"message":"qty: 0 is not allowed"}]})");
}

TEST_CASE("records: a verdict of a template says what each sample becomes, and why it matters") {
  VerdictRecord verdict;
  verdict.source = "message.json";
  verdict.text = "{}";
  verdict.findings = {{Severity::note, "TV118", "no_order_id", "none", "", 1, "It matters.\nMend: so."}};
  SampleOutcome refused;
  refused.line = 2;
  refused.column = 3;
  refused.message = "alert()";
  refused.sample = "exit";
  refused.refused = "TV012 missing_field";
  SampleOutcome traded;
  traded.signal = model::Signal{};
  traded.signal->id = "sig";
  traded.earlier = {*traded.signal};
  verdict.becomes = {refused, traded};
  const std::string signal = format_signal(*traded.signal);
  const std::string head =
      R"x({"kind":"verdict","v":1,"source":"message.json","line":1,"valid":true,"findings":[{"severity":"note","code":"TV118","name":"no_order_id","line":1,"column":2,"message":"none","advice":"It matters.\nMend: so."}],)x";
  const std::string becomes =
      R"x("becomes":[{"line":2,"column":3,"message":"alert()","sample":"exit","refused":"TV012 missing_field"},)x";
  CHECK(format_verdict(verdict) ==
        head + becomes + R"({"line":1,"column":1,"earlier":[)" + signal + R"(],"signal":)" + signal + "}]}");
}

TEST_CASE("findings: codes are unique, in order, explained, and leave the Pine checks theirs") {
  std::string last;
  for (const auto& kind : finding_kinds()) {
    CHECK(std::string(kind.code) > last);
    last = kind.code;
    CHECK(kind.code != "TV021");
    CHECK(kind.code != "TV033");
    CHECK(kind.explanation.size() > 40);
    CHECK(find_finding_kind(kind.code) == &kind);
    CHECK(find_finding_kind(kind.name) == &kind);
    CHECK(&kind_of(kind.value) == &kind);
  }
  CHECK(find_finding_kind("tv012")->name == "missing_field");
  CHECK(find_finding_kind("TV999") == nullptr);
}

TEST_CASE("records: a record of any length is written whole, behind what is there") {
  model::Signal signal;
  signal.id = "abcdefghijklmnopqrstuvwxyz";
  signal.received_at = *parse_time("2026-11-20T10:15:03.412Z");
  signal.symbol = "BTCUSDT";
  signal.signal_id = "behind";
  const std::string bare = format_signal(signal);
  for (std::size_t length = 1; length <= 1024; ++length) {
    signal.comment = std::string(length, 'c');
    if (length % 3 == 0) signal.comment.back() = '\n';
    std::string member = ",\"comment\":\"" + std::string(length, 'c') + "\"";
    if (length % 3 == 0) member.replace(member.size() - 2, 1, "\\n");
    std::string expected = bare;
    expected.insert(bare.find(",\"signal_id\""), member);
    std::string written = "before";
    append_signal(written, signal);
    REQUIRE(written == "before" + expected);
  }
}
