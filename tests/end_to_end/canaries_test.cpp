// Random values in every place where a secret may stand, and then a look into every byte the listener has
// written or said: plain, in capitals, in hexadecimal, in base64.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "support/catch.hpp"
#include "support/seed.hpp"
#include "support/site.hpp"
#include "support/tls_client.hpp"

using namespace tvh::test;

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return text;
}

std::string hexadecimal(const std::string& text) {
  static constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    hex += kDigits[static_cast<unsigned char>(c) / 16];
    hex += kDigits[static_cast<unsigned char>(c) % 16];
  }
  return hex;
}

// Each letter with `between` behind it: a NUL, as UTF-16 has it, or what stands for one where it was replaced.
std::string spaced(const std::string& text, const std::string& between) {
  std::string wide;
  for (const char c : text) (wide += c) += between;
  return wide;
}
std::string in_utf_16(const std::string& text) { return spaced(text, std::string(1, '\0')); }

// What of `text` is the same in base64 wherever it begins: without the first and last characters that
// neighbours change. `before` is how many bytes stand before it, modulo 3.
std::string base64_core(const std::string& text, std::size_t before) {
  static constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string coded;
  for (std::size_t i = (3 - before) % 3; i + 3 <= text.size(); i += 3) {
    const unsigned bits = unsigned(static_cast<unsigned char>(text[i])) << 16 |
                          unsigned(static_cast<unsigned char>(text[i + 1])) << 8 |
                          unsigned(static_cast<unsigned char>(text[i + 2]));
    for (int shift = 18; shift >= 0; shift -= 6) coded += kDigits[bits >> shift & 63];
  }
  return coded;
}

class Canaries {
 public:
  // A new one: 24 letters and digits that stand for `place` in what a failure says.
  std::string make(const std::string& place) {
    static constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
    std::string value;
    for (int i = 0; i < 24; ++i) value += kLetters[random_() % kLetters.size()];
    add(place, value);
    return value;
  }
  void add(const std::string& place, const std::string& value) { values_.emplace_back(place, value); }
  std::size_t count() const { return values_.size(); }

  // The places whose value is found in `text`.
  std::vector<std::string> found_in(const std::string& text) const {
    const std::string low = lower(text);
    std::vector<std::string> found;
    for (const auto& [place, value] : values_) {
      bool is_there = low.find(lower(value)) != std::string::npos ||
                      low.find(hexadecimal(value)) != std::string::npos ||
                      text.find(in_utf_16(value)) != std::string::npos ||
                      text.find(spaced(value, "\uFFFD")) != std::string::npos;
      for (const std::size_t before : {0U, 1U, 2U}) {
        is_there = is_there || text.find(base64_core(value, before)) != std::string::npos;
      }
      if (is_there) found.push_back(place);
    }
    return found;
  }

 private:
  std::mt19937 random_{test_seed()};
  std::vector<std::pair<std::string, std::string>> values_;
};

constexpr const char* kTrade = R"("action":"buy","symbol":"BTCUSDT","quantity":0.01,"price":65000)";

struct CanarySite : Site {
  CanarySite() {
    const IssuedPair pair = TestAuthority().issue();
    write_file(file("server.pem"), pair.certificate);
    write_private("server.key", pair.key);
    // Every whole line of the key between its first and its last.
    std::vector<std::string> lines = lines_of(pair.key);
    for (std::size_t i = 1; i + 1 < lines.size(); ++i)
      canaries.add("TLS key, line " + std::to_string(i), lines[i]);
    environment_secret = canaries.make("secret in the environment");
    configured_secret = canaries.make("secret in the environment that the configuration names");
    file_secret = canaries.make("secret in a file");
    path_token = canaries.make("path token");
    write_private("desk.secret", file_secret + "\n");
    write_config("desk = \"file:" + file("desk.secret") + "\"\nextra = \"env:EXTRA\"");
  }

