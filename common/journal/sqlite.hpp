// A thin layer over SQLite's C interface: owned connections and statements, errors as Results. Internal to
// journal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "model/names.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tvh::journal {

class Connection;

// What somebody else wrote into a column that only holds our numbers or names. From then on every step of its
// connection fails, the COMMIT too: nothing can be decided on a value that is not there.
using Damage = std::optional<Error>;

// A prepared statement, reused. Bind all parameters in order, step, read columns in order. Binding copies
// nothing: bound text must live until the step is over.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Starts over: no parameters bound, nothing read.
  Statement& reset();
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t value);
  Statement& bind(const Decimal& value);  // as text
  Statement& bind(const std::optional<Decimal>& value);
  Statement& bind(TimePoint at) { return bind(nanoseconds_since_epoch(at)); }
  Statement& bind(const std::optional<TimePoint>& at);
  Statement& bind_bytes(std::span<const std::uint8_t> bytes);
  Statement& bind_null();

  // true: a row is there to read; false: finished.
  Result<bool> step();
  // For statements that return no row.
  Result<void> run();

  // A number or name that we cannot have written reads as 0 or the first of its kind, and is noted: as an error
  // of the next step() of any statement, and of checked().
  std::string read_text();
  std::int64_t read_integer();
  Decimal read_decimal();
  std::optional<Decimal> read_optional_decimal();
  template <class Enum>
  Enum read_name() {
    const std::string text = read_text();
    if (const auto value = model::parse_text<Enum>(text)) return *value;
    note_damage(text, "a word that no tool writes there");
    return Enum{};
  }
  TimePoint read_time() { return from_nanoseconds(read_integer()); }
  std::optional<TimePoint> read_optional_time();
  bool next_is_null() const;
  void skip() { ++column_; }

  // What was made of a row, for those who read no further: bad_data when a value in it was noted.
  template <class Value>
  Result<Value> checked(Value value) const {
    if (*damage_) return **damage_;
    return value;
  }
  // Notes that the column read last holds `text`, which is `what` ("no number"). The first one stays.
  void note_damage(std::string_view text, std::string_view what);

 private:
  friend class Connection;
  sqlite3_stmt* statement_ = nullptr;
  sqlite3* database_ = nullptr;
  std::shared_ptr<Damage> damage_;
  int parameter_ = 0;
  int column_ = 0;
};

enum class OpenMode { read_write, read_only };

class Connection {
 public:
  Connection() = default;
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  static Result<Connection> open(const std::string& path, OpenMode mode);

  Result<void> execute(const char* sql);  // any number of statements, results thrown away
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> read_pragma(const char* name);
  std::int64_t last_insert_rowid() const;
  int changes() const;
  bool in_transaction() const;
  // Pages in the WAL after this connection's last commit or checkpoint.
  int wal_pages() const { return *wal_pages_; }
  enum class Checkpoint { passive, truncate };
  Result<void> checkpoint(Checkpoint kind);

  // While it lives, the schema's text may be written (PRAGMA writable_schema): for migrations.
  class SchemaUnlocked {
   public:
    explicit SchemaUnlocked(Connection& connection);
    ~SchemaUnlocked();
    SchemaUnlocked(const SchemaUnlocked&) = delete;
    SchemaUnlocked& operator=(const SchemaUnlocked&) = delete;

   private:
    sqlite3* const database_;
  };

 private:
  sqlite3* database_ = nullptr;
  std::unique_ptr<int> wal_pages_;  // stable address for the hook
  std::shared_ptr<Damage> damage_ = std::make_shared<Damage>();
};

}  // namespace tvh::journal
