#include <algorithm>

#include "base/decimal.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

bool is_number(const std::string& cell) { return Decimal::parse(cell).has_value(); }

// A column of numbers (and of nothing, "" or "-") has its header on the right as well.
bool is_number_column(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  bool any = false;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    if (column >= rows[row].size() || rows[row][column].empty() || rows[row][column] == "-") continue;
    if (!is_number(rows[row][column])) return false;
    any = true;
  }
  return any;
}

}  // namespace

std::string format_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(printable(row[i])));
  }
  std::string out;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string line;
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      // Cells may hold what an alert said: no terminal escapes from there.
      const std::string cell = printable(rows[row][i]);
      const std::string space(widths[i] - display_width(cell), ' ');
      const bool right = is_number(rows[row][i]) || (is_number_column(rows, i) && (row == 0 || cell == "-"));
      if (i > 0) line += "  ";
      line += right ? space + cell : cell + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace tvh::cli
