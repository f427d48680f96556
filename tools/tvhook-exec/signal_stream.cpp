#include "tvhook-exec/signal_stream.hpp"

#include "wire/records.hpp"

namespace tvh {

void SignalStream::tell_broken(const std::string& why) {
  ++broken_lines_;
  log_.error("line " + std::to_string(reader_.number()) + ": " + why + "; skipped");
}

std::variant<model::Signal, StreamEnded, Woken, Error> SignalStream::next(int timeout_ms) {
  while (true) {
    auto line = reader_.next(timeout_ms);
    if (std::holds_alternative<wire::EndOfInput>(line)) return StreamEnded{};
    if (std::holds_alternative<wire::Interrupted>(line)) return Woken{};
    if (auto* error = std::get_if<Error>(&line)) return std::move(*error);
    if (const auto* too_long = std::get_if<wire::LineTooLong>(&line)) {
      tell_broken("longer than " + std::to_string(too_long->limit) + " bytes");
      continue;
    }
    const std::string_view text = std::get<std::string_view>(line);
    if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
    auto signal = wire::parse_signal(text);
    if (signal) return std::move(*signal);
    tell_broken(signal.error().message);
  }
}

}  // namespace tvh
