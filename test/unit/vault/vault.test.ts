import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import type { Protector } from '../../../src/vault/protectors/protector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import type { VaultOptions } from '../../../src/vault/vaultOptions.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { parseVaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import {
  memoryProtector,
  openKeyring,
  readSegments,
  temporaryFolder,
} from '../../support/vaultTools.ts';
import { pause, waitFor } from '../../support/waitFor.ts';

describe('vault/vault', () => {
  let root: string;
  let folder: string;
  let remove: () => Promise<void>;
  let protector: ReturnType<typeof memoryProtector>;
  let log: MemoryLog;
  const open: Vault[] = [];

  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    folder = path.join(root, 'vault');
    protector = memoryProtector();
    log = new MemoryLog();
  });

  afterEach(async () => {
    for (const vault of open.splice(0)) {
      await vault.close();
    }
    await remove();
  });

  const make = (options: Partial<VaultOptions> = {}): Vault => {
    const vault = new Vault({
      folder,
      keysFolder: path.join(root, 'keys'),
      protectors: [protector],
      keeperPath: '',
      clock: systemClock,
      log,
      retryPausesMs: [10],
      ...options,
    });
    open.push(vault);
    return vault;
  };
  const vaultJson = (): Promise<Buffer> => readFile(path.join(folder, 'vault.json'));
  const minutesOnDisk = async (
    protectors: readonly Protector[] = [protector],
  ): Promise<number[]> => {
    const { records, readings } = await readSegments(folder, await openKeyring(folder, protectors));
    assert.ok(readings.every(({ damage }) => damage === undefined));
    return records.map((record) => (record.type === 'minute' ? record.sample.minute : -1));
  };
  const minute = (index: number): number => minuteRecord(index).sample.minute;

  it('makes a vault on the first run and asks for no secret on the next', async () => {
    const first = make();
    assert.equal(first.condition, 'starting');
    await first.start();
    assert.equal(first.condition, 'ready');
    await first.append([minuteRecord(0)]);
    const made = await vaultJson();

    const asked: string[] = [];
    const counting: Protector = {
      kind: 'secretStorage',
      load: (id) => (asked.push('load'), protector.load(id)),
      store: (id, key) => (asked.push('store'), protector.store(id, key)),
      remove: (id) => (asked.push('remove'), protector.remove(id)),
    };
    const second = make({ protectors: [counting] });
    await second.start();
    await second.append([minuteRecord(1)]);
    assert.equal(second.condition, 'ready');
    assert.deepEqual(asked, []);
    assert.deepEqual(await vaultJson(), made);
    assert.deepEqual((await minutesOnDisk()).sort(), [minute(0), minute(1)]);
  });

  it('uses the next protector when one fails its round trip, and leaves no key in it', async () => {
    const forgetful = memoryProtector();
    forgetful.load = () => Promise.resolve(undefined);
    const broken: Protector = {
      ...memoryProtector(),
      store: () => Promise.reject(new Error('no')),
    };
    const keys = new KeyFileProtector(path.join(root, 'keys'));
    const vault = make({ protectors: [broken, forgetful, keys] });
    await vault.start();
    assert.equal(vault.condition, 'ready');
    assert.deepEqual(
      parseVaultFile(await vaultJson()).protectors.map(({ kind }) => kind),
      ['keyFile'],
    );
    assert.equal(forgetful.keys.size, 0);
    const [keyFile = ''] = await readdir(path.join(root, 'keys'));
    if (process.platform !== 'win32') {
      assert.equal((await stat(path.join(root, 'keys', keyFile))).mode & 0o777, 0o600);
    }
  });

  it('makes no vault when no protector keeps a key, and keeps what is recorded', async () => {
    const forgetful = memoryProtector();
    forgetful.load = () => Promise.resolve(undefined);
    const vault = make({ protectors: [forgetful] });
    await vault.start();
    assert.equal(vault.condition, 'unusable');
    const saved = vault.append([minuteRecord(0)]);
    assert.equal(vault.unsavedMinutes, 1);
    await assert.rejects(vaultJson());
    // The keyring came back.
    forgetful.load = (id) => Promise.resolve(forgetful.keys.get(id));
    await saved;
    assert.equal(vault.condition, 'ready');
    assert.equal(vault.unsavedMinutes, 0);
  });

  for (const [what, change, condition] of [
    ['damaged', (text: string) => text.replace('"current"', '"curren"'), 'damaged'],
    ['cut short', (text: string) => text.slice(0, text.length / 2), 'damaged'],
    ['emptied', () => '', 'damaged'],
    [
      'of a later version',
      (text: string) => text.replace('"version": 2', '"version": 3'),
      'unusable',
    ],
  ] as const) {
    it(`never replaces a vault.json that is ${what}`, async () => {
      const first = make();
      await first.start();
      const whole = await vaultJson();
      const bad = change(whole.toString());
      await writeFile(path.join(folder, 'vault.json'), bad);

      const vault = make();
      await vault.start();
      assert.equal(vault.condition, condition);
      const saved = vault.append([minuteRecord(5)]);
      assert.equal(vault.unsavedMinutes, 1);
      await assert.rejects(vault.keeper.ask('loadDay', { startMs: 0, endMs: 1 }), VaultError);
      assert.equal((await vaultJson()).toString(), bad);
      assert.equal(protector.keys.size, 1);

      await writeFile(path.join(folder, 'vault.json'), whole);
      await saved;
      assert.equal(vault.condition, 'ready');
      assert.deepEqual(await minutesOnDisk(), [minute(5)]);
    });
  }

  it('never makes a vault where there are records and no vault.json', async () => {
    const first = make();
    await first.start();
    await first.append([minuteRecord(0)]);
    await first.close();
    await rm(path.join(folder, 'vault.json'));
    const vault = make();
    await vault.start();
    assert.equal(vault.condition, 'damaged');
    await assert.rejects(vaultJson());
  });

  it('never makes a vault where only what salvage set aside is left', async () => {
    const aside = path.join(folder, 'damaged');
    await mkdir(aside, { recursive: true });
    await writeFile(path.join(aside, '20261121-084421-da2272a8c77db61a.age'), 'damaged');
    const vault = make();
    await vault.start();
    assert.equal(vault.condition, 'damaged');
    await assert.rejects(vaultJson());
  });

  it('waits in memory while the folder cannot be written, and tells of it', async () => {
    await writeFile(folder, 'a file stands where the folder should be');
    const vault = make();
    const heard: string[] = [];
    vault.onDidChange(() => heard.push(`${vault.condition} ${vault.unsavedMinutes}`));
    await vault.start();
    assert.ok(['unwritable', 'unusable'].includes(vault.condition));
    const saved = Promise.all([vault.append([minuteRecord(0)]), vault.append([minuteRecord(1)])]);
    const complaints = (): number =>
      log.lines.filter(({ message }) => message.startsWith('Nothing can be')).length;
    await waitFor('the first try', () => complaints() > 0);
    await pause(100);
    assert.equal(vault.unsavedMinutes, 2);
    assert.equal(complaints(), 1, 'one line for a failing state, not for each failure');
    await rm(folder);
    await saved;
    assert.equal(vault.condition, 'ready');
    assert.deepEqual(await minutesOnDisk(), [minute(0), minute(1)]);
    assert.equal(heard.at(-1), 'ready 0');
  });

  it('keeps the newest when more waits than may, and rejects the rest', async () => {
    await writeFile(folder, 'in the way');
    const vault = make({ waitingBytes: 400, retryPausesMs: [60_000] });
    await vault.start();
    const results = Array.from({ length: 30 }, (_, index) =>
      vault.append([minuteRecord(index)]).then(
        () => 'saved',
        (error: unknown) => (VaultError.is(error) ? error.reason : 'other'),
      ),
    );
    const waiting = vault.unsavedMinutes;
    assert.ok(waiting > 5 && waiting < 30, `${waiting} wait`);
    await rm(folder);
    await vault.close();
    const outcomes = await Promise.all(results);
    assert.deepEqual(outcomes.slice(0, 30 - waiting), Array(30 - waiting).fill('unwritable'));
    assert.deepEqual(outcomes.slice(30 - waiting), Array(waiting).fill('saved'));
    const kept = await minutesOnDisk();
    assert.deepEqual(
      kept,
      Array.from({ length: waiting }, (_, index) => minute(30 - waiting + index)),
    );
  });

  it('refuses a record that cannot be stored without touching the others', async () => {
    const vault = make();
    await vault.start();
    const good = vault.append([minuteRecord(0)]);
    await assert.rejects(vault.append([minuteRecord(1), minuteRecord(1, 'no id')]), RangeError);
    await good;
    assert.deepEqual(await minutesOnDisk(), [minute(0)]);
  });

  it('shares one fsync between calls, and writes again after one that failed', async () => {
    const vault = make();
    await vault.start();
    await vault.append([minuteRecord(0)]);
    const counter = await interceptDatasync();
    try {
      await Promise.all(Array.from({ length: 50 }, (_, i) => vault.append([minuteRecord(i + 1)])));
      assert.equal(counter.calls, 1);
      counter.failNext = true;
      await vault.append([minuteRecord(99)]);
      assert.equal(vault.condition, 'ready');
    } finally {
      counter.restore();
    }
    await vault.close();
    // What the failed fsync left may or may not be there: the same record twice is the same record.
    const minutes = new Set(await minutesOnDisk());
    assert.equal(minutes.size, 52);
    assert.equal((await readdir(path.join(folder, 'segments'))).length, 2);
  });

  it('ends its segment and takes its marker away when it closes', async () => {
    const vault = make();
    await vault.start();
    await vault.append([minuteRecord(0)]);
    const names = await readdir(path.join(folder, 'segments'));
    assert.deepEqual(names.map((name) => path.extname(name)).sort(), ['.live', '.seg']);
    await vault.close();
    const { readings } = await readSegments(folder, await openKeyring(folder, [protector]));
    assert.deepEqual(
      readings.map(({ end }) => end),
      ['closed'],
    );
    assert.equal((await readdir(path.join(folder, 'segments'))).length, 1);
    await assert.rejects(vault.append([minuteRecord(1)]), VaultError);
  });

  it('rolls to a new segment when one is full', async () => {
    const vault = make();
    await vault.start();
    for (let block = 0; block < 6; block++) {
      await vault.append(Array.from({ length: 500 }, (_, i) => minuteRecord(block * 500 + i)));
    }
    await vault.close();
    const { readings, records } = await readSegments(
      folder,
      await openKeyring(folder, [protector]),
    );
    assert.equal(records.length, 3000);
    assert.equal(readings.length, 2);
    assert.deepEqual(readings.map(({ header }) => header?.number).sort(), [0, 1]);
  });

  for (const [how, take] of [
    ['removed', (file: string) => rm(file)],
    [
      'moved to trash',
      async (file: string) => {
        await mkdir(path.join(root, 'elsewhere'));
        await rename(file, path.join(root, 'elsewhere', path.basename(file)));
      },
    ],
  ] as const) {
    it(`writes everything again when its segment is ${how} under it`, async () => {
      const vault = make();
      await vault.start();
      await vault.append([minuteRecord(0), minuteRecord(1)]);
      const segments = path.join(folder, 'segments');
      const [segment = ''] = (await readdir(segments)).filter((name) => name.endsWith('.seg'));
      await take(path.join(segments, segment));
      await vault.append([minuteRecord(2)]);
      assert.deepEqual(await minutesOnDisk(), [minute(0), minute(1), minute(2)]);
    });

    it(`writes everything again when its segment was ${how} before it closes`, async () => {
      const vault = make();
      await vault.start();
      await vault.append([minuteRecord(0), minuteRecord(1)]);
      const segments = path.join(folder, 'segments');
      const [segment = ''] = (await readdir(segments)).filter((name) => name.endsWith('.seg'));
      await take(path.join(segments, segment));
      await vault.close();
      assert.deepEqual(await minutesOnDisk(), [minute(0), minute(1)]);
    });
  }

  it('records with a clock that goes back', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const vault = make({ clock });
    await vault.start();
    await vault.append([minuteRecord(0)]);
    clock.setWall(-5_000);
    await vault.append(Array.from({ length: 3000 }, (_, i) => minuteRecord(i)));
    await vault.append([minuteRecord(4000)]);
    assert.equal((await minutesOnDisk()).length, 3002);
  });

  it('records while it is locked, and the records are there once it is not', async () => {
    const first = make();
    await first.start();
    await first.close();
    const stolen = new Map(protector.keys);
    protector.keys.clear();
    const vault = make({ keeperPath: await keeperBundle() });
    await vault.start();
    await vault.append([minuteRecord(0)]);
    await assert.rejects(vault.keeper.ask('loadDay', { startMs: 0, endMs: 1 }), (error) =>
      VaultError.is(error, 'locked'),
    );
    assert.equal(vault.condition, 'locked');
    await vault.append([minuteRecord(1)]);
    assert.equal(protector.keys.size, 0, 'no new key');
    assert.deepEqual(await minutesOnDisk([memoryProtector(stolen)]), [minute(0), minute(1)]);
  });

  it('leaves no plaintext and no secret in the folder or the log', async () => {
    const keys = new KeyFileProtector(path.join(root, 'keys'));
    const vault = make({ protectors: [keys] });
    await vault.start();
    const session = 'c0ffee'.repeat(5) + '42';
    await vault.append([
      minuteRecord(0, session),
      {
        type: 'template',
        id: 'd1'.repeat(16),
        name: 'rhythm-baseline',
        version: 1,
        createdMs: 1,
        sha256: new Uint8Array(32),
        deflated: Buffer.from('a person types like this'),
      },
    ]);
    await vault.close();
    const { vault: vaultId } = parseVaultFile(await vaultJson());
    const key = await keys.load(vaultId);
    const [identity] = await openKeyring(folder, [keys]);
    assert.ok(key !== undefined && identity !== undefined);
    const haystack = Buffer.concat([Buffer.from(log.text), ...(await allFiles(folder))]);
    const needles = [key, identity.secret, Buffer.from(session, 'hex'), 'person', 'rhythm'];
    for (const needle of needles.map((value) => Buffer.from(value))) {
      for (const form of [needle, needle.toString('hex'), needle.toString('base64').slice(0, -3)]) {
        assert.equal(haystack.includes(form), false);
      }
    }
    for (const needle of [session, 'AGE-SECRET-KEY', folder, root]) {
      assert.equal(haystack.includes(needle), false, needle);
    }
  });

  it('keeps the folder and its files for their owner', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const vault = make();
    await vault.start();
    await vault.append([minuteRecord(0)]);
    await chmod(root, 0o755);
    for (const name of await readdir(folder, { recursive: true })) {
      assert.equal((await stat(path.join(folder, name))).mode & 0o077, 0, name);
    }
  });
});

async function allFiles(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.flatMap((entry) => [
      readFile(path.join(entry.parentPath, entry.name)),
      Promise.resolve(Buffer.from(entry.name)),
    ]),
  );
}

/** Counts every fdatasync of the process, and makes one fail as a disk does. */
async function interceptDatasync(): Promise<{
  calls: number;
  failNext: boolean;
  restore: () => void;
}> {
  const { open } = await import('node:fs/promises');
  const handle = await open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> };
  await handle.close();
  const original = prototype.datasync;
  const counter = {
    calls: 0,
    failNext: false,
    restore: () => {
      prototype.datasync = original;
    },
  };
  prototype.datasync = function (this: unknown) {
    counter.calls += 1;
    if (counter.failNext) {
      counter.failNext = false;
      return Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    }
    return original.call(this);
  };
  return counter;
}
