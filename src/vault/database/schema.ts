import { countingRules } from './countingRules.ts';
import { keysOf } from '../kinds/recordKind.ts';
import { recordTables } from '../kinds/registry.ts';
import { applicationId, schemaVersion } from './migrations.ts';
import { createMinutesView } from './minutesView.ts';

/**
 * The SQLite database inside a snapshot. Times are integers, UTC milliseconds; ids are 16 bytes. Everything
 * here is part of a format: docs/vault-format.md describes it, and a change brings a migration.
 */

/** Larger pages than SQLite's default leave less unused space between the series. */
const pageSizeBytes = 8192;

/**
 * What makes a new database. The first pages of the file are what everything else hangs on, so that
 * damage anywhere behind them costs little.
 */
export const createSchema = /* @__PURE__ */ schemaText();

function schemaText(): string {
  return `
PRAGMA page_size = ${pageSizeBytes};
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};

${createMinutesView}
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY
) WITHOUT ROWID;
INSERT INTO meta VALUES ('counting_rules', ${countingRules});

${recordTables.session.schema}
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

${schemasOfLoneKinds()}`;
}

/** Behind what is computed from sessions, in their order. */
function schemasOfLoneKinds(): string {
  return keysOf(recordTables)
    .filter((type) => type !== 'session')
    .map((type) => recordTables[type].schema)
    .join('\n');
}
