import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatIdentity, generateIdentity, type Identity } from '../../../src/vault/identity.ts';
import { KeeperClient } from '../../../src/vault/keeperClient.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { encodeRecord } from '../../../src/vault/recordCodec.ts';
import { SegmentWriter } from '../../../src/vault/segmentWriter.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { formatVaultFile } from '../../../src/vault/vaultFile.ts';
import { segmentsFolderOf } from '../../../src/vault/vaultFolder.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { waitFor } from '../../support/waitFor.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const first = 29_000_000;
const day = { startMs: first * minuteMs, endMs: (first + 1440) * minuteMs };

describe('the keeper', function () {
  this.timeout(60_000);

  let folder: string;
  let identity: Identity;
  let log: MemoryLog;
  const toRelease: (() => Promise<void> | void)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-vault-'));
    identity = generateIdentity();
    log = new MemoryLog();
    const createdMs = day.startMs;
    await writeFile(
      path.join(folder, 'vault.json'),
      formatVaultFile({
        format: 'millrace-vault',
        version: 1,
        vault: testId(99),
        generation: 1,
        createdMs,
        recipient: identity.recipient,
        protectors: [],
        identities: [
          {
            recipient: identity.recipient,
            state: 'current',
            createdMs,
            sinceMs: createdMs,
            wrapped: [],
          },
        ],
      }),
    );
  });

  afterEach(async () => {
    for (const release of toRelease.splice(0).reverse()) {
      await release();
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function clientOf(
    options: { keyring?: () => Promise<Identity[]>; idleMs?: number; timeoutMs?: number } = {},
  ): Promise<KeeperClient> {
    const client = new KeeperClient({
      keeperPath: await keeperBundle(),
      folder,
      keyring: () => Promise.resolve([copyOf(identity)]),
      log,
      idleMs: 60_000,
      ...options,
    });
    toRelease.push(() => {
      client.dispose();
    });
    return client;
  }

  function writer(): SegmentWriter {
    const segments = new SegmentWriter({
      segmentsFolder: segmentsFolderOf(folder),
      recipient: () => Promise.resolve(identity.recipient),
      clock: new ManualClock(day.startMs),
      log,
      onChange: () => {},
    });
    toRelease.push(() => segments.close());
    return segments;
  }

  it('sums up what several windows wrote, and reads on as they write', async () => {
    const one = writer();
    const other = writer();
    await append(one, [
      sessionRecord(1, day.startMs, day.startMs + 3 * minuteMs),
      minuteRecord(1, first),
      minuteRecord(1, first + 1),
    ]);
    await append(other, [minuteRecord(2, first + 1, { seconds: 30 }), minuteRecord(2, first + 2)]);
    const client = await clientOf();
    assert.equal((await client.loadDay(day)).focusedSeconds, 180);
    await append(other, [minuteRecord(2, first + 3), minuteRecord(2, first + 4)]);
    await append(one, [minuteRecord(1, first + 2)]);
    const later = await client.loadDay(day);
    assert.equal(later.focusedSeconds, 300);
    assert.equal(later.sessions.length, 2);
  });

  it('writes a snapshot that stands for everything, by itself', async () => {
    const segments = writer();
    await append(segments, [
      sessionRecord(1, day.startMs, day.startMs + 2 * minuteMs),
      minuteRecord(1, first),
      minuteRecord(1, first + 1),
    ]);
    const client = await clientOf();
    const before = await client.loadDay(day);
    const result = await client.backUp();
    assert.deepEqual(await readdir(path.join(folder, 'snapshots')), [result.file]);
    assert.equal(result.records, 1);
    await segments.close();
    await rm(segmentsFolderOf(folder), { recursive: true });
    const fresh = await clientOf();
    assert.deepEqual(await fresh.loadDay(day), before);
  });

  it('unites snapshots of which none supersedes the other, and supersedes them with the next', async () => {
    const one = writer();
    await append(one, [minuteRecord(1, first)]);
    await (await clientOf()).backUp();
    await one.close();
    const aside = `${folder}-aside`;
    await rename(path.join(folder, 'snapshots'), aside);
    await rm(segmentsFolderOf(folder), { recursive: true });
    const other = writer();
    await append(other, [minuteRecord(2, first + 5)]);
    await (await clientOf()).backUp();
    const [file = ''] = await readdir(aside);
    await rename(path.join(aside, file), path.join(folder, 'snapshots', file));
    await rm(aside, { recursive: true });

    const client = await clientOf();
    assert.equal((await client.loadDay(day)).focusedSeconds, 120);
    const united = await client.backUp();
    await other.close();
    await rm(segmentsFolderOf(folder), { recursive: true });
    for (const name of await readdir(path.join(folder, 'snapshots'))) {
      if (name !== united.file) {
        await rm(path.join(folder, 'snapshots', name));
      }
    }
    assert.equal((await (await clientOf()).loadDay(day)).focusedSeconds, 120);
  });

  it('follows a peer that made a snapshot and took the segments away', async () => {
    const segments = writer();
    await append(segments, [minuteRecord(1, first)]);
    const client = await clientOf();
    assert.equal((await client.loadDay(day)).focusedSeconds, 60);
    await append(segments, [minuteRecord(1, first + 1)]);
    await (await clientOf()).backUp();
    await segments.close();
    await rm(segmentsFolderOf(folder), { recursive: true });
    assert.equal((await client.loadDay(day)).focusedSeconds, 120);
  });

  it('reads on when a snapshot is half copied, and counts it as soon as it is whole', async () => {
    const segments = writer();
    await append(segments, [minuteRecord(1, first)]);
    const { file } = await (await clientOf()).backUp();
    await segments.close();
    await rm(segmentsFolderOf(folder), { recursive: true });
    const snapshot = path.join(folder, 'snapshots', file);
    const whole = await readFile(snapshot);
    for (const length of [0, 100, 200, whole.length - 1]) {
      await writeFile(snapshot, whole.subarray(0, length));
      assert.equal((await (await clientOf()).loadDay(day)).focusedSeconds, 0);
    }
    await writeFile(snapshot, whole);
    assert.equal((await (await clientOf()).loadDay(day)).focusedSeconds, 60);
  });

  it('makes snapshots that age and sqlite3 open', async function () {
    if (!hasTool('age') || !hasTool('sqlite3')) {
      // Debian's packages of these names; a machine without them can't run this one.
      console.log('      (not run: this needs the programs age and sqlite3)');
      this.skip();
    }
    const segments = writer();
    await append(segments, [
      sessionRecord(1, day.startMs, day.startMs + 2 * minuteMs, { origin: 'demo' }),
      minuteRecord(1, first),
      minuteRecord(1, first + 1, { state: 'inFlow' }),
    ]);
    const { file } = await (await clientOf()).backUp();
    const kit = path.join(folder, 'recovery-key.txt');
    const database = path.join(folder, 'millrace.db');
    await writeFile(kit, `${formatIdentity(identity)}\n`, { mode: 0o600 });
    run('age', ['-d', '-i', kit, '-o', database, path.join(folder, 'snapshots', file)]);
    const ask = (sql: string): string => run('sqlite3', [database, sql]);
    assert.equal(ask('PRAGMA integrity_check'), 'ok');
    assert.equal(ask('PRAGMA user_version'), '1');
    assert.equal(ask('SELECT start_ms, origin FROM sessions'), `${day.startMs}|1`);
    assert.equal(ask('SELECT group_concat(state) FROM minutes'), 'steady,inFlow');
    assert.equal(ask('SELECT steady_seconds, in_flow_seconds, demo FROM days'), '60|60|1');
  });

  it('answers an error with an error, and goes on', async () => {
    const client = await clientOf();
    await rm(path.join(folder, 'vault.json'));
    await assert.rejects(client.backUp(), (error) => VaultError.is(error));
    assert.equal((await client.loadDay(day)).focusedSeconds, 0);
  });

  it('refuses a snapshot of a later version, as a whole', async () => {
    const client = await clientOf();
    const { file } = await client.backUp();
    const snapshot = path.join(folder, 'snapshots', file);
    const { AgeReader, memorySource, sealAge } = await import('../../../src/vault/ageStream.ts');
    const plain = new AgeReader(memorySource(await readFile(snapshot)), [identity]).readAll();
    // user_version: a big-endian integer at offset 60 (https://www.sqlite.org/fileformat2.html).
    new DataView(plain.buffer).setUint32(60, 2);
    await writeFile(snapshot, sealAge(identity.recipient, plain));
    await assert.rejects((await clientOf()).loadDay(day), (error) =>
      VaultError.is(error, 'unknownVersion'),
    );
  });

  it('says why when there is no key, and asks again the next time', async () => {
    const keys: Identity[] = [];
    const client = await clientOf({
      keyring: () =>
        keys.length === 0
          ? Promise.reject(new VaultError('locked', 'No protector has the key'))
          : Promise.resolve(keys),
    });
    await assert.rejects(client.loadDay(day), (error) => VaultError.is(error, 'locked'));
    assert.equal(client.isRunning, false);
    keys.push(copyOf(identity));
    assert.equal((await client.loadDay(day)).focusedSeconds, 0);
    assert.deepEqual(keys[0]?.secret, new Uint8Array(32), 'the host keeps no secret');
  });

  it('ends when idle, and starts again', async () => {
    const client = await clientOf({ idleMs: 20 });
    await client.loadDay(day);
    await waitFor('the keeper to end', () => !client.isRunning);
    await client.loadDay(day);
    assert.equal(client.isRunning, true);
  });

  it('starts another worker when one dies in the middle of a request', async () => {
    const broken = path.join(folder, 'keeper.js');
    const mark = path.join(folder, 'died');
    // Dies at its first message, once; the second worker is the real one.
    await writeFile(
      broken,
      `const { existsSync, writeFileSync } = require('node:fs');
       if (existsSync(${JSON.stringify(mark)})) require(${JSON.stringify(await keeperBundle())});
       else require('node:worker_threads').parentPort.once('message', () => {
         writeFileSync(${JSON.stringify(mark)}, '');
         process.exit(1);
       });`,
    );
    await copyFile(
      path.join(path.dirname(await keeperBundle()), 'sql-wasm.wasm'),
      path.join(folder, 'sql-wasm.wasm'),
    );
    const client = new KeeperClient({
      keeperPath: broken,
      folder,
      keyring: () => Promise.resolve([copyOf(identity)]),
      log,
      idleMs: 60_000,
    });
    toRelease.push(() => {
      client.dispose();
    });
    assert.equal((await client.loadDay(day)).focusedSeconds, 0);
  });

  it('gives up on a worker that never answers', async () => {
    const silent = path.join(folder, 'keeper.js');
    await writeFile(silent, `require('node:worker_threads').parentPort.on('message', () => {});`);
    const client = new KeeperClient({
      keeperPath: silent,
      folder,
      keyring: () => Promise.resolve([copyOf(identity)]),
      log,
      idleMs: 60_000,
      timeoutMs: 100,
    });
    toRelease.push(() => {
      client.dispose();
    });
    await assert.rejects(client.loadDay(day), (error) => VaultError.is(error, 'keeperFailed'));
    assert.equal(client.isRunning, false);
  });

  it('rejects what is asked after it was disposed', async () => {
    const client = await clientOf();
    client.dispose();
    await assert.rejects(client.loadDay(day), (error) => VaultError.is(error, 'keeperFailed'));
  });
});

function copyOf(identity: Identity): Identity {
  return { recipient: identity.recipient, secret: Uint8Array.from(identity.secret) };
}

async function append(writer: SegmentWriter, records: readonly VaultRecord[]): Promise<void> {
  await writer.append(
    records.map((record) => ({
      plain: encodeRecord(record),
      isMinute: record.type === 'minute',
    })),
  );
}

function hasTool(name: string): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}
