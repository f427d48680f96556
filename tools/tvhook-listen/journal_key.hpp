// The key of the journal's hashes of original bytes. It lies beside the journal, so that who reads only the
// journal cannot try secrets against them.
#pragma once

#include <string>

#include "base/result.hpp"

namespace tvh {

// The 32 bytes in `<journal>.key`; made (0600) when absent. configuration: there is a file but it is no key, or
// others may read it. storage: it cannot be made or read.
Result<std::string> read_or_make_journal_key(const std::string& journal_path);

// The same checks on a key that is there; none is fine; makes nothing.
Result<void> check_journal_key(const std::string& journal_path);

}  // namespace tvh
