import { Database, type Sqlite } from '../../src/vault/sqlite/database.ts';

/** What somebody who knows the vault's public key, or even signs as its owner, may make of a database of ours: by what it is. */
export const alterations: Readonly<
  Record<string, (database: Database, sqlite: Sqlite) => Uint8Array>
> = {
  'a view in the name of ours that runs a command': sql(
    "DROP VIEW minutes; CREATE VIEW minutes AS SELECT edit('x', 'touch PWNED; true') AS session FROM sessions",
  ),
  'a view in the name of ours that counts for ever': sql(
    'DROP VIEW minutes; CREATE VIEW minutes AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
  ),
  'no view': sql('DROP VIEW minutes'),
  'a view in the place of a table': sql('DROP TABLE days; CREATE VIEW days AS SELECT 1 AS day'),
  'a trigger': sql(
    'CREATE TRIGGER eager AFTER INSERT ON sessions BEGIN DELETE FROM tombstones; END',
  ),
  'a table more': sql('CREATE TABLE more (id BLOB PRIMARY KEY)'),
  'a table whose name is a query': sql(
    'CREATE TABLE "templates WHERE id IN (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n) --" (id BLOB PRIMARY KEY)',
  ),
  'a table less': sql('DROP TABLE rescored'),
  'a check that costs seconds a row': text(
    'told                INTEGER NOT NULL',
    'told                INTEGER NOT NULL CHECK ((WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT max(i) FROM n) > 0)',
  ),
  'a conflict clause that makes one row of many': text(
    'BLOB NOT NULL UNIQUE',
    'BLOB NOT NULL UNIQUE ON CONFLICT REPLACE',
  ),
  'a default value': text(
    'origin              INTEGER NOT NULL',
    'origin INTEGER NOT NULL DEFAULT 2',
  ),
  'another order of words of the same meaning': text(
    'INTEGER PRIMARY KEY,',
    'integer PRIMARY KEY,',
  ),
  'a column more': sql('ALTER TABLE feedback ADD COLUMN note TEXT'),
  'a generated column': sql('ALTER TABLE sessions ADD COLUMN twice AS (start_ms * 2)'),
  'an index more': sql('CREATE INDEX more ON sessions (end_ms)'),
  'an index over an expression': sql(
    'CREATE INDEX slow ON sessions (length(hex(hex(hex(series)))))',
  ),
  'an index less': sql('DROP INDEX tombstones_by_time'),
  'a virtual table': sql('CREATE VIRTUAL TABLE words USING fts4 (word)'),
  'a table of numbers that were given': sql(
    'CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counted DEFAULT VALUES; DROP TABLE counted; UPDATE sqlite_sequence SET seq = 9e15',
  ),
  'a table of figures about tables': sql('ANALYZE'),
  'the mark of another program': sql('PRAGMA application_id = 1'),
  'no version': sql('PRAGMA user_version = 0'),
  'another size of page': sql('PRAGMA page_size = 4096; VACUUM'),
  'pages that move by themselves': sql('PRAGMA auto_vacuum = FULL; VACUUM'),
  'another encoding': byte(59, 2),
  'a write-ahead log': byte(18, 2),
  'a write-ahead log to read': byte(19, 2),
  'a later form of the schema': byte(47, 5),
  'bytes that are reserved in each page': byte(20, 32),
  'something in what is unused': byte(80, 1),
  'a page more than it says': (database) => Buffer.concat([database.export(), Buffer.alloc(8192)]),
  'a page less than it says': (database) => database.export().slice(0, -8192),
  'free pages that are none': (database) => {
    const bytes = Buffer.from(database.export());
    bytes.writeUInt32BE(2, 32);
    bytes.writeUInt32BE(1, 36);
    bytes.writeUInt32BE(1_000_000, (2 - 1) * 8192 + 4);
    return bytes;
  },
  'free pages without an end': (database) => {
    database.execute(
      'CREATE TABLE big (b); INSERT INTO big VALUES (zeroblob(200000)); DROP TABLE big',
    );
    const bytes = Buffer.from(database.export());
    const first = bytes.readUInt32BE(32);
    bytes.writeUInt32BE(first, (first - 1) * 8192);
    return bytes;
  },
  'a schema in pages without an end': (database) => {
    const bytes = Buffer.from(database.export());
    for (const start of [100, 8192]) {
      // An inner page of three cells, each of which leads to the second page.
      bytes.writeUInt8(5, start);
      bytes.writeUInt16BE(3, start + 3);
      bytes.writeUInt32BE(2, start + 8);
      for (const cell of [0, 1, 2]) {
        const offset = 8000 - 8 * cell;
        bytes.writeUInt16BE(offset, start + 12 + 2 * cell);
        bytes.writeUInt32BE(2, (start === 100 ? 0 : start) + offset);
        bytes.writeUInt8(1, (start === 100 ? 0 : start) + offset + 4);
      }
    }
    return bytes;
  },
  'two tables in the same pages': (database, sqlite) => {
    database.execute(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'days') WHERE name = 'rescored'",
    );
    return reopened(database, sqlite).export();
  },
  'no database': () => Buffer.alloc(100_000, 7),
  nothing: () => new Uint8Array(0),
};

/** Runs statements on it. */
function sql(statements: string) {
  return (database: Database): Uint8Array => {
    database.execute(statements);
    return database.export();
  };
}

/** Changes the text of its schema, and nothing of its pages. */
function text(from: string, to: string) {
  return (database: Database): Uint8Array => {
    database.execute(
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'sessions'`,
    );
    return database.export();
  };
}

/** Changes a byte of its header. */
function byte(offset: number, value: number) {
  return (database: Database): Uint8Array => {
    const bytes = database.export();
    bytes[offset] = value;
    return bytes;
  };
}

function reopened(database: Database, sqlite: Sqlite): Database {
  return new Database(sqlite, database.export());
}
