// What the listener needs of the journal. A port, so that the listener's bench can measure the same server
// without one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/upkeep.hpp"
#include "model/alert.hpp"

namespace tvh::journal {

// One request, ready to be stored.
struct Arrival {
  model::Alert alert;                   // status and verdict as they will be if it is stored as new, or refused
  std::optional<model::Signal> signal;  // none: a refusal, stored for the record
  // What the same alert asks for before it. They share its fate: new or a duplicate, all or none.
  std::vector<model::Signal> earlier;
  model::Identity identity;  // of the signal
  std::string alternate_id;  // the signal's id if its own is taken by an earlier, different one
  std::string former_id;     // the signal's id as versions before schema 3 made it; "" if they made the same
  // Rule 4: these bytes were answered 503 when they came before. The signal they are in the journal as
  // nevertheless; "" when they are not: then this is new whatever rule 3 says.
  std::optional<std::string> resend_of;
};

struct Stored {
  // failed: this one alone could not be stored (a bug of ours; `record` says what): answer it 503.
  enum class Kind { accepted, duplicate, refused, failed };
  Kind kind = Kind::refused;
  std::string signal_id;  // accepted: the signal's; duplicate: the earlier one's
  std::string record;     // accepted: its canonical JSON, for stdout; of several signals one a line
};

// An alert in the journal that led to a signal, or was recognised as one.
struct KeptAlert {
  Digest original_hash{};
  TimePoint received_at{};
  std::string signal_id;
};

class AlertStore {
 public:
  virtual ~AlertStore() = default;

  // One transaction. When it returns a value, every arrival is on disk and the executor has been woken; the
  // answers may be sent. When it returns an error (storage, temporary), nothing of the batch is in the journal,
  // except after a failed COMMIT, which rule 4 settles. One thread.
  virtual Result<std::vector<Stored>> append_arrivals(std::span<const Arrival> arrivals) = 0;

  // The alerts at the journal's end, latest first, as far as they came within `span` of the last one and not
  // before `since`: when the program that stored them died, their answers may not have left. Without those that
  // note_all_answered() spoke of. At most 4096. Same thread.
  virtual Result<std::vector<KeptAlert>> read_last_alerts(Nanoseconds span, TimePoint since) = 0;

  // Whatever this store has appended was answered by what became of it. One transaction. Same thread.
  virtual Result<void> note_all_answered() = 0;

  // Work that can wait until the answers are out: checkpoints. Same thread.
  virtual void maintain(Upkeep upkeep) = 0;

  // Whether a commit is possible now; tried for real. Same thread.
  virtual Result<void> probe() = 0;
};

}  // namespace tvh::journal
