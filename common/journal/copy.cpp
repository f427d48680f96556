#include "journal/copy.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "journal/execution.hpp"

namespace tvh::journal {

Result<void> copy_account(const std::string& path, Journal& into, TimePoint now) {
  Connection& connection = into.connection();
  // ATTACH would make an empty file where there is none.
  if (::access(path.c_str(), R_OK) != 0)
    return fail(Errc::storage, "journal " + path + ": " + std::strerror(errno));
  {
    TVH_TRY(auto attach, connection.prepare("ATTACH DATABASE ? AS original"));
    attach.bind(path);
    TVH_CHECK(attach.run());
  }
  const auto since = [](TimePoint at) { return std::to_string(nanoseconds_since_epoch(at)); };
  const std::string recent = "INSERT INTO fills SELECT * FROM original.fills WHERE at >= " +
                             since(std::chrono::floor<std::chrono::days>(now)) +
                             ";INSERT INTO intents SELECT * FROM original.intents WHERE submitting_at > " +
                             since(now - std::chrono::minutes(1)) +
                             ";INSERT OR IGNORE INTO intents SELECT * FROM original.intents WHERE state IN "
                             "('planned', 'submitting', 'accepted', "
                             "'partially_filled', 'unknown');";
  const std::string everything = "BEGIN;" + recent +
                                 "INSERT INTO positions SELECT * FROM original.positions;"
                                 "INSERT INTO lane_bars SELECT * FROM original.lane_bars;"
                                 "INSERT INTO instruments SELECT * FROM original.instruments;"
                                 "INSERT INTO controls SELECT * FROM original.controls;"
                                 "INSERT INTO paper_balances SELECT * FROM original.paper_balances;"
                                 "INSERT INTO paper_positions SELECT * FROM original.paper_positions;"
                                 "INSERT INTO paper_orders SELECT * FROM original.paper_orders WHERE state = "
                                 "'accepted';"
                                 "INSERT INTO paper_prices SELECT * FROM original.paper_prices;"
                                 "COMMIT";
  auto copied = connection.execute(everything.c_str());
  if (!copied && connection.in_transaction()) (void)connection.execute("ROLLBACK");
  TVH_CHECK(connection.execute("DETACH DATABASE original"));
  return copied;
}

Result<void> lend_positions(Journal& journal, const std::string& venue) {
  TVH_TRY(const auto positions, Execution(journal).read_positions());
  std::map<std::string, Decimal> net;
  std::map<std::string, Decimal> price;  // of one of them: no money is counted by it
  for (const auto& position : positions) {
    if (position.venue != venue || model::market_of(position.instrument) != model::Market::perp) continue;
    net[position.instrument] += position.quantity;
    price[position.instrument] = position.average_price;
  }
  for (const auto& [instrument, quantity] : net) {
    TVH_TRY(auto statement, journal.statement("INSERT INTO paper_positions (venue, instrument, quantity, "
                                              "entry_price) VALUES (?, ?, ?, ?)"));
    statement->bind(venue).bind(instrument).bind(quantity).bind(price.at(instrument));
    TVH_CHECK(statement->run());
  }
  return {};
}

}  // namespace tvh::journal
