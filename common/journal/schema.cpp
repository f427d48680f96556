#include "journal/schema.hpp"

#include <array>

namespace tvh::journal {
namespace {

constexpr std::int64_t kApplicationId = 0x7476686b;  // "tvhk": what file(1) and we know a journal by

// Decimals are TEXT in plain notation, times INTEGER nanoseconds since the epoch, UTC.
constexpr const char* kFirstVersion = R"sql(
CREATE TABLE alerts (
  seq           INTEGER PRIMARY KEY,
  received_at   INTEGER NOT NULL,
  source        TEXT NOT NULL,
  status        INTEGER NOT NULL,
  verdict       TEXT NOT NULL,
  body          TEXT NOT NULL,
  body_hash     BLOB NOT NULL,
  original_hash BLOB NOT NULL,
  signal_id     TEXT
);
CREATE INDEX alerts_by_time ON alerts (received_at);

CREATE TABLE signals (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  received_at   INTEGER NOT NULL,
  strategy      TEXT NOT NULL,
  symbol        TEXT NOT NULL,
  market        TEXT NOT NULL,
  action        TEXT NOT NULL,
  record        TEXT NOT NULL,
  edited_record TEXT,
  event_at      INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'done', 'refused', 'expired')),
  reason        TEXT NOT NULL DEFAULT '',
  message       TEXT NOT NULL DEFAULT '',
  claimed_at    INTEGER,
  ended_at      INTEGER
);
CREATE INDEX signals_by_time ON signals (received_at);
CREATE INDEX signals_pending ON signals (seq) WHERE state = 'pending';
CREATE INDEX signals_claimed ON signals (seq) WHERE state = 'claimed';

-- Identity rules 1 and 2: a signal's id is a function of its identity, so the index on signals.id is what finds it again. Only
-- an identity that legally came again needs rows of its own, one for each further signal that had it.
CREATE TABLE recurrences (
  first_id  TEXT NOT NULL,
  event_at  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  signal_id TEXT NOT NULL,
  PRIMARY KEY (first_id, event_at, seq)
) WITHOUT ROWID;

-- The latest accepted signal of each strategy and instrument, and the latest that bought and sold there.
CREATE TABLE latest_signals (
  strategy     TEXT NOT NULL,
  instrument   TEXT NOT NULL,
  signal_id    TEXT NOT NULL,
  received_at  INTEGER NOT NULL,
  content      BLOB NOT NULL,
  buy_seq      INTEGER NOT NULL,
  sell_seq     INTEGER NOT NULL,
  PRIMARY KEY (strategy, instrument)
) WITHOUT ROWID;

CREATE TABLE intents (
  client_order_id     TEXT PRIMARY KEY,
  signal_id           TEXT NOT NULL,
  strategy            TEXT NOT NULL,
  venue               TEXT NOT NULL,
  instrument          TEXT NOT NULL,
  market              TEXT NOT NULL,
  leg                 TEXT NOT NULL,
  side                TEXT NOT NULL,
  order_type          TEXT NOT NULL,
  quantity            TEXT NOT NULL,
  limit_price         TEXT,
  stop_price          TEXT,
  reference_price     TEXT,
  clipped_from        TEXT,
  reduce_only         INTEGER NOT NULL DEFAULT 0,
  state               TEXT NOT NULL,
  filled_quantity     TEXT NOT NULL DEFAULT '0',
  venue_order_id      TEXT NOT NULL DEFAULT '',
  reason              TEXT NOT NULL DEFAULT '',
  message             TEXT NOT NULL DEFAULT '',
  planned_at          INTEGER NOT NULL,
  submitting_at       INTEGER,
  accepted_at         INTEGER,
  partially_filled_at INTEGER,
  filled_at           INTEGER,
  cancelled_at        INTEGER,
  expired_at          INTEGER,
  refused_at          INTEGER,
  unknown_at          INTEGER,
  dropped_at          INTEGER,
  absent_at           INTEGER
);
CREATE INDEX intents_by_signal ON intents (signal_id);
CREATE INDEX intents_by_sending ON intents (submitting_at);
CREATE INDEX intents_open ON intents (client_order_id)
  WHERE state IN ('planned', 'submitting', 'accepted', 'partially_filled', 'unknown');

