// The journal as somebody beside the program sees it: through `sqlite3 -readonly`.
#pragma once

#include <string>
#include <vector>

namespace tvh::test {

using Row = std::vector<std::string>;

// All rows of `sql`; NULL is "". Throws with sqlite3's words when it fails.
std::vector<Row> query(const std::string& journal, const std::string& sql);

// The first column of the first row; "" without rows.
std::string query_one(const std::string& journal, const std::string& sql);

// Waits (on the journal's files changing, not on time) until query_one(sql) is `expected`; returns what it was
// last, so that CHECK(wait_for_row(...) == expected) says more than "false".
std::string wait_for_row(const std::string& journal, const std::string& sql, const std::string& expected);

// A change made by hand, as no tool would make it.
void change_by_hand(const std::string& journal, const std::string& sql);

// The whole content as SQL text.
std::string dump(const std::string& journal);

}  // namespace tvh::test