  void write_private(const std::string& name, const std::string& text) const {
    write_file(file(name), text);
    ::chmod(file(name).c_str(), 0600);
  }
  void write_config(const std::string& secrets) const {
    write_file(file("tvhook.toml"),
               "[listen]\nadmin_address = \"127.0.0.1:0\"\npath_token = \"env:TOKEN\"\n[auth.secrets]\n" +
                   secrets + "\n");
  }
  ProcessOptions canary_options() {
    ProcessOptions options =
        this->options({"--address", "127.0.0.1:0", "--log-level", "debug", "--tls-cert", file("server.pem"),
                       "--tls-key", file("server.key"), "--client-cert", "observe"});
    options.environment["TVHOOK_SECRET"] = environment_secret;
    options.environment["EXTRA"] = configured_secret;
    options.environment["TOKEN"] = path_token;
    options.environment["TVHOOK_UNRELATED"] = canaries.make("another variable of the environment");
    return options;
  }
  // All that is in the folder but what the test put there itself.
  std::string written() const {
    const std::vector<std::string> ours = {"tvhook.toml", "server.pem", "server.key", "desk.secret"};
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      if (!entry.is_regular_file()) continue;  // the listener's socket keeps nothing
      const std::string name = entry.path().filename().string();
      if (std::find(ours.begin(), ours.end(), name) == ours.end()) all += read_file(entry.path().string());
    }
    return all;
  }

  Canaries canaries;
  std::string environment_secret;
  std::string configured_secret;
  std::string file_secret;
  std::string path_token;
};

// Sends any bytes over TLS; the answer, or nothing.
std::string send_raw(int port, const std::string& bytes) {
  TlsClient client(port);
  client.send(bytes);
  const auto answer = client.read_answer();
  if (!answer) return "";
  std::string text = std::to_string(answer->status) + answer->body;
  for (const auto& [name, value] : answer->headers) text.append(name).append(value);
  return text;
}

std::string bodies(CanarySite& site, int port) {
  Canaries& canaries = site.canaries;
  const std::string rest = std::string(",") + kTrade + "}";
  std::string answers;
  const auto post = [&](const std::string& body) { answers += TlsClient(port).post("/webhook", body).body; };
  for (const std::string& good : {site.environment_secret, site.configured_secret, site.file_secret}) {
    post(R"({"secret":")" + good + "\"" + rest);
    post(R"({"token":")" + good + R"(","comment":"is )" + good + "\"" + rest);
    post(R"({"secret":")" + good + R"(","action":)");
    post(R"({"secret":")" + good + R"(","action":")" + good + R"(","symbol":"BTCUSDT"})");
    post("secret=" + good + " buy BTCUSDT");
    post(in_utf_16(R"({"secret":")" + good + "\"" + rest));
  }
  for (const char* field : {"secret", "token", "passphrase", "segredo", "password", "api_key", "apiKey"}) {
    post(std::string("{\"") + field + "\":\"" + canaries.make(std::string("wrong ") + field) + "\"" + rest);
    post(std::string("{\"") + field + "\":\"" + canaries.make(std::string("wrong, cut short, ") + field) +
         R"(","action":)");
  }
  post(R"({"secret":[")" + canaries.make("secret in a list") + "\"]" + rest);
  post(R"({"auth":{"secret":")" + canaries.make("secret in an object") + "\"}" + rest);
  return answers;
}

std::string heads(CanarySite& site, int port) {
  Canaries& canaries = site.canaries;
  const std::string body = std::string("{") + kTrade + "}";
  const std::string end =
      "Host: a\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  std::string answers = send_raw(port, "POST /webhook/" + site.path_token + " HTTP/1.1\r\n" + end);
  answers += send_raw(port, "GET /webhook/" + site.path_token + " HTTP/1.1\r\nHost: a\r\n\r\n");
  answers += send_raw(port, "POST /webhook/" + canaries.make("wrong path token") + " HTTP/1.1\r\n" + end);
  answers += send_raw(port, "POST /" + canaries.make("wrong path") + " HTTP/1.1\r\n" + end);
  answers += send_raw(port, "POST /webhook?secret=" + canaries.make("query") + " HTTP/1.1\r\n" + end);
  answers += send_raw(port, "GET /health?" + canaries.make("query of health") + " HTTP/1.1\r\nHost: a\r\n\r\n");
  answers += send_raw(port, canaries.make("method") + " /webhook HTTP/1.1\r\n" + end);
  answers += send_raw(port, "POST /webhook HTTP/" + canaries.make("version") + "\r\n" + end);
  answers += send_raw(port, canaries.make("no HTTP at all") + "\r\n\r\n");
  for (const char* name : {"Authorization: Bearer ", "Cookie: session=", "X-Api-Key: ", "User-Agent: ",
                           "Referer: ", "X-Forwarded-For: ", "Forwarded: for=", "Content-Type: ", "Expect: ",
                           "Transfer-Encoding: ", "Content-Encoding: ", "X-"}) {
    answers += send_raw(port, std::string("POST /webhook HTTP/1.1\r\n") + name +
                                  canaries.make(std::string("header ") + name) + "\r\n" + end);
  }
  HttpConnection plain(port);
  plain.send("POST /webhook/" + canaries.make("plain HTTP to the TLS port") + " HTTP/1.1\r\n" + end);
  static_cast<void>(plain.read_answer());
  return answers;
}

