// Opens the journal for the listener.
#pragma once

#include <memory>
#include <string>

#include "journal/alert_store.hpp"

namespace tvh::journal {

// The journal's AlertStore, with a connection of its own. Errors as Journal::open().
Result<std::unique_ptr<AlertStore>> open_alert_store(const std::string& path);

}  // namespace tvh::journal
