import assert from 'node:assert/strict';
import { AgeReader, chunkBytes, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { SealedPages } from '../../../src/vault/sqlite/sealedPages.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { wasmPath } from '../../support/keeperBundle.ts';

const rows = 400;
const rowBytes = 20_000;
const content = (index: number): Uint8Array =>
  Uint8Array.from({ length: rowBytes }, (_, at) => (at * 31 + index) & 0xff);

describe('a sealed database', function () {
  this.timeout(30_000);
  let sqlite: Sqlite;
  let sealed: Uint8Array;
  const identity = generateIdentity();

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
    const database = new Database(sqlite, undefined);
    database.execute('PRAGMA page_size = 8192; CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)');
    database.transaction(() => {
      for (let index = 0; index < rows; index++) {
        database.run('INSERT INTO t VALUES (?, ?)', [index, content(index)]);
      }
    });
    sealed = sealAge(identity.recipient, database.export());
    database.close();
  });

  /** Opens it, and counts the chunks that are opened. */
  const open = (
    bytes = sealed,
  ): { database: Database; pages: SealedPages; opened: () => number; chunks: number } => {
    let reads = 0;
    const source = memorySource(bytes);
    const reader = new AgeReader(
      {
        sizeBytes: source.sizeBytes,
        read: (offset, lengthBytes) => {
          reads += lengthBytes > chunkBytes / 2 ? 1 : 0;
          return source.read(offset, lengthBytes);
        },
      },
      [identity],
    );
    reads = 0;
    const pages = new SealedPages(reader);
    const database = new Database(sqlite, pages);
    return { database, pages, opened: () => reads, chunks: reader.chunks };
  };

  it('opens the pages that a question needs, and no others', () => {
    const { database, pages, opened, chunks } = open();
    assert.ok(pages.wasTaken);
    assert.equal(Buffer.compare(valueOf(database, 77), content(77)), 0);
    assert.ok(chunks > 100 && opened() < 8, `${opened()} of ${chunks}`);
    database.close();
  });

  it('grows, and opens no more for that', () => {
    const { database, opened } = open();
    database.transaction(() => {
      for (let index = rows; index < 2 * rows; index++) {
        database.run('INSERT INTO t VALUES (?, ?)', [index, content(index)]);
      }
    });
    assert.ok(opened() < 8, `${opened()}`);
    database.run('DELETE FROM t WHERE n % 3 = 0');
    const file = database.export();
    database.close();
    const plain = new Database(sqlite, file);
    assert.equal(plain.row('PRAGMA integrity_check')?.text(0), 'ok');
    for (const index of [1, 2, 398, 400, 401, 799]) {
      assert.equal(Buffer.compare(valueOf(plain, index), content(index)), 0, `${index}`);
    }
    assert.equal(plain.row('SELECT count(*) FROM t')?.number(0), 533);
    plain.close();
  });

  it('shrinks and rolls back as a file does', () => {
    const { database } = open();
    assert.throws(() =>
      database.transaction(() => {
        database.run('UPDATE t SET v = zeroblob(30000)');
        throw new Error('made up');
      }),
    );
    assert.equal(Buffer.compare(valueOf(database, 5), content(5)), 0);
    database.run('DELETE FROM t WHERE n > 9');
    database.execute('VACUUM');
    assert.equal(database.row('PRAGMA integrity_check')?.text(0), 'ok');
    assert.ok(database.export().length < 40 * rowBytes);
    database.close();
  });

  it('says what is damaged, once it is asked for it', () => {
    const bytes = Uint8Array.from(sealed);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { database, pages } = open(bytes);
    assert.equal(Buffer.compare(valueOf(database, 2), content(2)), 0);
    assert.throws(
      () => database.rows('SELECT v FROM t'),
      (error) => VaultError.is(error, 'damaged'),
    );
    assert.ok(pages.damage !== undefined);
    database.close();
  });
});

function valueOf(database: Database, index: number): Uint8Array {
  const row = database.row('SELECT v FROM t WHERE n = ?', [index]);
  assert.ok(row !== undefined);
  return row.blob(0);
}