CREATE TABLE order_events (
  seq             INTEGER PRIMARY KEY,
  client_order_id TEXT NOT NULL REFERENCES intents (client_order_id),
  at              INTEGER NOT NULL,
  event           TEXT NOT NULL,
  state           TEXT NOT NULL,
  detail          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX order_events_by_order ON order_events (client_order_id, seq);

CREATE TABLE fills (
  venue           TEXT NOT NULL,
  instrument      TEXT NOT NULL,
  venue_order_id  TEXT NOT NULL,
  trade_id        TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  strategy        TEXT NOT NULL,
  side            TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  price           TEXT NOT NULL,
  fee             TEXT NOT NULL,
  fee_asset       TEXT NOT NULL,
  at              INTEGER NOT NULL,
  realised        TEXT NOT NULL DEFAULT '0',
  inferred        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (venue, instrument, venue_order_id, trade_id)
) WITHOUT ROWID;
CREATE INDEX fills_by_order ON fills (client_order_id);
CREATE INDEX fills_by_time ON fills (at);

CREATE TABLE positions (
  venue           TEXT NOT NULL,
  instrument      TEXT NOT NULL,
  strategy        TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  average_price   TEXT NOT NULL,
  realised_profit TEXT NOT NULL,
  updated_at      INTEGER NOT NULL,
  PRIMARY KEY (venue, instrument, strategy)
) WITHOUT ROWID;

-- The bar each lane is in, for strategies that are followed by their position.
CREATE TABLE lane_bars (
  strategy   TEXT NOT NULL,
  venue      TEXT NOT NULL,
  instrument TEXT NOT NULL,
  bar        INTEGER NOT NULL,
  start      TEXT NOT NULL,
  steps      TEXT NOT NULL,
  PRIMARY KEY (strategy, venue, instrument)
) WITHOUT ROWID;

CREATE TABLE requests (
  seq       INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('flatten', 'correction')),
  arguments TEXT NOT NULL DEFAULT '{}',
  state     TEXT NOT NULL DEFAULT 'waiting',
  ended_at  INTEGER,
  result    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX requests_waiting ON requests (seq) WHERE state = 'waiting';

CREATE TABLE controls (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE instruments (
  venue      TEXT NOT NULL,
  name       TEXT NOT NULL,
  record     TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (venue, name)
) WITHOUT ROWID;

CREATE TABLE outbox (
  seq          INTEGER PRIMARY KEY,
  created_at   INTEGER NOT NULL,
  target       TEXT NOT NULL,
  message      TEXT NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      INTEGER NOT NULL,
  delivered_at INTEGER,
  last_error   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE delivered_at IS NULL;

CREATE TABLE paper_balances (
  venue   TEXT NOT NULL,
  asset   TEXT NOT NULL,
  amount  TEXT NOT NULL,
  PRIMARY KEY (venue, asset)
) WITHOUT ROWID;
CREATE TABLE paper_positions (
  venue       TEXT NOT NULL,
  instrument  TEXT NOT NULL,
  quantity    TEXT NOT NULL,
  entry_price TEXT NOT NULL,
  PRIMARY KEY (venue, instrument)
) WITHOUT ROWID;
CREATE TABLE paper_prices (
  venue      TEXT NOT NULL,
  instrument TEXT NOT NULL,
  price      TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (venue, instrument)
) WITHOUT ROWID;
CREATE TABLE paper_orders (
  venue           TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  venue_order_id  TEXT NOT NULL,
  instrument      TEXT NOT NULL,
  side            TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  price           TEXT NOT NULL,
  fee             TEXT NOT NULL,
  fee_asset       TEXT NOT NULL,
  state           TEXT NOT NULL,
  at              INTEGER NOT NULL,
  PRIMARY KEY (venue, client_order_id)
) WITHOUT ROWID;

CREATE VIEW v_signals AS
  SELECT strftime('%Y-%m-%d %H:%M:%f', received_at / 1e9, 'unixepoch') AS received, id, strategy, symbol, market, action,
         json_extract(coalesce(edited_record, record), '$.quantity') AS quantity, state, reason, message
  FROM signals ORDER BY seq;
CREATE VIEW v_orders AS
  SELECT strftime('%Y-%m-%d %H:%M:%f', i.planned_at / 1e9, 'unixepoch') AS planned, i.client_order_id, i.signal_id,
         i.strategy, i.venue, i.instrument, i.side, i.order_type, i.quantity, i.filled_quantity,
         (SELECT f.price FROM fills f WHERE f.client_order_id = i.client_order_id LIMIT 1) AS first_price, i.state,
         i.reason, i.message
  FROM intents i ORDER BY i.planned_at;
CREATE VIEW v_positions AS
  SELECT venue, instrument, strategy, quantity, average_price, realised_profit,
         strftime('%Y-%m-%d %H:%M:%f', updated_at / 1e9, 'unixepoch') AS updated
  FROM positions;
CREATE VIEW v_latency AS
  SELECT s.id, i.client_order_id, (s.claimed_at - s.received_at) / 1e6 AS claim_ms,
         (i.submitting_at - s.received_at) / 1e6 AS submit_ms,
         (coalesce(i.filled_at, i.accepted_at, i.refused_at) - s.received_at) / 1e6 AS outcome_ms
  FROM signals s JOIN intents i ON i.signal_id = s.id;
CREATE VIEW v_refusals AS
  SELECT strftime('%Y-%m-%d %H:%M:%f', received_at / 1e9, 'unixepoch') AS received, 'alert' AS what, verdict AS reason,
         '' AS message, source, body AS text
  FROM alerts WHERE status >= 400
  UNION ALL
  SELECT strftime('%Y-%m-%d %H:%M:%f', received_at / 1e9, 'unixepoch'), 'signal', reason, message, '', record
  FROM signals WHERE state = 'refused';
)sql";

// Orders that rest: when they end by themselves, and what a fill needs to know of its instrument. How often a
// position was added to since it was flat.
constexpr const char* kSecondVersion = R"sql(
ALTER TABLE intents ADD COLUMN time_in_force TEXT;
ALTER TABLE intents ADD COLUMN base_asset TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN quote_asset TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN valued_price TEXT;
ALTER TABLE positions ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE positions ADD COLUMN last_entry TEXT NOT NULL DEFAULT '';

-- The paper venue's orders can rest: what was asked, beside what became of it. at is when an order was placed, filled_at when it
-- was filled; price and fee are the fill's, and there is none before. Those of version 1 were filled market orders.
ALTER TABLE paper_orders RENAME TO paper_orders_before;
CREATE TABLE paper_orders (
  venue           TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  venue_order_id  TEXT NOT NULL,
  instrument      TEXT NOT NULL,
  market          TEXT NOT NULL,
  side            TEXT NOT NULL,
  order_type      TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  limit_price     TEXT,
  stop_price      TEXT,
  reference_price TEXT,
  time_in_force   TEXT,
  reduce_only     INTEGER NOT NULL,
  triggered       INTEGER NOT NULL,
  filled_quantity TEXT NOT NULL,
  price           TEXT,
  fee             TEXT,
  fee_asset       TEXT,
  filled_at       INTEGER,
  state           TEXT NOT NULL,
  reason          TEXT NOT NULL,
  at              INTEGER NOT NULL,
  PRIMARY KEY (venue, client_order_id)
) WITHOUT ROWID;
INSERT INTO paper_orders
  SELECT venue, client_order_id, venue_order_id, instrument, CASE WHEN instrument LIKE '%.P' THEN 'perp' ELSE 'spot' END, side,
         'market', quantity, NULL, NULL, NULL, NULL, 0, 0, quantity, price, fee, fee_asset, at, state, '', at
  FROM paper_orders_before;
DROP TABLE paper_orders_before;
CREATE INDEX paper_orders_resting ON paper_orders (venue, instrument, at) WHERE state = 'accepted';
)sql";

// Ids begin with a time from now on, where the identity has one. What is there already is looked up by both.
constexpr const char* kThirdVersion = R"sql(
INSERT INTO controls (key, value, updated_at) SELECT 'ids_without_time', seq, 0 FROM signals ORDER BY seq DESC LIMIT 1;
)sql";

