#include "journal/copy.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tvh::journal {

Result<void> copy_account(const std::string& path, Journal& into) {
  Connection& connection = into.connection();
  // ATTACH would make an empty file where there is none.
  if (::access(path.c_str(), R_OK) != 0)
    return fail(Errc::storage, "journal " + path + ": " + std::strerror(errno));
  {
    TVH_TRY(auto attach, connection.prepare("ATTACH DATABASE ? AS original"));
    attach.bind(path);
    TVH_CHECK(attach.run());
  }
  auto copied = connection.execute(
      "BEGIN;"
      "INSERT INTO positions SELECT * FROM original.positions;"
      "INSERT INTO lane_bars SELECT * FROM original.lane_bars;"
      "INSERT INTO controls SELECT * FROM original.controls;"
      "INSERT INTO paper_balances SELECT * FROM original.paper_balances;"
      "INSERT INTO paper_positions SELECT * FROM original.paper_positions;"
      "INSERT INTO paper_prices SELECT * FROM original.paper_prices;"
      "COMMIT");
  if (!copied && connection.in_transaction()) (void)connection.execute("ROLLBACK");
  TVH_CHECK(connection.execute("DETACH DATABASE original"));
  return copied;
}

}  // namespace tvh::journal
