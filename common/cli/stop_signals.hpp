// SIGTERM and SIGINT as a StopSignal of the process. Private to the cli room.
#pragma once

#include "cli/run_tool.hpp"

namespace tvh::cli {

// Installs the handlers for the life of the process; one object a process. SIGINT stays ignored where whoever
// started us ignores it, as a shell does for its background jobs.
class ProcessStopSignal final : public StopSignal {
 public:
  ProcessStopSignal();
  bool requested() const override;
  int fd() const override;
  ExitCode code() const override;
};

// SIGPIPE and SIGXFSZ come back as errors of the write that met them.
void ignore_write_signals();

// Standard descriptors that came closed are opened on /dev/null: a file of ours on number 1 would be written to
// by whatever prints. stdout only for reading: it takes nothing, which is an error to who has something to say.
void open_missing_standard_descriptors();

}  // namespace tvh::cli
