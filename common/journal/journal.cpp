#include "journal/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "journal/place.hpp"
#include "journal/schema.hpp"

namespace tvh::journal {

// Keyed by the literal's address: the same statement text stands in one place.
struct Journal::Cached {
  std::unordered_map<const char*, Statement> statements;
};

namespace {

// SQLite would make the file as readable as the umask allows; what a trader does is nobody else's business.
Result<void> make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    ::close(fd);
  } else if (errno != EEXIST) {
    return fail(Errc::storage, std::string("cannot be made: ") + std::strerror(errno) +
                                   "; name another with --journal, or make its folder");
  }
  return {};
}

Result<void> set_up(Connection& connection) {
  TVH_CHECK(
      connection.execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
                         "PRAGMA cache_size=-16384;"));
  return {};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path) {
  std::unique_ptr<Journal> journal(new Journal);
  journal->path_ = path;
  journal->cached_ = std::make_unique<Cached>();
  const auto prepare = [&]() -> Result<void> {
    TVH_CHECK(make_private_file(path));
    // SQLite would open what it may not write for reading only, and say so at the first commit.
    TVH_CHECK(check_writable(path));
    TVH_TRY(auto lock, WriterLock::open(path));
    journal->lock_ = std::make_unique<WriterLock>(std::move(lock));
    TVH_TRY(journal->connection_, Connection::open(path, OpenMode::read_write));
    TVH_CHECK(journal->lock_->acquire(kWritePatience));
    auto ready = journal->make_ready();
    journal->lock_->release();
    return ready;
  };
  if (auto ready = prepare(); !ready) return std::move(ready).error().with_context("journal " + path);
  journal->bell_ = Bell(path);
  return journal;
}

Result<void> Journal::make_ready() {
  // Found otherwise than it was left, it is another file to whoever has it open: a start may take it, they may
  // not.
  const Contents found = contents_of(path_);
  const auto left = parse_note(lock_->read_line());
  const bool is_as_left = left && (left->is_being_written || left->contents == found);
  known_.life = is_as_left ? left->life : new_life();
  TVH_CHECK(check_ours(connection_));  // before WAL, which changes the file whoever it belongs to
  TVH_CHECK(connection_.execute("PRAGMA journal_mode=WAL"));
  TVH_CHECK(set_up(connection_));
  TVH_CHECK(migrate(connection_));
  files_ = OpenFiles(path_);
  known_.contents = contents_of(path_);
  if (left == known_ || leave_note(false)) return {};
  return fail(Errc::storage,
              "cannot write " + path_ + ".lock: " + std::strerror(errno) + "; free space, then start again");
}

Result<std::unique_ptr<Journal>> Journal::open_read_only(const std::string& path) {
  std::unique_ptr<Journal> journal(new Journal);
  journal->path_ = path;
  journal->cached_ = std::make_unique<Cached>();
  const auto prepare = [&]() -> Result<void> {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      return fail(Errc::storage,
                  std::string(std::strerror(errno)) +
                      "; a journal is made by the first tool that writes one; name yours with --journal");
    }
    TVH_TRY(journal->connection_, Connection::open(path, OpenMode::read_only));
    return check_version(journal->connection_);
  };
  if (auto ready = prepare(); !ready) return std::move(ready).error().with_context("journal " + path);
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open_in_memory() {
  std::unique_ptr<Journal> journal(new Journal);
  journal->path_ = ":memory:";
  journal->cached_ = std::make_unique<Cached>();
  TVH_TRY(journal->connection_, Connection::open(":memory:", OpenMode::read_write));
  TVH_CHECK(set_up(journal->connection_));
  TVH_CHECK(migrate(journal->connection_));
  return journal;
}

Journal::~Journal() = default;

Journal::Write::Write(Write&& other) noexcept : journal_(std::exchange(other.journal_, nullptr)) {}

Journal::Write::~Write() { roll_back(); }

void Journal::Write::roll_back() {
  if (journal_ == nullptr) return;
  // After a full disk SQLite may have rolled back by itself.
  if (journal_->connection_.in_transaction()) (void)journal_->connection_.execute("ROLLBACK");
  std::exchange(journal_, nullptr)->end_write();
}

Result<void> Journal::Write::commit() {
  TVH_INVARIANT(journal_ != nullptr, "a transaction is committed once");
  Journal& journal = *std::exchange(journal_, nullptr);
  auto done = journal.run("COMMIT");
  if (!done && journal.connection_.in_transaction()) (void)journal.connection_.execute("ROLLBACK");
  journal.end_write();
  return done;
}

