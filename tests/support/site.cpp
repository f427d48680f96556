#include "support/site.hpp"

#include <csignal>
#include <stdexcept>

namespace tvh::test {

Listener::Listener(const ProcessOptions& options) {
  ProcessOptions with_pipe = options;
  with_pipe.wants_ready_pipe = true;
  process_ = std::make_unique<Process>(tool("tvhook-listen"), with_pipe);
  url_ = process_->read_ready_line();
  const std::size_t colon = url_.find(':', url_.find("//"));
  if (colon == std::string::npos) throw std::runtime_error("no port in the ready line: " + url_);
  port_ = std::stoi(url_.substr(colon + 1));
}

int Listener::admin_port() {
  const std::string path = "/health/deep";
  if (!process_->wait_for_errors(path)) throw std::runtime_error("no admin address: " + process_->errors());
  const std::string errors = process_->errors();
  return std::stoi(errors.substr(errors.rfind(':', errors.find(path)) + 1));
}

int Listener::stop() {
  process_->send(SIGTERM);
  return process_->wait();
}

Site::Site(const std::string& config) : Site(config, "") {}

Site::Site(const std::string& config, const std::string& journal)
    : journal_(journal.empty() ? folder_.file("journal.db") : journal) {
  write_file(folder_.file("tvhook.toml"), config);
}

ProcessOptions Site::options(const std::vector<std::string>& arguments) const {
  ProcessOptions options;
  options.arguments = arguments;
  options.environment = {{"TVHOOK_SECRET", kSecret},
                         {"TVHOOK_JOURNAL", journal_},
                         {"TVHOOK_CONFIG", folder_.file("tvhook.toml")},
                         {"HOME", folder_.path().string()}};
  options.folder = folder_.path().string();
  return options;
}

Listener Site::listen(const std::vector<std::string>& arguments) const {
  ProcessOptions options = this->options({"--address", "127.0.0.1:0"});
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  return Listener(options);
}

std::unique_ptr<Process> Site::start(const std::string& name, const ProcessOptions& options) const {
  return std::make_unique<Process>(tool(name), options);
}

Finished Site::run_tool(const std::string& name, const std::vector<std::string>& arguments,
                        const std::string& input) const {
  return run(tool(name), options(arguments), input);
}

std::string alert_body(const AlertText& text) {
  const std::string id = text.id.empty() ? "" : ",\"signal_id\":\"" + text.id + "\"";
  return std::string("{\"secret\":\"") + kSecret + "\",\"action\":\"" + text.action + "\",\"symbol\":\"" +
         text.symbol + "\",\"quantity\":" + text.quantity + ",\"price\":" + text.price + ",\"strategy\":\"" +
         text.strategy + "\"" + id + "}";
}

}  // namespace tvh::test
