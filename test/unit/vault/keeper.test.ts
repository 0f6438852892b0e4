import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { makeSnapshot } from '../../../src/vault/upkeep/compaction.ts';
import { sealAsOwner } from '../../../src/vault/trust/ownerSeal.ts';
import { longestHeaderBytes } from '../../../src/vault/segments/segmentHeader.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { TestVault } from '../../support/testVault.ts';
import { waitFor } from '../../support/waitFor.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const first = 29_000_000;
const day = { startMs: first * minuteMs, endMs: (first + 1440) * minuteMs };

describe('the keeper', function () {
  this.timeout(60_000);

  let vault: TestVault;
  let folder: string;

  beforeEach(async () => {
    // Made now, so that no compaction is due.
    vault = await TestVault.create(Date.now());
    folder = vault.folder;
  });

  afterEach(async () => {
    await vault.release();
  });

  it('sums up what several windows wrote, and reads on as they write', async () => {
    const one = vault.writer();
    const other = vault.writer();
    await one.append(
      sessionRecord(1, day.startMs, day.startMs + 3 * minuteMs),
      minuteRecord(1, first),
      minuteRecord(1, first + 1),
    );
    await other.append(minuteRecord(2, first + 1, { seconds: 30 }), minuteRecord(2, first + 2));
    const client = await vault.client();
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 180);
    await other.append(minuteRecord(2, first + 3), minuteRecord(2, first + 4));
    await one.append(minuteRecord(1, first + 2));
    const later = await client.ask('loadDay', day);
    assert.equal(later.focusedSeconds, 300);
    assert.equal(later.sessions.length, 2);
  });

  it('scores the past again where earlier rules made it, and never in a new vault', async () => {
    await vault.writer().append(minuteRecord(1, first));
    const client = await vault.client();
    assert.equal(await client.ask('isHistoryBehind', {}), false);
    await client.ask('makeSnapshot', {});
    const later = await vault.client();
    assert.equal(await later.ask('isHistoryBehind', {}), false);

    const old = await TestVault.create(Date.now());
    try {
      await old.writer().append(minuteRecord(1, first));
      // As it was when there were no other rules than the first: nothing in it names them.
      await makeSnapshot(await old.ledger(), old);
      const behind = await old.client();
      assert.equal(await behind.ask('isHistoryBehind', {}), true);
      while (!(await behind.ask('rescore', {})).isOver);
      assert.equal(await behind.ask('isHistoryBehind', {}), false);
    } finally {
      await old.release();
    }
  });

  it('writes a snapshot that stands for everything, by itself', async () => {
    const segments = vault.writer();
    await segments.append(
      sessionRecord(1, day.startMs, day.startMs + 2 * minuteMs),
      minuteRecord(1, first),
      minuteRecord(1, first + 1),
    );
    const client = await vault.client();
    const before = await client.ask('loadDay', day);
    const result = await client.ask('makeSnapshot', {});
    assert.deepEqual(await readdir(path.join(folder, 'snapshots')), [result.file]);
    assert.equal(result.records, 1);
    await segments.close();
    await rm(vault.segmentsFolder, { recursive: true });
    const fresh = await vault.client();
    assert.deepEqual(await fresh.ask('loadDay', day), before);
  });

  it('unites snapshots of which none supersedes the other, and supersedes them with the next', async () => {
    const one = vault.writer();
    await one.append(minuteRecord(1, first));
    await (await vault.client()).ask('makeSnapshot', {});
    await one.close();
    const aside = `${folder}-aside`;
    await rename(path.join(folder, 'snapshots'), aside);
    await rm(vault.segmentsFolder, { recursive: true });
    const other = vault.writer();
    await other.append(minuteRecord(2, first + 5));
    await (await vault.client()).ask('makeSnapshot', {});
    const [file = ''] = await readdir(aside);
    await rename(path.join(aside, file), path.join(folder, 'snapshots', file));
    await rm(aside, { recursive: true });

    const client = await vault.client();
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 120);
    const united = await client.ask('makeSnapshot', {});
    await other.close();
    await rm(vault.segmentsFolder, { recursive: true });
    for (const name of await readdir(path.join(folder, 'snapshots'))) {
      if (name !== united.file) {
        await rm(path.join(folder, 'snapshots', name));
      }
    }
    assert.equal((await (await vault.client()).ask('loadDay', day)).focusedSeconds, 120);
  });

  it('follows a peer that made a snapshot and took the segments away', async () => {
    const segments = vault.writer();
    await segments.append(minuteRecord(1, first));
    const client = await vault.client();
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 60);
    await segments.append(minuteRecord(1, first + 1));
    await (await vault.client()).ask('makeSnapshot', {});
    await segments.close();
    await rm(vault.segmentsFolder, { recursive: true });
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 120);
  });

  it('reads on when a snapshot is half copied, and counts it as soon as it is whole', async () => {
    const segments = vault.writer();
    await segments.append(minuteRecord(1, first));
    const { file } = await (await vault.client()).ask('makeSnapshot', {});
    await segments.close();
    await rm(vault.segmentsFolder, { recursive: true });
    const snapshot = path.join(folder, 'snapshots', file);
    const whole = await readFile(snapshot);
    for (const length of [0, 100, 200, whole.length - 1]) {
      await writeFile(snapshot, whole.subarray(0, length));
      assert.equal((await (await vault.client()).ask('loadDay', day)).focusedSeconds, 0);
    }
    await writeFile(snapshot, whole);
    assert.equal((await (await vault.client()).ask('loadDay', day)).focusedSeconds, 60);
  });

  it('makes snapshots that age and sqlite3 open', async function () {
    if (!hasTool('age') || !hasTool('sqlite3')) {
      // Debian's packages of these names; a machine without them can't run this one.
      console.log('      (not run: this needs the programs age and sqlite3)');
      this.skip();
    }
    const segments = vault.writer();
    await segments.append(
      sessionRecord(1, day.startMs, day.startMs + 2 * minuteMs, { origin: 'demo' }),
      minuteRecord(1, first),
      minuteRecord(1, first + 1, { state: 'inFlow' }),
    );
    const { file } = await (await vault.client()).ask('makeSnapshot', {});
    const kit = path.join(folder, 'recovery-key.txt');
    const database = path.join(folder, 'millrace.db');
    await writeFile(kit, `${formatIdentity(vault.identity)}\n`, { mode: 0o600 });
    run('age', ['-d', '-i', kit, '-o', database, path.join(folder, 'snapshots', file)]);
    const ask = (sql: string): string => run('sqlite3', [database, sql]);
    assert.equal(ask('PRAGMA integrity_check'), 'ok');
    assert.equal(ask('PRAGMA user_version'), '1');
    assert.equal(ask('SELECT start_ms, origin FROM sessions'), `${day.startMs}|1`);
    assert.equal(ask('SELECT group_concat(state) FROM minutes'), 'steady,inFlow');
    assert.equal(ask('SELECT steady_seconds, in_flow_seconds, demo FROM days'), '60|60|1');
  });

  it('verifies everything, and says what is lost from when to when', async () => {
    const segments = vault.writer();
    await segments.append(...[0, 1, 2, 3].map((index) => minuteRecord(1, first + index)));
    await segments.close();
    const client = await vault.client();
    const { file } = await client.ask('makeSnapshot', {});
    const whole = { unreadable: 0, later: 0, strange: 0, lostRecords: 0, lost: [] };
    assert.deepEqual(await client.ask('verify', {}), {
      ...whole,
      isWhole: true,
      whole: 2,
      damaged: 0,
    });
    const [name = ''] = (await readdir(vault.segmentsFolder)).filter((each) =>
      each.endsWith('.seg'),
    );
    const segment = path.join(vault.segmentsFolder, name);
    const bytes = await readFile(segment);
    // In the second of four records of 59 bytes, behind the header.
    const at = longestHeaderBytes + 59 + 20;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(segment, bytes);
    await writeFile(path.join(folder, 'snapshots', file), 'nothing of it is left');
    assert.deepEqual(await client.ask('verify', {}), {
      isWhole: false,
      whole: 0,
      damaged: 1,
      unreadable: 1,
      later: 0,
      strange: 0,
      lostRecords: 1,
      lost: [{ count: 1, fromMs: first * minuteMs, toMs: (first + 2) * minuteMs }],
    });
  });

  it('answers a question whose keeper is killed in the middle of it', async () => {
    const segments = vault.writer();
    await segments.append(minuteRecord(1, first));
    const client = await vault.client();
    await client.ask('loadDay', day);
    const asked = [client.ask('loadDay', day), client.ask('loadDay', day)];
    client.end();
    for (const answer of await Promise.all(asked)) {
      assert.equal(answer.focusedSeconds, 60);
    }
  });

  it('answers an error with an error, and goes on', async () => {
    const client = await vault.client();
    await client.ask('loadDay', day);
    await rm(path.join(folder, 'vault.json'));
    await assert.rejects(client.ask('makeSnapshot', {}), (error) => VaultError.is(error));
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 0);
  });

  it('refuses a snapshot of a later version, as a whole', async () => {
    const client = await vault.client();
    const { file } = await client.ask('makeSnapshot', {});
    const snapshot = path.join(folder, 'snapshots', file);
    const { AgeReader, memorySource } = await import('../../../src/vault/age/ageStream.ts');
    const plain = new AgeReader(memorySource(await readFile(snapshot)), [vault.identity]).readAll();
    // user_version: a big-endian integer at offset 60 (https://www.sqlite.org/fileformat2.html).
    new DataView(plain.buffer).setUint32(60, 2);
    await writeFile(snapshot, sealAsOwner(vault.keyring(), 'snapshot', plain));
    await assert.rejects((await vault.client()).ask('loadDay', day), (error) =>
      VaultError.is(error, 'unknownVersion'),
    );
  });

  it('says why when there is no key, and asks again the next time', async () => {
    const keys: Identity[] = [];
    const client = await vault.client({
      keyring: () =>
        keys.length === 0
          ? Promise.reject(new VaultError('locked', 'No protector has the key'))
          : Promise.resolve(keys),
    });
    await assert.rejects(client.ask('loadDay', day), (error) => VaultError.is(error, 'locked'));
    assert.equal(client.isRunning, false);
    keys.push(...vault.keyring());
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 0);
    assert.deepEqual(keys[0]?.secret, new Uint8Array(32), 'the host keeps no secret');
  });

  it('ends when idle, and starts again', async () => {
    const client = await vault.client({ idleMs: 20 });
    await client.ask('loadDay', day);
    await waitFor('the keeper to end', () => !client.isRunning);
    await client.ask('loadDay', day);
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
    const client = await vault.client({ keeperPath: broken });
    assert.equal((await client.ask('loadDay', day)).focusedSeconds, 0);
  });

  it('gives up on a worker that never answers', async () => {
    const silent = path.join(folder, 'keeper.js');
    await writeFile(silent, `require('node:worker_threads').parentPort.on('message', () => {});`);
    const client = await vault.client({ keeperPath: silent, timeoutMs: 100 });
    await assert.rejects(client.ask('loadDay', day), (error) =>
      VaultError.is(error, 'keeperFailed'),
    );
    assert.equal(client.isRunning, false);
  });

  it('rejects what is asked after it was disposed', async () => {
    const client = await vault.client();
    client.dispose();
    await assert.rejects(client.ask('loadDay', day), (error) =>
      VaultError.is(error, 'keeperFailed'),
    );
  });
});

function hasTool(name: string): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}