// The same rules in other words: for the list of an IN, SQLite builds a table in memory each time it meets one,
// which took as long as storing a signal. A CHECK can only be reworded in the schema's own text; SQLite's page
// on ALTER TABLE shows how. What is stored stays as it is. And no alert is looked up by its time any more.
constexpr const char* kFourthVersion = R"sql(
PRAGMA writable_schema=ON;
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''pending'', ''claimed'', ''done'', ''refused'', ''expired'')',
  'state = ''pending'' OR state = ''claimed'' OR state = ''done'' OR state = ''refused'' OR state = ''expired''')
  WHERE type = 'table' AND name = 'signals';
PRAGMA writable_schema=RESET;
DROP INDEX IF EXISTS alerts_by_time;
DROP INDEX intents_open;
CREATE INDEX intents_open ON intents (client_order_id)
  WHERE state = 'planned' OR state = 'submitting' OR state = 'accepted' OR state = 'partially_filled' OR state = 'unknown';
)sql";

// Whoever wants the signals of a time looks at all of them: that is rare, and each signal that comes paid for
// it.
constexpr const char* kFifthVersion = R"sql(
DROP INDEX IF EXISTS signals_by_time;
)sql";

constexpr std::array<const char*, kSchemaVersion> kMigrations{kFirstVersion, kSecondVersion, kThirdVersion,
                                                              kFourthVersion, kFifthVersion};

