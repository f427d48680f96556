// A trader's machine in small: a folder with a configuration and a journal, secrets in the environment, the
// tools.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/http_connection.hpp"
#include "support/journal_query.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

namespace tvh::test {

inline constexpr const char* kSecret = "correct-horse-battery";
inline constexpr const char* kAdmin = "[listen]\nadmin_address = \"127.0.0.1:0\"\n";

class Listener {
 public:
  Listener(const ProcessOptions& options);

  Process& process() { return *process_; }
  const std::string& url() const { return url_; }
  int port() const { return port_; }
  HttpConnection connect() const { return HttpConnection(port_); }
  HttpAnswer post(const std::string& body) const { return connect().post("/webhook", body); }
  // Of a site with `kAdmin`. Waits until the log names it, which may be after the ready line.
  int admin_port();
  HttpAnswer ask_admin(const std::string& path) { return HttpConnection(admin_port()).get(path); }
  // SIGTERM, and its exit code.
  int stop();

 private:
  std::unique_ptr<Process> process_;
  std::string url_;
  int port_ = 0;
};

class Site {
 public:
  explicit Site(const std::string& config = "");
  Site(const std::string& config, const std::string& journal);

  // What every tool of this site is started with, and then `arguments`.
  ProcessOptions options(const std::vector<std::string>& arguments = {}) const;

  Listener listen(const std::vector<std::string>& arguments = {}) const;
  std::unique_ptr<Process> start(const std::string& name, const ProcessOptions& options) const;
  Finished run_tool(const std::string& name, const std::vector<std::string>& arguments = {},
                    const std::string& input = "") const;

  const std::string& journal() const { return journal_; }
  std::string folder() const { return folder_.path().string(); }
  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string one(const std::string& sql) const { return query_one(journal_, sql); }
  std::string wait_for(const std::string& sql, const std::string& expected) const {
    return wait_for_row(journal_, sql, expected);
  }

 private:
  TemporaryFolder folder_;
  std::string journal_;
};

// An alert in the tutorials' style with the right secret. With `id` it is a signal of its own for ever;
// without, what is equal and comes soon after is a duplicate.
struct AlertText {
  std::string id{};
  std::string action = "buy";
  std::string symbol = "BTCUSDT";
  std::string quantity = "0.01";
  std::string price = "65000.5";
  std::string strategy = "ma_cross_v1";
};
std::string alert_body(const AlertText& text);

}  // namespace tvh::test
