// Where venues keep what they were told of their instruments. A port between venue and journal, so data alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/instrument.hpp"

namespace tvh::model {

struct KeptInstrument {
  Instrument instrument;
  TimePoint fetched_at{};
};

class InstrumentStore {
 public:
  virtual ~InstrumentStore() = default;
  virtual Result<std::optional<KeptInstrument>> find_instrument(const std::string& venue,
                                                                const std::string& name) = 0;
  // All of one venue's, by name.
  virtual Result<std::vector<KeptInstrument>> read_instruments(const std::string& venue) = 0;
  // Durable when it returns. Replaces what was known of the same names.
  virtual Result<void> keep_instruments(const std::string& venue, const std::vector<Instrument>& instruments,
                                        TimePoint at) = 0;
};

}  // namespace tvh::model
