// The journal's tables as numbered migrations. Documented for people in tvhook-journal(5).
#pragma once

#include "journal/sqlite.hpp"

namespace tvh::journal {

inline constexpr int kSchemaVersion = 5;

// The file is empty, or a journal that this program can bring up to date; read without changing it. The errors
// of migrate().
Result<void> check_ours(Connection& connection);

// configuration when `version` is newer than this program.
Result<void> check_known(std::int64_t version);

// Brings the file to kSchemaVersion, one transaction a step. The caller holds the writer lock.
// configuration when the file is newer than this program; bad_data when it is some other program's database.
Result<void> migrate(Connection& connection);

// For read-only connections: the file is ours and of this version. The same errors; configuration also when it
// is older (some tool that writes must open it first).
Result<void> check_version(Connection& connection);

}  // namespace tvh::journal
