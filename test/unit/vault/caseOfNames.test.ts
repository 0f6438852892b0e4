import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';

const first = 29_000_000;
const minuteMs = 60_000;

describe('a vault where upper and lower case may be one', function () {
  this.timeout(60_000);
  let root: string;
  let vault: Vault;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'millrace-case-'));
    vault = new Vault({
      folder: path.join(root, 'vault'),
      keysFolder: path.join(root, 'keys'),
      protectors: [new KeyFileProtector(path.join(root, 'keys'))],
      keeperPath: await keeperBundle(),
      clock: new ManualClock((first + 100) * minuteMs),
      log: new MemoryLog(),
    });
    await vault.start();
    await vault.append(Array.from({ length: 10 }, (_, index) => minuteRecord(1, first + index)));
    await vault.makeSnapshot();
    await vault.append([minuteRecord(1, first + 10)]);
  });

  afterEach(async () => {
    await vault.close();
    await rm(root, { recursive: true, force: true });
  });

  const names = async (): Promise<readonly string[]> =>
    (await readdir(path.join(root, 'vault'), { recursive: true })).map(String);

  const focusedSeconds = async (): Promise<number> =>
    (
      await vault.keeper.ask('loadDay', {
        startMs: first * minuteMs,
        endMs: (first + 60) * minuteMs,
      })
    ).focusedSeconds;

  it('gives no name an upper-case letter, so that no two can meet', async () => {
    for (const name of await names()) {
      assert.equal(name, name.toLowerCase());
    }
  });

  it('counts nothing twice when a copy comes back in capitals', async () => {
    const before = await focusedSeconds();
    assert.equal(before, 11 * 60);
    for (const name of await names()) {
      if (name.endsWith('.seg') || name.endsWith('.age')) {
        const file = path.join(root, 'vault', name);
        await copyFile(file, path.join(path.dirname(file), path.basename(file).toUpperCase()));
      }
    }
    assert.equal(await focusedSeconds(), before);
  });
});
