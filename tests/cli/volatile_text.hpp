// What differs from run to run in a tool's output, and the marks that stand for it in a golden case.
#pragma once

#include <map>
#include <string>

#include "base/clock.hpp"

namespace tvh::golden {

class VolatileText {
 public:
  explicit VolatileText(std::string folder);

  // The case's folder -> [folder]; a process id -> [pid]; a port after 127.0.0.1 -> [port]; a time of today or
  // yesterday (UTC) -> [now]; "took" and other durations with a unit -> [duration]; signal ids -> [signal 1],
  // [signal 2] … and client order ids
  // -> [order 1] … by first appearance in the case, so that it still shows which is which.
  std::string replace(std::string text);

 private:
  std::string numbered(std::map<std::string, std::string>& known, const std::string& id, const char* what);

  std::string folder_;
  TimePoint started_at_;
  std::map<std::string, std::string> signals_;
  std::map<std::string, std::string> orders_;
};

}  // namespace tvh::golden
