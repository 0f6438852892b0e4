import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import type { Protector } from '../../../src/vault/protectors/protector.ts';
import { readSegment } from '../../../src/vault/segments/segmentReader.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { purgeVault } from '../../../src/vault/vaultPurge.ts';
import type { VaultOptions } from '../../../src/vault/vaultOptions.ts';
import { VaultError, type VaultFailure } from '../../../src/vault/vaultError.ts';
import { parseVaultFile, type VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { updateVaultFile } from '../../../src/vault/keys/vaultFileUpdate.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import {
  memoryProtector,
  openKeyring,
  readSegments,
  temporaryFolder,
} from '../../support/vaultTools.ts';
import { waitFor } from '../../support/waitFor.ts';
import { trusting } from '../../support/trusting.ts';

const failsWith = (reason: VaultFailure) => (error: unknown) => VaultError.is(error, reason);
const anyDay = { startMs: 0, endMs: 1 };

describe('vault/vaultSecrets', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let remove: () => Promise<void>;
  let keeperPath: string;
  let device: ReturnType<typeof memoryProtector>;
  let log: MemoryLog;
  const open: Vault[] = [];

  before(async () => {
    keeperPath = await keeperBundle();
  });
  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    folder = path.join(root, 'vault');
    device = memoryProtector();
    log = new MemoryLog();
  });
  afterEach(async () => {
    for (const vault of open.splice(0)) {
      await vault.close();
    }
    await remove();
  });

  const start = async (
    protectors: readonly Protector[] = [device],
    options: Partial<VaultOptions> = {},
  ): Promise<Vault> => {
    const vault = new Vault({
      folder,
      keysFolder: path.join(root, 'keys'),
      protectors,
      keeperPath,
      clock: systemClock,
      log,
      retryPausesMs: [10],
      ...options,
    });
    open.push(vault);
    await vault.start();
    return vault;
  };
  const vaultFile = async (): Promise<VaultFile> =>
    parseVaultFile(await readFile(path.join(folder, 'vault.json')));

  it('stays locked when it is locked while the keys are fetched', async () => {
    await (await start()).append([minuteRecord(0)]);
    let isFetching = false;
    let fetch = (): void => undefined;
    const mayFetch = new Promise<void>((resolve) => {
      fetch = resolve;
    });
    const slow: Protector = {
      ...device,
      load: async (vaultId) => {
        isFetching = true;
        await mayFetch;
        return device.load(vaultId);
      },
    };
    const vault = await start([slow]);
    const keyring = vault.access.keyring();
    keyring.catch(() => undefined);
    await waitFor('the keys', () => isFetching);
    vault.access.lock();
    fetch();
    await assert.rejects(keyring, failsWith('locked'));
    assert.equal(vault.condition, 'locked');
    assert.ok(vault.access.isWithheld);
  });

  describe('passphrase', () => {
    it('opens the vault where no device does, and nothing else opens it', async () => {
      const first = await start();
      await first.append([minuteRecord(0)]);
      await first.secrets.setPassphrase('Ein schöner Tag');
      await first.secrets.removeProtector('secretStorage');
      assert.equal(device.keys.size, 0);
      assert.deepEqual(
        (await vaultFile()).protectors.map(({ kind }) => kind),
        ['passphrase'],
      );
      await first.close();

      const vault = await start();
      await vault.append([minuteRecord(1)]);
      await assert.rejects(vault.keeper.ask('loadDay', anyDay), failsWith('locked'));
      assert.equal(vault.condition, 'locked');
      await assert.rejects(
        vault.access.unlock({ passphrase: 'Ein schoener Tag' }),
        failsWith('wrongPassphrase'),
      );
      // The same words from a keyboard that sends the umlaut as two characters.
      await vault.access.unlock({ passphrase: 'Ein scho\u0308ner Tag' });
      assert.equal(vault.condition, 'ready');
      await vault.keeper.ask('loadDay', anyDay);
      vault.access.lock();
      await assert.rejects(vault.keeper.ask('loadDay', anyDay), failsWith('locked'));
    });

    it('is stored with parameters that are strong enough, and never itself', async () => {
      const vault = await start();
      await vault.secrets.setPassphrase('correct horse battery');
      const entry = (await vaultFile()).protectors.find(({ kind }) => kind === 'passphrase');
      assert.ok(entry?.kind === 'passphrase');
      assert.ok(entry.kdf.memoryKiB >= 19 * 1024 && entry.kdf.iterations >= 2);
      const text = await readFile(path.join(folder, 'vault.json'), 'utf8');
      assert.equal(/horse|battery/.test(text + log.text), false);
    });

    it('changes for who knows the old one', async () => {
      const vault = await start();
      await vault.secrets.setPassphrase('old');
      await assert.rejects(
        vault.secrets.changePassphrase('odl', 'new'),
        failsWith('wrongPassphrase'),
      );
      await vault.secrets.changePassphrase('old', 'new');
      await assert.rejects(
        vault.access.unlock({ passphrase: 'old' }),
        failsWith('wrongPassphrase'),
      );
      await vault.access.unlock({ passphrase: 'new' });
      assert.equal((await vaultFile()).protectors.length, 2);
      await assert.rejects(vault.secrets.setPassphrase(''), RangeError);
    });
  });

  it('never loses its last protector', async () => {
    const vault = await start();
    await assert.rejects(
      vault.secrets.removeProtector('secretStorage'),
      failsWith('lastProtector'),
    );
    assert.equal(device.keys.size, 1);
    await vault.keeper.ask('loadDay', anyDay);
  });

  it('adds a protector once, and opens with either', async () => {
    const second = { ...memoryProtector(), kind: 'keyFile' as const };
    const vault = await start([device, second]);
    await vault.secrets.addProtector('keyFile');
    await vault.secrets.addProtector('keyFile');
    await vault.secrets.addProtector('secretStorage');
    assert.equal((await vaultFile()).protectors.length, 2);
    for (const protector of [device, second]) {
      await (await start([protector])).keeper.ask('loadDay', anyDay);
    }
  });

  describe('recovery kit', () => {
    it('opens a vault whose device forgot its key, and protects it again', async () => {
      const first = await start();
      await first.append([minuteRecord(0)]);
      const recoveryKit = await first.secrets.recoveryKit();
      await first.close();
      device.keys.clear();

      const vault = await start();
      await assert.rejects(vault.keeper.ask('loadDay', anyDay), failsWith('locked'));
      const made = (await vaultFile()).vault;
      await vault.access.unlock({ recoveryKit });
      await vault.keeper.ask('loadDay', anyDay);
      await vault.secrets.addProtector('secretStorage');
      await vault.close();
      assert.equal((await vaultFile()).vault, made);
      await (await start()).keeper.ask('loadDay', anyDay);
    });

    it('is not that of another vault, and no other file', async () => {
      const vault = await start();
      folder = path.join(root, 'other');
      const other = await start([memoryProtector()]);
      const otherKit = await other.secrets.recoveryKit();
      await assert.rejects(
        vault.access.unlock({ recoveryKit: otherKit }),
        failsWith('wrongIdentity'),
      );
      for (const recoveryKit of [
        '',
        'hello',
        otherKit.replace('AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1Q'),
      ]) {
        await assert.rejects(vault.access.unlock({ recoveryKit }), failsWith('damagedKeyFile'));
      }
    });
  });

  it('locks and unlocks, by hand and after a time', async () => {
    const vault = await start();
    await vault.keeper.ask('loadDay', anyDay);
    vault.access.lock();
    assert.equal(vault.condition, 'locked');
    await assert.rejects(vault.keeper.ask('loadDay', anyDay), failsWith('locked'));
    await vault.append([minuteRecord(0)]);
    await vault.access.unlock();
    await vault.keeper.ask('loadDay', anyDay);
    vault.access.setAutoLock(30);
    await waitFor('the vault to lock', () => vault.condition === 'locked', { everyMs: 10 });
    await assert.rejects(vault.keeper.ask('loadDay', anyDay), failsWith('locked'));
  });

  describe('rotation', () => {
    it('loses nothing, blocks no save, and destroys the old identity once nothing needs it', async () => {
      const vault = await start();
      const other = await start();
      await vault.append([minuteRecord(0)]);
      await other.append([minuteRecord(1)]);
      const before = await vaultFile();
      const saving = Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? vault : other).append([minuteRecord(2 + index)]),
      );
      await vault.secrets.rotate();
      await Promise.all(saving);
      await vault.append([minuteRecord(50)]);
      await other.append([minuteRecord(51)]);
      const during = await vaultFile();
      assert.notEqual(during.recipient, before.recipient);
      assert.deepEqual(
        during.identities.map(({ state }) => state),
        ['current', 'retired'],
      );
      const { records } = await readSegments(folder, await openKeyring(folder, [device]));
      const minutes = new Set(
        records.flatMap((record) => (record.type === 'minute' ? [record.sample.minute] : [])),
      );
      assert.equal(minutes.size, 44);

      assert.equal(await vault.finishRotation(), false, 'the other window has a segment');
      await other.close();
      await vault.close();
      const last = await start();
      // Covered files are in the trash, which keeps the old identity until it is emptied.
      assert.equal(await last.finishRotation(), false);
      await rename(path.join(folder, 'trash'), path.join(folder, 'damaged'));
      assert.equal(await last.finishRotation(), false, 'what salvage set aside needs it too');
      await rm(path.join(folder, 'damaged'), { recursive: true });
      await rm(path.join(folder, 'trash'), { recursive: true });
      assert.equal(await last.finishRotation(), true);
      const after = await vaultFile();
      assert.deepEqual(
        after.identities.map(({ state }) => state),
        ['current', 'destroyed'],
      );
      assert.equal(JSON.stringify(after.identities[1]).includes('wrapped'), false);
      await last.keeper.ask('loadDay', anyDay);
    });

    it('seals a new segment again when the identity changed while it was made', async () => {
      const vault = await start();
      const path_ = path.join(folder, 'vault.json');
      const old = await readFile(path_);
      const keysFolder = path.join(root, 'keysThen');
      await cp(path.join(root, 'keys'), keysFolder, { recursive: true });
      await vault.secrets.rotate();
      const current = await readFile(path_);
      // What a writer sees and remembers that read the file before the rotation and writes its first record after it.
      await writeFile(path_, old);
      const clock = {
        ...systemClock,
        wallMs: () => {
          void writeFile(path_, current);
          return systemClock.wallMs();
        },
      };
      const slow = await start([device], { clock, keysFolder });
      await slow.append([minuteRecord(7)]);
      await slow.close();
      const [identity] = await openKeyring(folder, [device]);
      assert.ok(identity !== undefined);
      const files = (await readdir(path.join(folder, 'segments'))).filter((f) =>
        f.endsWith('.seg'),
      );
      const readable = await Promise.all(
        files.map(async (name) => {
          try {
            const bytes = await readFile(path.join(folder, 'segments', name));
            return readSegment(bytes, trusting([identity])).records.length;
          } catch {
            return 0;
          }
        }),
      );
      assert.ok(readable.includes(1), 'the record is sealed for the current identity');
    });

    it('asks for the passphrase, and wraps the new identity with it', async () => {
      const vault = await start();
      await vault.secrets.setPassphrase('words');
      const { recipient } = await vaultFile();
      await assert.rejects(vault.secrets.rotate(), failsWith('passphraseNeeded'));
      await assert.rejects(vault.secrets.rotate('wrong'), failsWith('wrongPassphrase'));
      assert.equal((await vaultFile()).recipient, recipient);
      await vault.secrets.rotate('words');
      await vault.secrets.removeProtector('secretStorage');
      await vault.close();
      const locked = await start();
      await locked.access.unlock({ passphrase: 'words' });
      await locked.keeper.ask('loadDay', anyDay);
    });

    it('makes recovery kits from before it useless for what comes after', async () => {
      const vault = await start();
      const recoveryKit = await vault.secrets.recoveryKit();
      await vault.secrets.rotate();
      await assert.rejects(vault.access.unlock({ recoveryKit }), failsWith('wrongIdentity'));
      await vault.access.unlock({ recoveryKit: await vault.secrets.recoveryKit() });
    });
  });

  describe('changes to vault.json', () => {
    it('are made one after the other, whoever makes them', async () => {
      await start();
      const before = (await vaultFile()).generation;
      const place = { folder, check: () => Promise.resolve() };
      const keyring = await openKeyring(folder, [device]);
      let inside = 0;
      await Promise.all(
        Array.from({ length: 8 }, () =>
          updateVaultFile(place, keyring, async (file) => {
            inside += 1;
            assert.equal(inside, 1);
            await new Promise((resolve) => setTimeout(resolve, 5));
            inside -= 1;
            return { ...file };
          }),
        ),
      );
      assert.equal((await vaultFile()).generation, before + 8);
      assert.deepEqual(await readdir(folder), ['vault.json']);
    });

    it('take over from a process that died in the middle', async () => {
      await start();
      const { generation } = await vaultFile();
      const mark = { place: 'elsewhere', pid: 1, startTicks: 1, id: 'x' };
      const lock = path.join(folder, `vault.json.${generation}-0.lock`);
      await writeFile(lock, JSON.stringify(mark));
      const { utimes } = await import('node:fs/promises');
      await utimes(lock, 1, 1);
      const place = { folder, check: () => Promise.resolve() };
      await updateVaultFile(place, await openKeyring(folder, [device]), (file) => ({ ...file }));
      assert.equal((await vaultFile()).generation, generation + 1);
    });
  });

  describe('purge', () => {
    const purge = async (vault: Vault): Promise<void> => {
      await vault.close();
      await purgeVault({ folder, keysFolder: path.join(root, 'keys'), protectors: [device], log });
    };

    it('leaves nothing that any key opens', async () => {
      const vault = await start();
      await vault.append([minuteRecord(0)]);
      await vault.makeSnapshot();
      await vault.append([minuteRecord(1)]);
      const keys = new Map(device.keys);
      const copy = path.join(root, 'copy');
      await cp(folder, copy, { recursive: true });
      await openKeyring(copy, [device]);
      await purge(vault);
      assert.equal(device.keys.size, 0);
      assert.deepEqual(await readdir(folder), []);
      await assert.rejects(openKeyring(copy, [device]), failsWith('locked'));
      const next = await start();
      assert.equal(next.condition, 'ready');
      assert.notDeepEqual([...device.keys.keys()], [...keys.keys()]);
    });

    it('brings nothing back from another window', async () => {
      const other = await start();
      await other.append([minuteRecord(0), minuteRecord(1)]);
      const vault = await start();
      await purge(vault);
      await other.append([minuteRecord(2)]);
      const { records } = await readSegments(folder, await openKeyring(folder, [device]));
      assert.deepEqual(
        records.flatMap((record) => (record.type === 'minute' ? [record.sample.minute] : [])),
        [minuteRecord(2).sample.minute],
      );
    });
  });
});
