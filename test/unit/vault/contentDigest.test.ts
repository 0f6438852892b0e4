import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { digestContent } from '../../../src/vault/database/contentDigest.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { contentOfRecords } from '../../support/transferPlace.ts';
import { anyRecord } from '../../support/vaultTools.ts';

describe('the content checksum', function () {
  this.timeout(60_000);

  it('is what the format says, to the byte', async () => {
    const database = new Database(await loadSqlite(wasmPath), undefined);
    database.execute('CREATE TABLE things (size REAL, id BLOB, name TEXT, data BLOB)');
    database.execute('CREATE TABLE meta (id BLOB); CREATE TABLE other (name TEXT)');
    // Larger than what is hashed at once, to its very edge and beyond.
    const blobs = [0, 1, 256 * 1024 - 5, 256 * 1024, 256 * 1024 + 1].map((length) =>
      new Uint8Array(length).fill(length & 0xff),
    );
    const expected = createHash('sha256').update('["things","data","id","name","size"]\n');
    const value = (type: number, bytes: Uint8Array): Buffer => {
      const head = Buffer.alloc(5);
      head.writeUInt8(type, 0);
      head.writeUInt32LE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    };
    for (const [index, data] of blobs.entries()) {
      const id = Uint8Array.of(index);
      const name = index === 1 ? null : `Mühle ${index}`;
      database.run('INSERT INTO things VALUES (?, ?, ?, ?)', [index + 0.5, id, name, data]);
      expected.update(value(3, data)).update(value(3, id));
      expected.update(name === null ? value(0, Buffer.alloc(0)) : value(2, Buffer.from(name)));
      expected.update(value(1, Buffer.from(`${index + 0.5}`)));
    }
    const digest = digestContent(database);
    database.close();
    assert.deepEqual(digest, { counts: { things: 5 }, sha256: expected.digest('hex') });
  });

  it('is the same for the same records in any order, and another for others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(anyRecord, { minLength: 1, maxLength: 12 })
          .chain((records) =>
            fc.tuple(
              fc.constant(records),
              fc.shuffledSubarray(records, { minLength: records.length }),
            ),
          ),
        async ([records, shuffled]) => {
          const digest = await contentOfRecords(records);
          assert.deepEqual(await contentOfRecords([...shuffled, ...records]), digest);
          const tombstone = { type: 'tombstone', id: 'f'.repeat(32), deletedMs: 1 } as const;
          assert.notEqual((await contentOfRecords([...records, tombstone])).sha256, digest.sha256);
        },
      ),
      { numRuns: 30 },
    );
  });
});
