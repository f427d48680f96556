// Every published sample of another service's format, filled in as TradingView would, means what that service
// documents, to tvhook-validate and to tvhook-listen alike.
#include <filesystem>
#include <map>
#include <set>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "tvhook-listen/intake.hpp"
#include "tvhook-validate/alert_check.hpp"
#include "unit/listen/answer_recorder.hpp"
#include "unit/listen/log_capture.hpp"
#include "wire/records.hpp"

using namespace tvh;

namespace {

const std::string kFolder = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/payloads/dialects";

std::string filled(std::string text) {
  static const std::map<std::string, std::string> values{{"{{ticker}}", "BTCUSDT"},
                                                         {"{{exchange}}", "BINANCE"},
                                                         {"{{open}}", "65000"},
                                                         {"{{high}}", "65001"},
                                                         {"{{low}}", "64999"},
                                                         {"{{close}}", "65000.5"},
                                                         {"{{interval}}", "15"},
                                                         {"{{time}}", "2026-11-20T10:15:00Z"},
                                                         {"{{timenow}}", "2026-11-20T10:15:03Z"},
                                                         {"{{strategy.order.action}}", "buy"},
                                                         {"{{strategy.order.contracts}}", "0.2"},
                                                         {"{{strategy.order.price}}", "65000.25"},
                                                         {"{{strategy.order.id}}", "Long"},
                                                         {"{{strategy.order.comment}}", "tp1"},
                                                         {"{{strategy.order.alert_message}}", "entry"},
                                                         {"{{strategy.position_size}}", "-0.2"},
                                                         {"{{strategy.market_position}}", "short"},
                                                         {"{{strategy.market_position_size}}", "0.2"},
                                                         {"{{strategy.prev_market_position}}", "flat"},
                                                         {"{{strategy.prev_market_position_size}}", "0"},
                                                         {"{{plot(\"Short SL\")}}", "66000"},
                                                         {"{{plot(\"Short TP\")}}", "64000"},
                                                         {"{{plot(\"Long SL\")}}", "64000"},
                                                         {"{{plot(\"Long TP\")}}", "66000"}};
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

std::string sample(const std::string& name) { return filled(test::read_file(kFolder + "/" + name)); }

// Records without what depends on when they were made.
std::string meaning_of(model::Signal signal) {
  signal.id.clear();
  signal.received_at = {};
  const std::string record = wire::format_signal(signal);
  const auto begin = record.find("\"strategy\"");
  return "{" + record.substr(begin);
}

std::string meanings(const std::vector<model::Signal>& earlier, const std::optional<model::Signal>& signal) {
  std::string lines;
  for (const auto& one : earlier) lines += meaning_of(one) + "\n";
  return signal ? lines + meaning_of(*signal) : "refused";
}

std::string first_error(const std::vector<wire::Finding>& findings) {
  for (const auto& finding : findings) {
    if (finding.severity == wire::Severity::error) return finding.code + " " + finding.message;
  }
  return {};
}

std::string validated(const std::string& body) {
  const auto checked = check_alert(body, {});
  return checked.signal ? meanings(checked.earlier, checked.signal) : first_error(checked.findings);
}

// What the listener puts into its queue, and so into the journal.
std::string listened(const std::string& body) {
  test::LogCapture capture;
  AlertLog log(capture.log());
  JournalHealth health;
  ManualClock clock(*parse_time("2026-11-20T10:15:04Z"));
  ArrivalQueue queue({}, clock, [](const journal::Arrival&, Unavailable) {});
  IntakeSettings settings;
  settings.authentication = Authentication::none;
  settings.hash_key = "key";
  settings.resend_window = [](const std::string&) { return std::chrono::seconds(30); };
  const auto answers = std::make_shared<test::AnswerRecorder>();
  Intake intake(settings, {queue, health, clock, log});
  server::RequestHead head;
  head.method = "POST";
  head.path = "/webhook";
  head.source = "127.0.0.1:1";
  head.content_length = body.size();
  intake.receive(head, body, server::Responder(answers, 1));
  std::vector<journal::Arrival> batch;
  queue.take_batch(batch, std::chrono::milliseconds(0));
  REQUIRE(batch.size() == 1);
  std::string heard = meanings(batch.front().earlier, batch.front().signal);
  queue.fail_batch();
  return heard;
}

struct Expected {
  std::string file;
  std::string dialect;
  std::string meaning;  // the signals' lines, or the beginning of the first error
};

const std::vector<Expected>& expectations() {
  static const std::
      vector<Expected>
          all{
              {"01_tradingview_help_slack.json", "plain", "TV012 action: missing"},
              {"02_traderspost_strategy.json", "traderspost",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market","price":"65000.5","timeframe":"15","fired_at":"2026-11-20T10:15:03Z","position":{"side":"short"}})"},
              {"03_traderspost_bracket.json", "traderspost",
               R"({"strategy":"default","symbol":"AMD","market":"spot","action":"buy","quantity":"1","size_unit":"base","order_type":"market","price":"143.12","stop_loss":"135.964","take_profit":"157.432"})"},
              {"04_traderspost_trailing_exit.json", "traderspost",
               R"({"strategy":"default","symbol":"SPY","market":"spot","action":"close_all","size_unit":"base","order_type":"market","price":"71","trailing":{"trailAmount":"1"}})"},
              {"06_3commas_signal_strategy.json", "3commas",
               R"({"strategy":"signal-bot-uuid","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market","price":"65000.5","fired_at":"2026-11-20T10:15:03Z","max_age":"300s","position":{"side":"short","size":"0.2","prev_side":"flat","prev_size":"0"}})"},
              {"08_okx_signal_section_a.json", "okx-a",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market","order_id":"Long","fired_at":"2026-11-20T10:15:03Z","max_age":"300s","position":{"side":"short","size":"0.2","prev_side":"flat","prev_size":"0"}})"},
              {"09_okx_signal_section_b_enter.json", "okx-b",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"perp","action":"buy","quantity":"100","size_unit":"percent_balance","order_type":"market","fired_at":"2026-05-08T06:20:00Z","max_age":"30s"})"},
              {"10_okx_signal_section_b_exit.json", "okx-b",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"perp","action":"close_long","quantity":"100","size_unit":"percent_position","order_type":"market","fired_at":"2026-05-08T06:20:00Z","max_age":"30s"})"},
              // Its code names no pair: WunderTrading's own bot setting does.
              {"12_wundertrading_percent.json", "wundertrading", "TV012 code.pair: has no value"},
              {"15_tickerly_default.json", "tickerly",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market"})"},
              {"16_amabit_strategy_target_position.json", "amabit",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"target","size_unit":"base","order_type":"market","price":"65000.5","order_id":"Long","comment":"tp1","position":{"side":"short","size":"0.2"},"extra":{"contracts":"0.2"}})"},
              {"18_signalbee_full.json", "signalbee",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"25","size_unit":"percent_balance","order_type":"market","price":"65000.5","fired_at":"2026-11-20T10:15:03Z","max_age":"300s"})"},
              {"21_jackrabbitrelay.json", "jackrabbit", R"({"strategy":"Sandbox","exchange":"kucoin","symbol":"ETHUSDT","market":"spot","action":"close_all","quantity":"1","size_unit":"percent_balance","order_type":"market","price":"0.00001059","bar_time":"2022-10-14T06:22:00Z","extra":{"AvgProfit":"1.1534158404637536","CBuys":"1",)"},
              {"22_cryptognome_bybit_binance.json", "cryptognome",
               R"({"strategy":"default","exchange":"bybit","symbol":"ETHUSD","market":"spot","action":"cancel","size_unit":"base","order_type":"market"})"
               "\n"
               R"({"strategy":"default","exchange":"bybit","symbol":"ETHUSD","market":"spot","action":"buy","quantity":"1","size_unit":"base","order_type":"market","price":"1120","stop_loss":"1114.4","take_profit":"1131.2","extra":{"order_mode":"Both"}})"},
              {"23_thibaultyou_array.json", "alerts-processor",
               R"({"strategy":"dev","symbol":"ETHUSD","market":"perp","action":"buy","quantity":"50","size_unit":"quote","order_type":"market"})"
               "\n"
               R"({"strategy":"dev","symbol":"BTCUSD","market":"perp","action":"buy","quantity":"50","size_unit":"quote","order_type":"market"})"},
              {"26_lthelm_template_plots.json", "plain",
               R"({"strategy":"default","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","size_unit":"base","order_type":"market","price":"65000.25","fired_at":"2026-11-20T10:15:03Z","extra":{"long SL":64000,"long TP":66000,"message":"entry","short SL":66000,"short TP":64000,"subaccount":"Testing"}})"},
              {"29_openalgo_smart.json", "openalgo",
               R"({"strategy":"TVSmart","exchange":"nse","symbol":"BTCUSDT","market":"spot","action":"target","size_unit":"base","order_type":"market","position":{"side":"short","size":"0.2"},"extra":{"product":"MIS"}})"},
              {"33_traderlands_nested.json", "traderlands",
               R"({"strategy":"1","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","size_unit":"base","order_type":"market","price":"65000.25","order_id":"Long","comment":"tp1","fired_at":"2026-11-20T10:15:03Z","position":{"side":"short","prev_side":"flat"},"extra":{"alertMessage":"entry"}})"},
              {"35_generic_unquoted_numbers.json", "plain",
               R"({"strategy":"default","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market","price":"65000.5","bar_time":"2026-11-20T10:15:00Z","timeframe":"15","order_id":"Long","position":{"side":"short","size":"0.2","prev_side":"flat"}})"},
              {"36_aws_full_placeholder_set.json", "plain",
               R"({"strategy":"default","exchange":"binance","symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"0.2","size_unit":"base","order_type":"market","price":"65000.25","bar_time":"2026-11-20T10:15:00Z","timeframe":"15","comment":"tp1","position":{"side":"short","size":"0.2","prev_side":"flat","prev_size":"0"},"bare_id":"Long",)"},
              {"t1_pineconnector.msg", "pineconnector",
               R"({"strategy":"default","symbol":"EURUSD","market":"spot","action":"buy","quantity":"1","size_unit":"risk_percent","order_type":"market","legs":{"sl":"10","tp":"20"}})"},
              // A price relative to the market's, with what the capture printed after it.
              {"t2_frostybot.msg", "frostybot", "TV018 price: \"-0.01[!http]\" is not a number"},
              {"t5_rfwarn_alpaca.msg", "piped",
               R"({"strategy":"default","symbol":"BTCUSDT","market":"spot","action":"buy","size_unit":"base","order_type":"market","price":"65000.5","order_id":"Long"})"},
          };
  return all;
}

}  // namespace

