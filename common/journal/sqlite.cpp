#include "journal/sqlite.hpp"

#include <sqlite3.h>

#include "journal/gathering_vfs.hpp"

namespace tvh::journal {
namespace {

Error sqlite_error(sqlite3* database, int code) {
  const char* const detail = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(Errc::temporary, std::string("the journal is locked by another program: ") + detail);
    case SQLITE_FULL:
      return fail(Errc::storage, "the disk is full: free space, then go on");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return fail(Errc::bad_data, std::string("this is not a sound SQLite file: ") + detail);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return fail(Errc::storage, std::string("the file cannot be opened for this use: ") + detail +
                                     "; check that its folder exists and who may write there");
    case SQLITE_CONSTRAINT:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
      return fail(Errc::bug, std::string("SQLite: ") + detail);
    default:
      return fail(Errc::storage, std::string("SQLite: ") + detail);
  }
}

// Before SQLite's first use in the process; later it has no effect. SQLite counts the memory it takes, under
// one lock for the whole process: nobody asks for that count, and an alert takes memory some eighty times.
void set_up_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

int remember_wal_pages(void* target, sqlite3*, const char*, int pages) {
  *static_cast<int*>(target) = pages;
  return SQLITE_OK;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept { *this = std::move(other); }

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(database_, other.database_);
  std::swap(damage_, other.damage_);
  std::swap(parameter_, other.parameter_);
  std::swap(column_, other.column_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  parameter_ = 0;
  column_ = 0;
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // A null pointer would bind NULL; an empty text is not that.
  sqlite3_bind_text(statement_, ++parameter_, text.data() != nullptr ? text.data() : "", int(text.size()),
                    SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++parameter_, value);
  return *this;
}

Statement& Statement::bind(const Decimal& value) {
  const std::string text = value.to_string();
  sqlite3_bind_text(statement_, ++parameter_, text.data(), int(text.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(const std::optional<Decimal>& value) { return value ? bind(*value) : bind_null(); }

Statement& Statement::bind(const std::optional<TimePoint>& at) { return at ? bind(*at) : bind_null(); }

Statement& Statement::bind_bytes(std::span<const std::uint8_t> bytes) {
  sqlite3_bind_blob(statement_, ++parameter_, bytes.data(), int(bytes.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_, ++parameter_);
  return *this;
}

Result<bool> Statement::step() {
  column_ = 0;
  if (*damage_) {
    sqlite3_reset(statement_);
    return **damage_;
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    // Reset at once: a finished statement that is not reset keeps its read transaction, and that stops
    // checkpoints.
    sqlite3_reset(statement_);
    return false;
  }
  Error error = sqlite_error(database_, code);
  sqlite3_reset(statement_);
  return error;
}

Result<void> Statement::run() {
  TVH_TRY(const bool row, step());
  TVH_INVARIANT(!row, "run() is for statements without rows");
  return {};
}

std::string Statement::read_text() {
  const auto* const text = sqlite3_column_text(statement_, column_);
  const auto size = std::size_t(sqlite3_column_bytes(statement_, column_));
  ++column_;
  return text != nullptr ? std::string(reinterpret_cast<const char*>(text), size) : std::string();
}

std::int64_t Statement::read_integer() { return sqlite3_column_int64(statement_, column_++); }

Decimal Statement::read_decimal() {
  const std::string text = read_text();
  if (const auto number = Decimal::parse_stored(text)) return *number;
  note_damage(text, "no number");
  return {};
}

void Statement::note_damage(std::string_view text, std::string_view what) {
  if (*damage_) return;
  constexpr std::size_t kMostShown = 60;
  const auto name = [](const char* known) { return std::string(known != nullptr ? known : ""); };
  const std::string file = name(sqlite3_db_filename(database_, "main"));
  const std::string table = name(sqlite3_column_table_name(statement_, column_ - 1));
  std::string shown(text.substr(0, kMostShown));
  if (shown.size() < text.size()) shown += "...";
  *damage_ =
      fail(Errc::bad_data, (file.empty() ? "the journal" : "journal " + file) + ": " + table +
                               (table.empty() ? "" : ".") + name(sqlite3_column_name(statement_, column_ - 1)) +
                               " is '" + shown + "', which is " + std::string(what) +
                               "; nothing is done with it: put the row right by hand, or restore the "
                               "journal from a copy (tvhook-journal(5), DAMAGED VALUES)");
}

std::optional<Decimal> Statement::read_optional_decimal() {
  if (!next_is_null()) return read_decimal();
  skip();
  return std::nullopt;
}

std::optional<TimePoint> Statement::read_optional_time() {
  if (!next_is_null()) return read_time();
  skip();
  return std::nullopt;
}

bool Statement::next_is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }

Connection::Connection(Connection&& other) noexcept { *this = std::move(other); }

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(wal_pages_, other.wal_pages_);
  std::swap(damage_, other.damage_);
  return *this;
}

Connection::~Connection() { sqlite3_close_v2(database_); }

Result<Connection> Connection::open(const std::string& path, OpenMode mode) {
  set_up_library();
  Connection connection;
  const int access =
      mode == OpenMode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const char* const vfs = mode == OpenMode::read_only ? nullptr : gathering_vfs();
  int code = sqlite3_open_v2(path.c_str(), &connection.database_,
                             access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  if (code != SQLITE_OK) return sqlite_error(connection.database_, code);
  sqlite3* const database = connection.database_;
  // Our own lock keeps our tools apart; this is for a person with sqlite3 open.
  sqlite3_busy_timeout(database, 1000);
  sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  connection.wal_pages_ = std::make_unique<int>(0);
  sqlite3_wal_autocheckpoint(database, 0);
  sqlite3_wal_hook(database, remember_wal_pages, connection.wal_pages_.get());
  return connection;
}

Connection::SchemaUnlocked::SchemaUnlocked(Connection& connection) : database_(connection.database_) {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
}

Connection::SchemaUnlocked::~SchemaUnlocked() {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(database_, code);
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  Statement statement;
  statement.database_ = database_;
  statement.damage_ = damage_;
  const int code = sqlite3_prepare_v3(database_, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement.statement_, nullptr);
  if (code != SQLITE_OK) return sqlite_error(database_, code);
  return statement;
}

Result<std::int64_t> Connection::read_pragma(const char* name) {
  TVH_TRY(auto statement, prepare(std::string("PRAGMA ") + name));
  TVH_TRY(const bool row, statement.step());
  return row ? statement.read_integer() : 0;
}

std::int64_t Connection::last_insert_rowid() const { return sqlite3_last_insert_rowid(database_); }

int Connection::changes() const { return sqlite3_changes(database_); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

Result<void> Connection::checkpoint(Checkpoint kind) {
  const int mode = kind == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
  if (kind == Checkpoint::truncate) sqlite3_busy_timeout(database_, 0);
  int pages = -1;
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, mode, &pages, nullptr);
  if (pages >= 0) *wal_pages_ = pages;
  if (kind == Checkpoint::truncate) sqlite3_busy_timeout(database_, 1000);
  // Busy means a reader stands in the way: the next checkpoint goes further.
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return sqlite_error(database_, code);
  return {};
}

}  // namespace tvh::journal
