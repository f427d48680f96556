// The journal: one SQLite file that all tools share (DESIGN 4). A Journal is one connection, for one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "journal/bell.hpp"
#include "journal/database_note.hpp"
#include "journal/open_files.hpp"
#include "journal/sqlite.hpp"
#include "journal/upkeep.hpp"
#include "journal/writer_lock.hpp"

namespace tvh::journal {

inline constexpr std::chrono::milliseconds kWritePatience{5000};
inline constexpr int kCheckpointPages = 1000;
inline constexpr int kOverduePages = 4000;  // 16 MiB: then a checkpoint cannot be put off any more
inline constexpr int kMaxWalPages = 65536;  // 256 MiB: past it nothing more is accepted

class Journal {
 public:
  // Opens, and makes or migrates, the file (0600). storage, bad_data, configuration, temporary; the message
  // names the file.
  static Result<std::unique_ptr<Journal>> open(const std::string& path);
  // For reading only: changes nothing, takes no lock; the file must exist and be of our version.
  static Result<std::unique_ptr<Journal>> open_read_only(const std::string& path);
  // A journal that lives and dies with this object: replay, tests.
  static Result<std::unique_ptr<Journal>> open_in_memory();
  ~Journal();

  const std::string& path() const { return path_; }

  // A write transaction. Everything in it is on disk when commit() returns success, or none of it ever is (a
  // failed commit() may turn out either way after a crash). Rolls back when let go. Other writers wait
  // meanwhile: no I/O but the journal's inside.
  class Write {
   public:
    Write(Write&& other) noexcept;
    Write& operator=(Write&&) = delete;
    ~Write();
    Result<void> commit();
    void roll_back();  // as letting go of it

   private:
    friend class Journal;
    explicit Write(Journal& journal) : journal_(&journal) {}
    Journal* journal_;
  };
  // temporary: another writer holds it; storage: a file of the journal was deleted, replaced or written over,
  // or the log is too long; configuration: a newer program has changed the tables.
  Result<Write> begin_write(std::chrono::milliseconds patience = kWritePatience);
  // Changes whenever begin_write() finds that another connection has committed: as long as it does not, what
  // was read within a Write is still so.
  std::int64_t data_version() const { return data_version_; }

  // Tells a waiting executor that there is something to do.
  void ring() { bell_.ring(); }

  // Checkpoints if enough has gathered, or, while somebody waits to write, once it is overdue: what is
  // checkpointed rarely is written less often, and pages that change all the time once instead of each time.
  // After answers are sent, not before.
  void maintain(Upkeep upkeep = Upkeep::due);
  // A checkpoint now, whatever has gathered; none while another tool holds the lock.
  void checkpoint(Connection::Checkpoint kind);
  // The same in full, for a tool that is about to stop.
  void settle() { checkpoint(Connection::Checkpoint::truncate); }

  // A statement of this connection, prepared once for each `sql` (a literal: it is known by its address). Reset
  // when let go, because one that is left on a row keeps its read transaction, and that stops checkpoints.
  class Use {
   public:
    explicit Use(Statement& statement) : statement_(&statement) {}
    Use(Use&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
      if (statement_ != nullptr) statement_->reset();
    }
    Statement* operator->() { return statement_; }
    Statement& operator*() { return *statement_; }

   private:
    Statement* statement_;
  };
  Result<Use> statement(const char* sql);
  Connection& connection() { return connection_; }

 private:
  Journal() = default;
  void end_write();
  // All four with the lock held.
  Result<void> make_ready();
  Result<void> check_in_place();
  void write_back(Connection::Checkpoint kind);
  bool leave_note(bool is_being_written);
  Result<void> check_version_of_others();
  Result<void> run(const char* sql);

  struct Cached;
  std::string path_;
  Connection connection_;
  std::unique_ptr<WriterLock> lock_;  // none for an in-memory journal
  OpenFiles files_;
  DatabaseNote known_;  // of the database, as we know it
  Bell bell_;
  std::unique_ptr<Cached> cached_;
  int checkpointed_pages_ = 0;
  std::int64_t data_version_ = -1;
};

}  // namespace tvh::journal