TEST_CASE("samples: each means what its service documents, in the dialect it bears the marks of") {
  for (const auto& expected : expectations()) {
    CAPTURE(expected.file);
    const std::string body = sample(expected.file);
    const auto checked = check_alert(body, {});
    REQUIRE(checked.dialect != nullptr);
    CHECK(checked.dialect->name == expected.dialect);
    const std::string meaning = validated(body);
    // Long extras are named in the beginning only.
    CHECK(meaning.substr(0, expected.meaning.size()) == expected.meaning);
  }
}

TEST_CASE("samples: every file of the folder is expected here") {
  std::set<std::string> expected;
  for (const auto& one : expectations()) expected.insert(one.file);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".txt") CHECK(expected.contains(entry.path().filename().string()));
  }
}

TEST_CASE("samples: the listener puts into the journal what validate prints, byte for byte") {
  for (const auto& expected : expectations()) {
    CAPTURE(expected.file);
    for (const std::string& body : {sample(expected.file), test::read_file(kFolder + "/" + expected.file)}) {
      const auto checked = check_alert(body, {});
      CHECK(listened(body) == meanings(checked.earlier, checked.signal));
    }
  }
}

TEST_CASE("samples: templates as published, unfilled, never become a signal") {
  for (const auto& expected : expectations()) {
    const std::string body = test::read_file(kFolder + "/" + expected.file);
    if (body.find("{{strategy.order.action}}") == std::string::npos) continue;
    CAPTURE(expected.file);
    CHECK_FALSE(check_alert(body, {}).signal);
  }
}