std::string admin_answers(Listener& listener) {
  std::string answers;
  for (const char* path : {"/health/deep", "/metrics", "/"}) answers += listener.ask_admin(path).body;
  return answers;
}

}  // namespace

TEST_CASE("canaries: no secret, token, key or header is in any file, output, answer or health") {
  CanarySite site;
  Listener listener(site.canary_options());
  std::string all = bodies(site, listener.port());
  all += heads(site, listener.port());
  // A reload that fails tells why, and not what it read.
  site.write_config("literal = \"" + site.canaries.make("secret that stands in the configuration") + "\"");
  listener.process().send(SIGHUP);
  REQUIRE(listener.process().wait_for_errors("not reloaded"));
  const HttpAnswer last = TlsClient(listener.port())
                              .post("/webhook", R"({"secret":")" + site.file_secret +
                                                    R"(","signal_id":"last",)" + std::string(kTrade) + "}");
  CHECK(last.status == 200);                                    // with it the refusals that waited go to disk
  all += last.body + admin_answers(listener) + site.written();  // the log is still there
  CHECK(listener.stop() == 0);
  all += site.written() + listener.process().output() + listener.process().errors();

  INFO(site.canaries.count() << " canaries, seed " << test_seed());
  CHECK(site.canaries.found_in(all) == std::vector<std::string>{});
  CHECK(all.size() > 100'000);
  CHECK(std::stoi(site.one("SELECT count(*) FROM alerts")) > 30);
}

TEST_CASE("canaries: a start that is refused does not tell them either") {
  CanarySite site;
  ProcessOptions options = site.canary_options();
  std::string all;
  const auto refuse = [&] {
    const Finished finished = run(tool("tvhook-listen"), options);
    CHECK(finished.code == 78);
    all += finished.output + finished.errors;
  };
  site.write_config("literal = \"" + site.canaries.make("secret that stands in the configuration") + "\"");
  refuse();
  site.write_config("[broken\n" + site.canaries.make("line that is no TOML"));
  refuse();
  site.write_config("desk = \"file:" + site.file("desk.secret") + "\"");
  ::chmod(site.file("desk.secret").c_str(), 0644);
  refuse();
  ::chmod(site.file("desk.secret").c_str(), 0600);
  options.environment["TOKEN"] = site.canaries.make("path token that no URL takes") + " ";
  refuse();
  options.environment["TOKEN"] = site.path_token;
  site.write_private("server.key", site.canaries.make("key that is none"));
  refuse();
  all += site.written();
  CHECK(site.canaries.found_in(all) == std::vector<std::string>{});
}

TEST_CASE("canaries: these tests find a value in plain, in capitals, in hexadecimal and in base64") {
  Canaries canaries;
  const std::string value = canaries.make("here");
  const std::vector<std::string> here = {"here"};
  CHECK(canaries.found_in("x" + value + "y") == here);
  CHECK(canaries.found_in(lower(value)) == here);
  CHECK(canaries.found_in(hexadecimal(value)) == here);
  for (const std::size_t before : {0U, 1U, 2U}) {
    const std::string text = std::string(before, 'x') + value + "yy";
    CHECK(canaries.found_in(base64_core(text, 0)) == here);
  }
  CHECK(canaries.found_in(std::string(value.rbegin(), value.rend())).empty());
}
