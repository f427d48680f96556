// Whether a journal could be written where it is, or made where it is to be, without touching anything.
#pragma once

#include <string>

#include "base/result.hpp"

namespace tvh::journal {

enum class MissingFolder { is_made, is_an_error };

// storage when a file of the journal that is there may not be written; the message names it.
Result<void> check_writable(const std::string& journal_path);

// What a start that writes would trip over: the journal itself (as Journal::open_read_only), its files, and its
// folder, where SQLite makes its log and tools their locks even when the journal is there already. `missing`
// says whether whoever starts makes the folder.
Result<void> check_place(const std::string& journal_path, MissingFolder missing);

}  // namespace tvh::journal
