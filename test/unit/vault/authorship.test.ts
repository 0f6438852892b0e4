import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { formatVaultFile, type VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import type { Vault } from '../../../src/vault/vault.ts';
import { VaultError, type VaultDoubt } from '../../../src/vault/vaultError.ts';
import {
  currentEntry,
  unsignedVaultFile,
  withCurrent,
  withStranger,
} from '../../support/forgedVaultFiles.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { memoryProtector } from '../../support/vaultTools.ts';
import { VaultWindows } from '../../support/vaultWindows.ts';

/** What somebody makes of a vault.json who can write it, and has an identity of the vault's past, or none. */
interface Forgery {
  readonly doubt: VaultDoubt;
  /**
   * @param now as it is @param before as it was before the rotation @param old the identity of then, which is in wrong hands
   */
  readonly forge: (now: VaultFile, before: VaultFile, old: Identity) => VaultFile;
}

const forgeries: Readonly<Record<string, Forgery>> = {
  'an old identity is put back as the current one': {
    doubt: 'replaced',
    forge: (now, _, old) =>
      signVaultFile({ ...withCurrent(now, old), generation: now.generation + 1 }, [old]),
  },
  'the recipient is a stranger’s': { doubt: 'replaced', forge: (now) => withStranger(now) },
  'it is the file from before the rotation': {
    doubt: 'rolledBack',
    forge: (_, before) => before,
  },
  'it is the file from before the rotation, with a later generation': {
    doubt: 'replaced',
    forge: (now, before, old) =>
      signVaultFile({ ...before, generation: now.generation + 1 }, [old]),
  },
  'it is of the version that nobody signed': {
    doubt: 'replaced',
    forge: (now) => ({ ...unsignedVaultFile(now), generation: now.generation + 1 }),
  },
  'it is another vault’s': {
    doubt: 'replaced',
    forge: (now) => {
      const other = generateIdentity();
      const { recipient } = other;
      const entry = currentEntry(recipient);
      return signVaultFile({ ...now, vault: 'a'.repeat(32), recipient, identities: [entry] }, [
        other,
      ]);
    },
  },
};

describe('a vault.json that was put in the place of another', function () {
  this.timeout(60_000);
  const device = memoryProtector();
  let windows: VaultWindows;
  let root: string;
  let folder: string;

  beforeEach(async () => {
    windows = await VaultWindows.make(device);
    ({ root, folder } = windows);
  });
  afterEach(() => windows.release());

  const open = (keysFolder = windows.keys): Promise<Vault> => windows.open({ keysFolder });
  const vaultJson = (): string => windows.vaultJson;
  const read = (): Promise<VaultFile> => windows.read();
  const minutes = (): Promise<number[]> => windows.minutes();

  /** A vault that was rotated, and what somebody kept of it who had a key before. */
  async function rotated(): Promise<{ vault: Vault; before: VaultFile; old: Identity }> {
    const vault = await open();
    await vault.append([minuteRecord(0)]);
    const [old] = await vault.access.keyring();
    assert.ok(old);
    const before = await read();
    await vault.secrets.rotate();
    await vault.append([minuteRecord(1)]);
    return { vault, before, old };
  }

  for (const [what, { doubt, forge }] of Object.entries(forgeries)) {
    it(`is told, and nothing is sealed for it, where ${what}`, async () => {
      const { vault, before, old } = await rotated();
      const whole = await readFile(vaultJson());
      await writeFile(vaultJson(), formatVaultFile(forge(await read(), before, old)));
      const fresh = await open();
      const waiting = fresh.append([minuteRecord(7)]);
      for (const window of [vault, fresh]) {
        await assert.rejects(window.access.keyring(), (error) => {
          assert.ok(VaultError.is(error, 'untrusted'));
          assert.equal(error.doubt, doubt);
          return true;
        });
        assert.equal(window.condition, 'untrusted');
        await assert.rejects(window.makeSnapshot(), (error) => VaultError.is(error, 'untrusted'));
      }
      assert.equal(fresh.unsavedMinutes, 1, 'it waits in memory');
      // It goes on in its segment, which is sealed for the right one.
      await vault.append([minuteRecord(8)]);
      assert.deepEqual(await readdir(path.join(folder, 'snapshots')).catch(() => []), []);
      await writeFile(vaultJson(), whole);
      await waiting;
      assert.equal(fresh.condition, 'ready');
      assert.deepEqual(await minutes(), [0, 1, 7, 8]);
    });
  }

  it('is trusted on the word of who can open it, and of nobody else', async () => {
    const vault = await open();
    await vault.append([minuteRecord(0)]);
    const kit = await vault.secrets.recoveryKit();
    const copy = path.join(root, 'copy');
    await cp(folder, copy, { recursive: true });
    await vault.secrets.setPassphrase('Zwölf Mühlräder');
    // The folder comes back from a backup of the disk.
    await cp(path.join(copy, 'vault.json'), vaultJson());
    const window = await open();
    assert.equal(window.condition, 'untrusted');
    const stranger = generateIdentity();
    const others = formatRecoveryKit(withStranger(await read()), [stranger]);
    await assert.rejects(window.trustFile({ recoveryKit: others }), (error) =>
      VaultError.is(error, 'wrongIdentity'),
    );
    assert.equal(window.condition, 'untrusted');
    await window.trustFile({ recoveryKit: kit });
    assert.equal(window.condition, 'ready');
    await window.append([minuteRecord(1)]);
    assert.deepEqual(await minutes(), [0, 1]);
  });

  it('is believed on a computer that remembers nothing of it, and not if it comes of what is remembered by nobody’s word', async () => {
    const { before } = await rotated();
    // A computer that has never seen the vault learns to know it when it opens it.
    const elsewhere = path.join(root, 'other computer');
    const other = await open(elsewhere);
    await other.access.unlock();
    assert.equal(other.condition, 'ready');
    await writeFile(vaultJson(), formatVaultFile(before));
    const again = await open(elsewhere);
    assert.equal(again.condition, 'untrusted');
  });

  it('goes with the vault over rotations in which each identity vouched for the next', async () => {
    const asleep = path.join(root, 'asleep');
    const first = await open(asleep);
    await first.append([minuteRecord(0)]);
    await first.access.unlock();
    await windows.closeAll();
    const vault = await open();
    for (let rotation = 0; rotation < 3; rotation++) {
      await vault.secrets.rotate();
    }
    const woken = await open(asleep);
    assert.equal(woken.condition, 'ready');
    await woken.append([minuteRecord(1)]);
    assert.deepEqual(await minutes(), [0, 1]);
  });
});
