// What a journal's length costs: accept at 1 and 64 connections, claim, reconcile and start, over a journal
// that holds so many signals against an empty one. Rounds of both take turns; medians of the rounds.
//   bench_length [--signals N] [--rounds N] [--milliseconds N] [--folder DIR] [--journal FILE] [--ids
//   time|[--alerts plain|author]
// The long journal is made by SQL (a million signals in about half a minute, 1.2 GB): accepted an hour or more
// ago, ended, each tenth with an order and its fill. --journal keeps it there, or uses the one that is there.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load_generator.hpp"
#include "bench/server_process.hpp"
#include "journal/execution.hpp"
#include "journal/journal.hpp"

namespace {

using namespace tvh;
using namespace tvh::bench;
using SteadyTime = std::chrono::steady_clock::time_point;

struct Arguments {
  long signals = 1'000'000;
  int rounds = 7;
  int milliseconds = 1000;
  std::string folder = std::filesystem::temp_directory_path().string();
  std::string journal;
  bool author_ids = false;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

double microseconds_since(SteadyTime begin) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
void need(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

// Rows as the tools write them. An id is 26 characters, of which 8 may stand for its time.
std::string filling(long first, long last, bool ids_by_time) {
  const std::string id =
      ids_by_time ? "'a' || printf('%07x', n / 10) || substr(hash, 1, 18)" : "substr(hash, 1, 26)";
  const std::string at = "1700000000000000000 + n * 100000000";
  return "CREATE TEMP TABLE filling AS WITH RECURSIVE count(n) AS (SELECT " + std::to_string(first) +
         " UNION ALL SELECT n + 1 FROM count WHERE n < " + std::to_string(last) +
         "), hashed AS (SELECT n, lower(hex(randomblob(13))) AS hash FROM count) SELECT n, " + id + " AS id, " +
         at +
         " AS at, 'ma_cross_' || (n % 7) AS strategy FROM hashed;"
         "INSERT INTO signals (id, received_at, strategy, symbol, market, action, record, event_at, state, "
         "claimed_at, ended_at) SELECT id, at, strategy, 'BTCUSDT', 'spot', 'buy', "
         "'{\"kind\":\"signal\",\"v\":1,\"id\":\"' || id || "
         "'\",\"received_at\":\"2026-11-20T10:15:03.412345678Z\",\"strategy\":\"' || strategy || "
         "'\",\"exchange\":\"binance\",\"symbol\":\"BTCUSDT\",\"market\":\"spot\",\"action\":\"buy\","
         "\"quantity\":"
         "\"0.00000001\",\"size_unit\":\"base\",\"order_type\":\"market\",\"price\":\"65000.5\",\"fired_at\":"
         "\"2026-11-20T10:15:00.123Z\",\"order_id\":\"Long\"}', at, 'done', at, at FROM filling;"
         "INSERT INTO alerts (received_at, source, status, verdict, body, body_hash, original_hash, signal_id) "
         "SELECT at, '127.0.0.1:51234', 200, 'accepted', "
         "'{\"secret\":\"[secret:main]\",\"strategy\":\"' || strategy || "
         "'\",\"exchange\":\"BINANCE\",\"symbol\":\"BTCUSDT\",\"action\":\"buy\",\"quantity\":\"0.00000001\","
         "\"price\":\"65000.5\",\"order_id\":\"Long\",\"time\":1795000000000}', randomblob(32), "
         "randomblob(32), "
         "id FROM filling;"
         "INSERT INTO intents (client_order_id, signal_id, strategy, venue, instrument, market, leg, side, "
         "order_type, quantity, state, filled_quantity, planned_at, submitting_at, filled_at) SELECT 'tvh' || "
         "id, "
         "id, strategy, 'paper', 'BTCUSDT', 'spot', 'main', 'buy', 'market', '0.00000001', 'filled', "
         "'0.00000001', at, at, at FROM filling WHERE n % 10 = 0;"
         "INSERT INTO order_events (client_order_id, at, event, state) SELECT 'tvh' || id, at, 'filled', "
         "'filled' FROM filling WHERE n % 10 = 0;"
         "INSERT INTO fills (venue, instrument, venue_order_id, trade_id, client_order_id, strategy, side, "
         "quantity, price, fee, fee_asset, at) SELECT 'paper', 'BTCUSDT', 'paper-tvh' || id, '1', 'tvh' || id, "
         "strategy, 'buy', '0.00000001', '65000.5', '0', 'USDT', at FROM filling WHERE n % 10 = 0;"
         "DROP TABLE filling;";
}

void make_long_journal(const std::string& path, const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  const auto journal = need(journal::Journal::open(path));
  constexpr long kStep = 250'000;
  for (long first = 1; first <= arguments.signals; first += kStep) {
    const long last = std::min(first + kStep - 1, arguments.signals);
    need(journal->connection().execute("BEGIN IMMEDIATE"));
    need(journal->connection().execute(filling(first, last, !arguments.author_ids).c_str()));
    need(journal->connection().execute("COMMIT"));
    journal->settle();
  }
  std::printf("made %s: %ld signals, %.1f GB, in %.0f s\n", path.c_str(), arguments.signals,
              double(std::filesystem::file_size(path)) / 1e9, microseconds_since(begin) / 1e6);
  std::fflush(stdout);
}

// One of the two journals, and what was measured on it.
struct Subject {
  std::string path;
  Server server{};
  std::vector<double> lone{}, together{}, claims{}, reconciles{}, starts{};
};

class Bench {
 public:
  Bench(const Arguments& arguments, const std::string& empty, const std::string& filled)
      : arguments_(arguments), subjects_{Subject{empty}, Subject{filled}} {}

  void run() {
    for (Subject& subject : subjects_) start(subject);
    for (int round = 0; round <= arguments_.rounds; ++round) {
      // The first round warms up.
      if (round == 1) forget();
      for (Subject& subject : subjects_) subject.lone.push_back(load(subject, 1).p50);
      for (Subject& subject : subjects_) {
        const LoadResult result = load(subject, 64);
        subject.together.push_back(result.seconds / double(result.accepted) * 1e6);
      }
      for (Subject& subject : subjects_) subject.claims.push_back(claim(subject));
      for (Subject& subject : subjects_) subject.reconciles.push_back(reconcile(subject));
      for (Subject& subject : subjects_) {
        finish(subject.server.child);
        start(subject);
      }
    }
    for (Subject& subject : subjects_) finish(subject.server.child);
    std::printf("%-34s %10s %10s %7s\n", "median, microseconds", "empty", "long", "times");
    print("accept at 1 connection, p50", &Subject::lone);
    print("accept at 64, an alert", &Subject::together);
    print("claim and end, p50", &Subject::claims);
    print("reconcile, all of its reads", &Subject::reconciles);
    print("start to the first 200", &Subject::starts);
  }

 private:
  void forget() {
    for (Subject& subject : subjects_) {
      subject.lone.clear();
      subject.together.clear();
      subject.claims.clear();
      subject.reconciles.clear();
      subject.starts.clear();
    }
  }

  void start(Subject& subject) {
    const auto begin = std::chrono::steady_clock::now();
    subject.server = start_server("journal", subject.path);
    Load one;
    one.port = subject.server.port;
    one.connections = 1;
    one.duration = std::chrono::milliseconds(0);
    one.first_alert = next_++;
    one.author_ids = arguments_.author_ids;
    if (run_load(one).accepted != 1) throw std::runtime_error("the first alert was not accepted");
    subject.starts.push_back(microseconds_since(begin));
  }

  LoadResult load(const Subject& subject, int connections) {
    Load load;
    load.port = subject.server.port;
    load.connections = connections;
    load.duration = std::chrono::milliseconds(arguments_.milliseconds);
    load.first_alert = next_;
    load.author_ids = arguments_.author_ids;
    const LoadResult result = run_load(load);
    next_ += result.accepted + result.other;
    if (result.other > 0) std::printf("%s: some were not accepted\n", subject.path.c_str());
    return result;
  }

  // As the executor does it: claimed in one transaction, ended in another.
  double claim(const Subject& subject) {
    const auto journal = need(journal::Journal::open(subject.path));
    journal::Execution execution(*journal);
    std::int64_t after_seq = 0;
    std::vector<double> times;
    for (const auto& signal : need(execution.read_pending(after_seq, 200))) {
      const auto begin = std::chrono::steady_clock::now();
      const TimePoint now = signal.received_at;
      auto claiming = need(journal->begin_write());
      need(execution.claim(signal, false, now));
      need(claiming.commit());
      auto ending = need(journal->begin_write());
      need(execution.end_signal(signal.id, model::SignalState::done, "", "", now));
      need(ending.commit());
      times.push_back(microseconds_since(begin));
    }
    return median(times);
  }

  // What tvhook-reconcile reads of the journal.
  double reconcile(const Subject& subject) {
    const auto begin = std::chrono::steady_clock::now();
    const auto journal = need(journal::Journal::open_read_only(subject.path));
    journal::Execution execution(*journal);
    need(execution.read_positions());
    need(execution.read_open_intents());
    need(execution.read_claimed());
    return microseconds_since(begin);
  }

  void print(const char* what, std::vector<double> Subject::*times) const {
    const double empty = median(subjects_[0].*times);
    const double full = median(subjects_[1].*times);
    std::printf("%-34s %10.1f %10.1f %7.2f\n", what, empty, full, full / empty);
  }

  const Arguments arguments_;
  Subject subjects_[2];
  // A journal of an earlier run holds that run's alerts.
  std::uint64_t next_ = std::uint64_t(std::time(nullptr) % 1'000'000) * 100'000;
};

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--signals") arguments.signals = std::atol(argv[i + 1]);
    if (name == "--rounds") arguments.rounds = std::atoi(argv[i + 1]);
    if (name == "--milliseconds") arguments.milliseconds = std::atoi(argv[i + 1]);
    if (name == "--folder") arguments.folder = argv[i + 1];
    if (name == "--journal") arguments.journal = argv[i + 1];
    if (name == "--alerts") arguments.author_ids = std::string(argv[i + 1]) == "author";
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as the tools do
  const Arguments arguments = parse_arguments(argc, argv);
  std::string folder = (std::filesystem::path(arguments.folder) / "tvhook-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "bench_length: cannot make a folder in %s\n", arguments.folder.c_str());
    return 1;
  }
  int code = 0;
  try {
    const std::string filled = arguments.journal.empty() ? folder + "/long.db" : arguments.journal;
    if (!std::filesystem::exists(filled)) make_long_journal(filled, arguments);
    Bench(arguments, folder + "/empty.db", filled).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_length: %s\n", error.what());
    code = 1;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return code;
}
