import { createMinutesView } from './minutesView.ts';

/**
 * The SQLite database inside a snapshot. Times are integers, UTC milliseconds; ids are 16 bytes. Everything
 * here is part of a format: docs/vault-format.md describes it, and a change raises {@link schemaVersion} and
 * brings a migration.
 */

/** `PRAGMA user_version`. */
export const schemaVersion = 1;
/** `PRAGMA application_id`: "MRDB". */
export const applicationId = 0x4d524442;
/** Larger pages than SQLite's default leave less unused space between the series. */
export const pageSizeBytes = 8192;

/**
 * What makes a new database. The first pages of the file are what everything else hangs on, so that
 * damage anywhere behind them costs little.
 */
export const createSchema = `
PRAGMA page_size = ${pageSizeBytes};
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};

${createMinutesView}
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY
) WITHOUT ROWID;

CREATE TABLE sessions (
  number              INTEGER PRIMARY KEY,
  id                  BLOB NOT NULL UNIQUE,
  -- 1 when start and end are the session's own; 0 when they are only the bounds of its minutes.
  told                INTEGER NOT NULL,
  start_ms            INTEGER NOT NULL,
  end_ms              INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  -- 0 recorded, 1 demo, 2 imported
  origin              INTEGER NOT NULL,
  -- All minutes, packed; the view "minutes" unpacks them.
  series              BLOB NOT NULL
);
-- With the bytes of a session, so that counting what is stored reads none.
CREATE INDEX sessions_by_start ON sessions (start_ms, 32 + length(series));

-- The snapshots that this database holds whole, by file name; a reader needs none of them beside it.
CREATE TABLE parents (
  snapshot TEXT PRIMARY KEY
) WITHOUT ROWID;

-- The segments that are in this database, by file name, each up to a number of bytes.
CREATE TABLE covered_segments (
  segment TEXT PRIMARY KEY,
  bytes   INTEGER NOT NULL,
  records INTEGER NOT NULL
) WITHOUT ROWID;

-- How a session's minutes read under later rules than those they were recorded under; "series" keeps what was
-- recorded. Holds when "rules" is meta.rules: for each minute of the series, in its order, u8 state, u8 score
-- (255: none).
CREATE TABLE rescored (
  session  INTEGER PRIMARY KEY REFERENCES sessions (number),
  rules    INTEGER NOT NULL,
  readings BLOB NOT NULL
);

-- Days since 1970-01-01 of the local date, a day beginning at meta.day_start_hour.
CREATE TABLE days (
  day                   INTEGER PRIMARY KEY,
  unknown_seconds       INTEGER NOT NULL,
  building_seconds      INTEGER NOT NULL,
  steady_seconds        INTEGER NOT NULL,
  in_flow_seconds       INTEGER NOT NULL,
  assisted_seconds      INTEGER NOT NULL,
  reading_seconds       INTEGER NOT NULL,
  away_seconds          INTEGER NOT NULL,
  paused_seconds        INTEGER NOT NULL,
  longest_spell_seconds INTEGER NOT NULL,
  interruptions         INTEGER NOT NULL,
  sessions              INTEGER NOT NULL,
  demo                  INTEGER NOT NULL
);

-- Focus sessions. The lists are JSON; times within a session are corrected by the jumps of the clock in "shifts".
CREATE TABLE focus_sessions (
  id                  BLOB PRIMARY KEY,
  start_ms            INTEGER NOT NULL,
  -- NULL while it runs
  end_ms              INTEGER,
  zone_offset_minutes INTEGER NOT NULL,
  -- focus, break, custom
  kind                TEXT NOT NULL,
  -- The length chosen at the start, without extensions.
  planned_ms          INTEGER NOT NULL,
  -- time, early, replaced, lapsed
  ended_by            TEXT,
  -- With early, where one was given: done, interrupted, switched, tired, other
  reason              TEXT,
  -- When the person was asked whether to end.
  asked_ms            INTEGER,
  origin              INTEGER NOT NULL,
  -- [{atMs, byMs}]
  extensions          TEXT NOT NULL,
  -- [{startMs, endMs, cause}], cause person or gap
  pauses              TEXT NOT NULL,
  -- [{atMs, byMs}]
  shifts              TEXT NOT NULL,
  -- {window: {seconds, focusedSeconds, inFlowSeconds, unknownSeconds, interruptions, blockedTries}}
  counts              TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX focus_sessions_by_start ON focus_sessions (
  start_ms, 64 + length(extensions) + length(pauses) + length(shifts) + length(counts)
);

-- What was done with the vault, and when.
CREATE TABLE audit_log (
  id                  BLOB PRIMARY KEY,
  at_ms               INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  action              TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_log_by_time ON audit_log (at_ms);

-- What was answered about the ten minutes before at_ms.
CREATE TABLE feedback (
  id                  BLOB PRIMARY KEY,
  at_ms               INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  -- 1 (not at all absorbed) to 7 (fully)
  rating              INTEGER NOT NULL,
  -- 0 writing, 1 reading, 2 assisted, 3 other
  activity            INTEGER NOT NULL,
  interrupted         INTEGER NOT NULL,
  origin              INTEGER NOT NULL,
  -- The five normalised features, one signed byte each, in fortieths; NULL without a score.
  features            BLOB
) WITHOUT ROWID;
CREATE INDEX feedback_by_time ON feedback (at_ms);

CREATE TABLE templates (
  id         BLOB PRIMARY KEY,
  name       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  sha256     BLOB NOT NULL,
  -- Raw deflate (RFC 1951).
  deflated   BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX templates_by_name ON templates (name, version);

CREATE TABLE tombstones (
  id         BLOB PRIMARY KEY,
  deleted_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tombstones_by_time ON tombstones (deleted_ms);
`;