Result<Journal::Write> Journal::begin_write(std::chrono::milliseconds patience) {
  if (lock_ != nullptr) TVH_CHECK(lock_->acquire(patience));
  if (auto in_place = check_in_place(); !in_place) {
    end_write();
    return std::move(in_place).error();
  }
  // Who stood in the way may have gone; only a checkpoint can tell, because nothing is committed any more.
  if (connection_.wal_pages() > kMaxWalPages) write_back(Connection::Checkpoint::truncate);
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) {
    end_write();
    return std::move(begun).error();
  }
  Write write(*this);
  TVH_CHECK(check_version_of_others());
  if (connection_.wal_pages() > kMaxWalPages) {
    return fail(Errc::storage, "the write-ahead log of " + path_ +
                                   " has grown past 256 MiB because some program keeps a read open; "
                                   "close it (fuser -v " +
                                   path_ + "-wal shows who)");
  }
  return write;
}

// A database that was written over takes commits as willingly as ever: they go to the log, and the next
// checkpoint puts them into what is another file.
Result<void> Journal::check_in_place() {
  TVH_TRY(const Contents found, files_.check());
  if (found == known_.contents || lock_ == nullptr) return {};
  // A checkpoint of another tool, or one that was killed in the middle and will be repeated.
  const auto left = parse_note(lock_->read_line());
  if (left && left->life == known_.life && (left->is_being_written || left->contents == found)) {
    known_.contents = found;
    if (left->is_being_written) (void)leave_note(false);
    return {};
  }
  return fail(Errc::storage,
              path_ +
                  " was written over by another program while it was in use; nothing is stored any more. Stop "
                  "every tvhook tool, put the journal back from a copy and remove " +
                  path_ +
                  "-wal and -shm, which belong to the former one, then start again (tvhook-journal(5), FILES)");
}

bool Journal::leave_note(bool is_being_written) {
  known_.is_being_written = is_being_written;
  const bool is_left = lock_->write_line(format_note(known_));
  known_.is_being_written = false;
  return is_left;
}

void Journal::write_back(Connection::Checkpoint kind) {
  if (lock_ == nullptr || !check_in_place() || !leave_note(true)) return;
  (void)connection_.checkpoint(kind);
  known_.contents = contents_of(path_);
  (void)leave_note(false);  // the one before says that the file may be anything of ours
}

// Another tool may have brought the file to a version of its own since we opened it.
Result<void> Journal::check_version_of_others() {
  TVH_TRY(auto changed, statement("PRAGMA data_version"));
  TVH_CHECK(changed->step());
  const std::int64_t found = changed->read_integer();
  if (found == data_version_) return {};
  TVH_TRY(auto version, statement("PRAGMA user_version"));
  TVH_CHECK(version->step());
  TVH_CHECK(check_known(version->read_integer()));
  data_version_ = found;
  return {};
}

void Journal::end_write() {
  if (lock_ != nullptr) lock_->release();
}

void Journal::maintain(Upkeep upkeep) {
  const int enough = upkeep == Upkeep::due ? kCheckpointPages : kOverduePages;
  const int pages = connection_.wal_pages();
  if (pages < checkpointed_pages_) checkpointed_pages_ = 0;  // the log started over
  if (pages - checkpointed_pages_ < enough || lock_ == nullptr) return;
  // Nobody waits for a checkpoint: if the lock is busy, the next round does it.
  if (!lock_->acquire(std::chrono::milliseconds(50))) return;
  write_back(Connection::Checkpoint::passive);
  lock_->release();
  checkpointed_pages_ = pages;
}

void Journal::checkpoint(Connection::Checkpoint kind) {
  if (lock_ == nullptr || !lock_->acquire(std::chrono::milliseconds(200))) return;
  write_back(kind);
  lock_->release();
}

// Prepared once: parsing these two takes longer than most of what stands between them.
Result<void> Journal::run(const char* sql) {
  TVH_TRY(auto prepared, statement(sql));
  return prepared->run();
}

Result<Journal::Use> Journal::statement(const char* sql) {
  auto found = cached_->statements.find(sql);
  if (found == cached_->statements.end()) {
    TVH_TRY(auto prepared, connection_.prepare(sql));
    found = cached_->statements.emplace(sql, std::move(prepared)).first;
  }
  return Use(found->second.reset());
}

}  // namespace tvh::journal
