// Opens the journal for the listener.
#pragma once

#include <memory>
#include <string>

#include "journal/alert_store.hpp"
#include "journal/journal.hpp"

namespace tvh::journal {

// The journal's AlertStore, with a connection of its own. Errors as Journal::open().
Result<std::unique_ptr<AlertStore>> open_alert_store(const std::string& path);

// The same over a journal that is open already.
std::unique_ptr<AlertStore> make_alert_store(std::unique_ptr<Journal> journal);

}  // namespace tvh::journal
