import assert from 'node:assert/strict';
import {
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { findVaultFolder } from '../../../src/host/vault/vaultPlace.ts';
import {
  findVaults,
  purgeEverything,
  type PurgeReport,
  type VaultsHere,
} from '../../../src/transfer/erase/purgeEverything.ts';
import { makeJobPlace } from '../../../src/transfer/transferJob.ts';
import { runTransfer } from '../../../src/transfer/transferJobs.ts';
import { readVaultLocation, switchVault } from '../../../src/vault/folder/vaultLocation.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { wipe } from '../../../src/vault/age/identity.ts';
import type { Protector } from '../../../src/vault/protectors/protector.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import {
  openOrCreateVault,
  readVaultFile,
  type KeyStore,
} from '../../../src/vault/keys/vaultStore.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { folderProtectors } from '../../support/folderProtectors.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { KillableProgram } from '../../support/killableProgram.ts';
import {
  isLongForm,
  killAtEachStep,
  stepsIn,
  titleOfForms,
  type KillPoint,
} from '../../support/killPoints.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { toolNames } from '../../support/syncTools.ts';
import { TestFolders } from '../../support/transferPlace.ts';
import { testId } from '../../support/vaultRecords.ts';

const clock = systemClock;

describe('purging everything', function () {
  this.timeout(300_000);
  const folders = new TestFolders();
  const log = new MemoryLog();
  /** All of a device: the storage folder, a vault in a folder of its own, its secret storage. */
  let device: string;
  let storage: string;
  let usual: string;
  let outside: string;
  let secrets: string;
  let keys: string;
  let protectors: readonly Protector[];

  const takeDevice = (folder: string): void => {
    device = folder;
    storage = path.join(device, 'storage');
    usual = path.join(storage, 'vault');
    outside = path.join(device, 'drive', 'vault');
    secrets = path.join(device, 'secrets');
    keys = path.join(storage, 'keys');
    protectors = folderProtectors(secrets, keys);
  };

  const keyStore = (): KeyStore => ({ protectors, keysFolder: keys });

  beforeEach(async () => {
    takeDevice(await folders.make());
  });

  afterEach(async () => {
    await folders.remove();
  });

  /** A window that opens a vault, records, backs up and is closed. */
  async function work(folder: string, minute: number): Promise<void> {
    const vault = new Vault({
      folder,
      ...keyStore(),
      keeperPath: await keeperBundle(),
      clock,
      log,
    });
    await vault.start();
    assert.equal(vault.condition, 'ready');
    await vault.append([minuteRecord(minute)]);
    await vault.makeSnapshot();
    await vault.append([minuteRecord(minute + 1)]);
    await vault.close();
  }

  /** Restores the vault in a folder as a new one. */
  async function restore(folder: string): Promise<string> {
    const file = await openOrCreateVault({ folder, ...keyStore(), clock, log });
    const { identities } = await openWithProtectors(file, protectors);
    const place = makeJobPlace({
      ...{ folder, keyring: identities, keysFolder: keys, clock, log },
      sqlite: await loadSqlite(wasmPath),
    });
    try {
      const key = { kind: 'present' } as const;
      const params = { from: folder, key, storage, protector: null, vault: testId(1) };
      return (await runTransfer('restoreAsNew', params, place)).folder;
    } finally {
      place.dispose();
      wipe(...identities);
    }
  }

  /**
   * A vault; one restored from it; one on a drive, with keys of its own, that took its place; one restored from that, which is the
   * current one; and what a restore left that was killed.
   * @returns the current one
   */
  async function live(): Promise<string> {
    await work(usual, 1);
    await mkdir(path.join(usual, 'imports'));
    await writeFile(path.join(usual, 'imports', '00000001-0123456789abcdef.age'), 'sealed');
    const restored = await restore(usual);
    await work(outside, 10);
    await switchVault(storage, restored, outside, clock.wallMs());
    const current = await restore(outside);
    await cp(restored, `${restored}-left.0123456789abcdef.tmp`, { recursive: true });
    assert.equal(findVaultFolder(storage, '').folder, current);
    return current;
  }

  const find = (): Promise<VaultsHere> => findVaults(storage, findVaultFolder(storage, '').folder);

  const purge = async (vaults?: VaultsHere): Promise<PurgeReport> =>
    purgeEverything(vaults ?? (await find()), { ...keyStore(), clock, log });

  /** Every file of the device, by its path in it. */
  async function allFiles(): Promise<readonly string[]> {
    const entries = await readdir(device, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(device, path.join(entry.parentPath, entry.name)))
      .sort();
  }

  const vaultFiles = async (): Promise<readonly string[]> =>
    (await allFiles()).filter((file) => path.basename(file) === 'vault.json');

  const pointer = path.join('storage', 'vault-location.json');

  it('destroys every vault and every key, and the next start makes one', async () => {
    const current = await live();
    assert.equal((await vaultFiles()).length, 5);
    assert.equal((await readdir(secrets)).length, 2, 'two vaults with keys of their own');
    const vaults = await find();
    assert.equal(vaults.current, current);
    assert.equal(vaults.earlier.length, 3);
    assert.ok(vaults.earlier.includes(outside));
    assert.equal(vaults.unfinished.length, 1);
    assert.deepEqual([vaults.missing, vaults.others], [[], []]);
    assert.deepEqual(await purge(vaults), { left: [], missing: [], isNoted: true });
    assert.deepEqual(await allFiles(), [pointer]);
    assert.deepEqual(await readdir(path.join(storage, 'vaults')), [path.basename(current)]);
    const next = findVaultFolder(storage, '').folder;
    await work(next, 100);
    assert.deepEqual(await vaultFiles(), [path.relative(device, path.join(next, 'vault.json'))]);
    assert.equal((await readdir(secrets)).length, 1);
    // Nothing of what was is brought over, and nothing waits to be removed.
    const again = await find();
    assert.deepEqual(
      [again.current, again.earlier, again.unfinished, again.missing],
      [next, [], [], []],
    );
  });

  it('destroys what sync tools made of the files of a vault, and says of a link that it led elsewhere', async () => {
    await work(usual, 1);
    const segment = (await readdir(path.join(usual, 'segments'))).find((name) =>
      name.endsWith('.seg'),
    );
    const bytes = await readFile(path.join(usual, 'segments', segment ?? ''));
    const outer = path.join(device, 'outer.seg');
    await writeFile(outer, bytes);
    for (const { rename: renamed, ofFilesOnly } of toolNames) {
      await copyFile(path.join(usual, 'vault.json'), path.join(usual, renamed('vault.json')));
      await writeFile(path.join(usual, 'segments', renamed(segment ?? '')), bytes);
      if (ofFilesOnly !== true) {
        await mkdir(path.join(usual, renamed('segments')));
        await writeFile(path.join(usual, renamed('segments'), segment ?? ''), bytes);
      }
    }
    await writeFile(path.join(usual, 'notes about the vault.json'), '{}');
    assert.deepEqual((await purge()).left, []);
    const notes = path.relative(device, path.join(usual, 'notes about the vault.json'));
    const left = (await allFiles()).filter((file) => file !== pointer);
    assert.deepEqual(left, ['outer.seg', notes].sort());

    await work(usual, 2);
    await symlink(outer, path.join(usual, 'segments', 'link.seg'));
    assert.deepEqual((await purge()).left, [{ folder: usual, left: 'files' }]);
    assert.deepEqual(await readFile(outer), bytes);
    assert.deepEqual((await purge()).left, []);
  });

  it('needs no restore', async () => {
    await work(usual, 1);
    assert.deepEqual((await find()).earlier, []);
    assert.deepEqual(await purge(), { left: [], missing: [], isNoted: true });
    assert.deepEqual(await allFiles(), []);
    assert.equal(findVaultFolder(storage, '').folder, usual);
    await work(usual, 2);
  });

  it('destroys the current one also from a window that still has an earlier one open', async () => {
    const current = await live();
    const vaults = await findVaults(storage, usual);
    assert.equal(vaults.current, current);
    await purge(vaults);
    assert.deepEqual(await allFiles(), [pointer]);
  });

  it('says which vault was not there, and destroys it once it is back', async () => {
    await live();
    const drive = path.dirname(outside);
    const unplugged = path.join(device, 'unplugged');
    const own = (await readVaultFile(outside))?.vault ?? '';
    await rename(drive, unplugged);
    const vaults = await find();
    assert.deepEqual([vaults.earlier.length, vaults.missing], [2, [outside]]);
    assert.deepEqual((await purge(vaults)).missing, [outside]);
    assert.equal((await vaultFiles()).length, 1, 'the one on the drive');
    await work(findVaultFolder(storage, '').folder, 100);
    await rename(unplugged, drive);
    assert.deepEqual((await find()).earlier, [outside]);
    assert.deepEqual(await purge(), { left: [], missing: [], isNoted: true });
    assert.deepEqual(await allFiles(), [pointer]);
    assert.ok(!(await readdir(secrets)).includes(`${own}.key`));
  });

  it('claims nothing that it could not do', async () => {
    const current = await live();
    const [blocked, unseen] = (await find()).earlier;
    assert.ok(blocked !== undefined && unseen !== undefined);
    // Neither can be listed nor removed, also by root.
    await rm(path.join(blocked, 'trash'), { recursive: true, force: true });
    await writeFile(path.join(blocked, 'trash'), 'no folder');
    await rm(unseen, { recursive: true });
    await writeFile(unseen, 'no folder');
    const { left } = await purge();
    assert.deepEqual(left, [
      { folder: blocked, left: 'files' },
      { folder: unseen, left: 'key' },
    ]);
    assert.deepEqual(await vaultFiles(), [], 'the others went all the same');
    const known = await readVaultLocation(storage);
    assert.equal(known?.folder, current);
    for (const { folder, removedMs } of known.earlier) {
      assert.equal(removedMs === undefined, [blocked, unseen].includes(folder), folder);
    }
    await rm(path.join(blocked, 'trash'));
    await rm(unseen);
    assert.deepEqual((await purge()).left, []);
  });

  it('destroys what was restored where the list can’t be read, and says what it can’t know', async () => {
    await live();
    await writeFile(path.join(device, pointer), '{"torn');
    const refused = findVaultFolder(storage, '');
    assert.equal(refused.refusal?.reason, 'unusable');
    const vaults = await findVaults(storage, refused.folder);
    assert.deepEqual(
      [vaults.current, vaults.earlier.length, vaults.list],
      [usual, 3, 'unreadable'],
    );
    assert.deepEqual((await purge(vaults)).left, []);
    assert.deepEqual(await vaultFiles(), [path.relative(device, path.join(outside, 'vault.json'))]);
    assert.deepEqual(findVaultFolder(storage, ''), { folder: usual });
  });

  it('leaves vaults alone that the setting does not name, and tells of them', async () => {
    await live();
    const before = await vaultFiles();
    const list = await readFile(path.join(device, pointer), 'utf8');
    const other = path.join(device, 'other');
    await work(other, 50);
    const vaults = await findVaults(storage, other);
    assert.equal(vaults.current, other);
    assert.equal(vaults.others.length, 5);
    assert.deepEqual([vaults.earlier, vaults.unfinished], [[], []]);
    await purge(vaults);
    assert.deepEqual(await vaultFiles(), before);
    assert.equal(await readFile(path.join(device, pointer), 'utf8'), list);
    assert.equal((await readdir(secrets)).length, 2);
  });

  it('leaves what belongs to another vault of the same storage folder', async () => {
    await work(usual, 1);
    const restored = await restore(usual);
    await work(outside, 10);
    const other = await restore(outside);
    // A window with the folder of the settings, and one whose setting names the other.
    assert.equal(findVaultFolder(storage, '').folder, restored);
    assert.equal(findVaultFolder(storage, outside).folder, other);
    const stray = await restore(outside);
    await switchVault(storage, stray, other, clock.wallMs());
    const vaults = await findVaults(storage, restored);
    assert.deepEqual([vaults.current, vaults.earlier], [restored, [usual]]);
    assert.deepEqual(new Set(vaults.others), new Set([other, stray, outside]));
    assert.deepEqual([vaults.unfinished, vaults.missing], [[], []]);
    assert.deepEqual((await purge(vaults)).left, []);
    assert.deepEqual(
      await vaultFiles(),
      [other, stray, outside]
        .map((each) => path.relative(device, path.join(each, 'vault.json')))
        .sort(),
    );
    assert.equal(findVaultFolder(storage, outside).folder, other);
    assert.equal(findVaultFolder(storage, '').folder, restored, 'the next one is made there');
    await work(restored, 100);
    await restore(other);
  });

  it('leaves the key to a copy that stays', async () => {
    await work(usual, 1);
    const copy = path.join(device, 'copy');
    await cp(usual, copy, { recursive: true });
    const restored = await restore(copy);
    const vaults = await findVaults(storage, usual);
    assert.deepEqual([vaults.earlier, new Set(vaults.others)], [[], new Set([restored, copy])]);
    assert.deepEqual((await purge(vaults)).left, []);
    assert.equal((await vaultFiles()).length, 2);
    const file = await readVaultFile(restored);
    assert.ok(file);
    wipe(...(await openWithProtectors(file, protectors)).identities);
  });

  it('finds the vault of a setting that names it through a link', async () => {
    const current = await live();
    const link = path.join(await folders.make(), 'link');
    await symlink(usual, link, 'dir');
    assert.equal(findVaultFolder(storage, link).folder, current);
    const vaults = await findVaults(storage, link);
    assert.deepEqual([vaults.current, vaults.earlier.length, vaults.others], [current, 3, []]);
  });

  it(titleOfForms('ends when it is asked for again, at whatever step it was killed'), async () => {
    const program = await KillableProgram.make('test/support/purgeProcess.ts');
    try {
      const current = await live();
      const kept = path.join(await folders.make(), 'device');
      await cp(device, kept, { recursive: true });
      const run = (killAt?: KillPoint): ReturnType<typeof program.run> => {
        const vaultFolder = findVaultFolder(storage, '').folder;
        return program.run({ storage, vaultFolder, keys, secrets, nowMs: clock.wallMs(), killAt });
      };
      const sealed = (file: string): boolean => /\.(seg|age)$/.test(file);
      const all = (await allFiles()).filter(sealed).length;
      const killed = { withKeys: 0, withFiles: 0, after: 0 };
      let isFirst = true;
      const steps = await killAtEachStep(async (killAt) => {
        if (!isFirst) {
          await rm(device, { recursive: true });
          await cp(kept, device, { recursive: true });
        }
        isFirst = false;
        const { wasKilled, output } = await run(killAt);
        const files = await allFiles();
        assert.equal(
          findVaultFolder(storage, '').folder,
          current,
          'no other vault takes its place',
        );
        if (files.filter(sealed).length < all) {
          assert.deepEqual(await vaultFiles(), [], 'no file goes before the keys of all are gone');
          assert.ok(!files.some((file) => file.endsWith('.key')));
        }
        // A window that starts now: with the vault as it is, with none that it may make, or with a new one.
        const there = await openOrCreateVault({ folder: current, ...keyStore(), clock, log }).catch(
          (error: unknown) => {
            assert.ok(VaultError.is(error, 'damaged'), String(error));
            return undefined;
          },
        );
        killed[there === undefined ? 'withFiles' : files.some(sealed) ? 'withKeys' : 'after']++;
        const { left, missing } = JSON.parse((await run()).output) as PurgeReport;
        assert.deepEqual([left, missing], [[], []]);
        const rest = (await allFiles()).filter(
          // Half a list, which means nothing.
          (file) => !(file.startsWith(`${pointer}.`) && file.endsWith('.tmp')),
        );
        assert.deepEqual(rest, [pointer], `killed at ${killAt}`);
        const fresh = await openOrCreateVault({ folder: current, ...keyStore(), clock, log });
        assert.equal((await vaultFiles()).length, 1);
        assert.deepEqual(await readdir(secrets), [`${fresh.vault}.key`]);
        return { wasKilled, steps: wasKilled ? [] : stepsIn(output) };
      });
      assert.ok(
        Object.values(killed).every((count) => count >= (isLongForm ? 3 : 1)),
        `${JSON.stringify(killed)} of ${steps} steps`,
      );
    } finally {
      await program.remove();
    }
  });

  it('tells nobody when the vaults were restored', async () => {
    await live();
    const before = clock.wallMs();
    await purge();
    const text = await readFile(path.join(device, pointer), 'utf8');
    const moments = [...text.matchAll(/"\w+Ms": (\d+)/g)].map(([, digits]) => Number(digits));
    assert.ok(moments.length > 3 && moments.every((each) => each >= Math.floor(before)));
  });
});
