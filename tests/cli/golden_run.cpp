#include "golden_run.hpp"

#include <csignal>
#include <memory>
#include <stdexcept>

#include "support/http_connection.hpp"
#include "support/journal_query.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "volatile_text.hpp"

namespace tvh::golden {

namespace {

// A step as it is written: its run section and those that belong to it.
struct Step {
  std::string command;
  std::string input;
  std::vector<Section> posts;
};

class Runner {
 public:
  explicit Runner(const Case& golden) : golden_(golden), volatile_(folder_.path().string()) {
    result_.preamble = golden.preamble;
    environment_ = {{"TVHOOK_JOURNAL", folder_.file("journal.db")}, {"HOME", folder_.path().string()}};
  }

  Case run() {
    for (std::size_t i = 0; i < golden_.sections.size(); ++i) {
      const Section& section = golden_.sections[i];
      if (section.word() == "run") {
        run_step(section, i);
      } else if (section.word() == "sql") {
        result_.sections.push_back(section);
        add("rows", rows_of(section.rest()));
      } else if (section.word() == "hand") {
        test::change_by_hand(folder_.file("journal.db"), section.rest());
        result_.sections.push_back(section);
      } else if (section.word() == "file" || section.word() == "environment") {
        prepare(section);
        result_.sections.push_back(section);
      } else if (!is_result(section) && section.word() != "stdin" && section.word() != "post") {
        throw std::runtime_error("unknown section: == " + section.head);
      }
    }
    return result_;
  }

 private:
  static bool is_result(const Section& section) {
    const std::string word = section.word();
    return word == "stdout" || word == "stderr" || word == "exit" || word == "answer" || word == "rows";
  }

  void prepare(const Section& section) {
    if (section.word() == "file") {
      test::write_file(folder_.file(section.rest()), section.body);
      return;
    }
    for (const std::string& line : test::lines_of(section.body)) {
      const std::size_t equals = line.find('=');
      environment_[line.substr(0, equals)] = line.substr(equals + 1);
    }
  }

  void run_step(const Section& section, std::size_t index) {
    result_.sections.push_back(section);
    Step step{section.rest(), "", {}};
    for (std::size_t i = index + 1; i < golden_.sections.size(); ++i) {
      const Section& next = golden_.sections[i];
      if (next.word() == "run" || next.word() == "sql" || next.word() == "hand") break;
      if (next.word() == "stdin") {
        step.input = next.rest() == "previous" ? previous_output_ : next.body;
        result_.sections.push_back(next);
      }
      if (next.word() == "post") step.posts.push_back(next);
    }
    const test::Finished finished = step.posts.empty() ? run_plain(step) : run_listener(step);
    previous_output_ = finished.output;
    add("stdout", finished.output);
    add("stderr", finished.errors);
    result_.sections.push_back({"exit " + std::to_string(finished.code), ""});
    // An empty line between steps, where the author wanted one.
    for (std::size_t i = index + 1; i < golden_.sections.size() && golden_.sections[i].word() != "run"; ++i) {
      if (golden_.sections[i].word() == "exit") result_.sections.back().body = golden_.sections[i].body;
    }
  }

  test::ProcessOptions options_of(const Step& step, std::string& program) const {
    std::vector<std::string> words = split_command(step.command);
    program = test::tool(words.at(0));
    test::ProcessOptions options;
    options.arguments.assign(words.begin() + 1, words.end());
    options.environment = environment_;
    options.folder = folder_.path().string();
    return options;
  }

  test::Finished run_plain(const Step& step) {
    std::string program;
    const test::ProcessOptions options = options_of(step, program);
    return test::run(program, options, step.input);
  }

  test::Finished run_listener(const Step& step) {
    std::string program;
    test::ProcessOptions options = options_of(step, program);
    options.wants_ready_pipe = true;
    test::Process process(program, options);
    const std::string url = process.read_ready_line();
    const int port = std::stoi(url.substr(url.find(':', url.find("//")) + 1));
    for (const Section& post : step.posts) {
      result_.sections.push_back(post);
      test::HttpConnection connection(port);
      std::string body = post.body;
      if (!body.empty()) body.pop_back();  // the case's newline
      const test::HttpAnswer answer = connection.post(post.rest(), body);
      result_.sections.push_back(
          {"answer " + std::to_string(answer.status), with_newline(volatile_.replace(answer.body))});
    }
    process.send(SIGTERM);
    const int code = process.wait();
    return {code, process.output(), process.errors()};
  }

  std::string rows_of(const std::string& sql) const {
    std::string text;
    for (const test::Row& row : test::query(folder_.file("journal.db"), sql)) {
      for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : " | ") + row[i];
      text += "\n";
    }
    return text;
  }

  static std::string with_newline(std::string text) {
    if (!text.empty() && text.back() != '\n') text += "\n[no newline at the end]\n";
    return text;
  }

  void add(const std::string& head, const std::string& text) {
    if (!text.empty()) result_.sections.push_back({head, with_newline(volatile_.replace(text))});
  }

  const Case& golden_;
  test::TemporaryFolder folder_;
  VolatileText volatile_;
  std::map<std::string, std::string> environment_;
  Case result_;
  std::string previous_output_;
};

}  // namespace

Case run_case(const Case& golden) { return Runner(golden).run(); }

}  // namespace tvh::golden