Error newer_than_we_are(std::int64_t version) {
  return fail(Errc::configuration, "the journal is of version " + std::to_string(version) +
                                       ", this program knows up to " + std::to_string(kSchemaVersion) +
                                       ": install the tvhook that wrote it, or a later one");
}

// 0 for an empty file; bad_data for somebody else's.
Result<std::int64_t> read_version(Connection& connection) {
  TVH_TRY(const auto application, connection.read_pragma("application_id"));
  TVH_TRY(const auto version, connection.read_pragma("user_version"));
  TVH_TRY(auto statement, connection.prepare("SELECT count(*) FROM sqlite_schema"));
  TVH_CHECK(statement.step());
  const bool empty = statement.read_integer() == 0;
  TVH_CHECK(statement.step());
  if (!empty && application != kApplicationId) {
    return fail(Errc::bad_data, "this is another program's database, not a tvhook journal");
  }
  if (version > kSchemaVersion) return newer_than_we_are(version);
  return version;
}

}  // namespace

Result<void> check_known(std::int64_t version) {
  if (version > kSchemaVersion) return newer_than_we_are(version);
  return {};
}

Result<void> check_ours(Connection& connection) {
  TVH_CHECK(read_version(connection));
  return {};
}

Result<void> migrate(Connection& connection) {
  TVH_TRY(auto version, read_version(connection));
  if (version == kSchemaVersion) return {};
  TVH_CHECK(connection.execute(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str()));
  const Connection::SchemaUnlocked unlocked(connection);
  for (; version < kSchemaVersion; ++version) {
    const std::string step = std::string("BEGIN IMMEDIATE;") + kMigrations[std::size_t(version)] +
                             "PRAGMA user_version=" + std::to_string(version + 1) + ";COMMIT";
    if (auto done = connection.execute(step.c_str()); !done) {
      if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
      return std::move(done).error();
    }
  }
  return {};
}

Result<void> check_version(Connection& connection) {
  TVH_TRY(const auto version, read_version(connection));
  if (version == kSchemaVersion) return {};
  const std::string found =
      version == 0 ? "the journal is empty" : "the journal is of the older version " + std::to_string(version);
  return fail(Errc::configuration,
              found + ": the next start of tvhook-listen or tvhook-exec brings it up to date");
}

}  // namespace tvh::journal
