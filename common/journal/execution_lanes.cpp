// Execution: what a lane remembers of the bar it is in.
#include <sstream>

#include "journal/execution.hpp"

namespace tvh::journal {

using model::BarChain;

static std::vector<model::PositionStep> read_steps(Statement& row) {
  std::vector<model::PositionStep> all;
  const std::string text = row.read_text();
  std::istringstream steps(text);
  std::string id;
  while (steps >> id) {
    std::string from;
    std::string to;
    steps >> from >> to;
    const auto before = Decimal::parse_stored(from);
    const auto after = Decimal::parse_stored(to);
    if (!before || !after) {
      row.note_damage(text, "no list of steps");
      break;
    }
    all.push_back({id, *before, *after});
  }
  return all;
}

// A step a line, "id from to": ids and decimals hold no blanks.
static std::string text_of(const BarChain& chain) {
  std::string text;
  for (const auto& step : chain.steps) {
    text += step.signal_id + ' ' + step.from.to_string() + ' ' + step.to.to_string() + '\n';
  }
  return text;
}

Result<std::optional<BarChain>> Execution::read_chain(const std::string& strategy, const std::string& venue,
                                                      const std::string& instrument) {
  TVH_TRY(auto statement,
          journal_.statement("SELECT bar, start, steps FROM lane_bars WHERE strategy = ? AND venue = ? AND "
                             "instrument = ?"));
  statement->bind(strategy).bind(venue).bind(instrument);
  TVH_TRY(const bool row, statement->step());
  if (!row) return std::optional<BarChain>();
  BarChain chain;
  chain.bar = statement->read_time();
  chain.start = statement->read_decimal();
  chain.steps = read_steps(*statement);
  return statement->checked(std::optional(chain));
}

Result<std::vector<model::LaneChain>> Execution::read_chains() {
  TVH_TRY(auto statement,
          journal_.statement("SELECT strategy, venue, instrument, bar, start, steps FROM lane_bars"));
  std::vector<model::LaneChain> chains;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return chains;
    model::LaneChain lane;
    lane.strategy = statement->read_text();
    lane.venue = statement->read_text();
    lane.instrument = statement->read_text();
    lane.chain.bar = statement->read_time();
    lane.chain.start = statement->read_decimal();
    lane.chain.steps = read_steps(*statement);
    chains.push_back(std::move(lane));
  }
}

Result<void> Execution::write_chain(const std::string& strategy, const std::string& venue,
                                    const std::string& instrument, const BarChain& chain) {
  TVH_TRY(
      auto statement,
      journal_.statement(
          "INSERT INTO lane_bars (strategy, venue, instrument, bar, start, steps) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (strategy, venue, instrument) DO UPDATE SET bar = excluded.bar, start = "
          "excluded.start, steps = excluded.steps"));
  const std::string steps = text_of(chain);
  statement->bind(strategy).bind(venue).bind(instrument).bind(chain.bar).bind(chain.start).bind(steps);
  return statement->run();
}

}  // namespace tvh::journal
