import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownProcessMark } from '../../../src/vault/folder/processPlace.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import {
  formatVaultFile,
  parseVaultFile,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import type { UnlockWith } from '../../../src/vault/keys/vaultAccess.ts';
import type { Vault } from '../../../src/vault/vault.ts';
import { unsignedVaultFile } from '../../support/forgedVaultFiles.ts';
import { readFrozenTotals, type FrozenTotals } from '../../support/frozenTotals.ts';
import { frozenPassphrase } from '../../support/frozenVault.ts';
import { KillableProgram } from '../../support/killableProgram.ts';
import { killAtEachStep, titleOfForms } from '../../support/killPoints.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { openKeyring, readSegments } from '../../support/vaultTools.ts';
import { VaultWindows } from '../../support/vaultWindows.ts';

const fixtures = path.join(repositoryRoot, 'test/fixtures');

describe('a vault of version 1', function () {
  this.timeout(300_000);
  let windows: VaultWindows;
  let root: string;
  let folder: string;
  let keys: string;

  beforeEach(async () => {
    windows = await VaultWindows.make();
    ({ root, folder, keys } = windows);
  });
  afterEach(() => windows.release());

  const closeAll = (): Promise<void> => windows.closeAll();
  const take = async (name: string): Promise<void> => {
    await cp(path.join(fixtures, name, 'vault'), folder, { recursive: true });
    await cp(path.join(fixtures, name, 'keys'), keys, { recursive: true });
  };
  const open = (): Promise<Vault> => windows.open({ protectors: [new KeyFileProtector(keys)] });
  const read = (): Promise<VaultFile> => windows.read();
  /** Lines of the log are written by what the test does itself. */
  const totals = async (): Promise<Omit<FrozenTotals, 'auditLines'>> => {
    const found: Partial<FrozenTotals> = await readFrozenTotals(root);
    delete found.auditLines;
    return found as Omit<FrozenTotals, 'auditLines'>;
  };
  const segmentNames = async (): Promise<string[]> =>
    (await readdir(path.join(folder, 'segments'))).filter((name) => name.endsWith('.seg')).sort();

  const kinds: Readonly<Record<string, { fixture: string; secret?: () => Promise<UnlockWith> }>> = {
    'with a key file': { fixture: 'vault-format-1' },
    'with an earlier schema': { fixture: 'vault-schema-1' },
    'with several identities': { fixture: 'vault-format-2' },
    'with nothing but a passphrase at hand': {
      fixture: 'vault-format-1',
      secret: () => Promise.resolve({ passphrase: frozenPassphrase }),
    },
    'with nothing but a recovery kit at hand': {
      fixture: 'vault-format-1',
      secret: async () => ({
        recoveryKit: await readFile(path.join(fixtures, 'vault-format-1/recovery-kit.txt'), 'utf8'),
      }),
    },
  };
  for (const [what, { fixture, secret }] of Object.entries(kinds)) {
    it(`${what} is taken over as it is opened, and nothing of it is lost`, async () => {
      await take(fixture);
      await writeFile(
        path.join(folder, 'vault.json'),
        formatVaultFile(unsignedVaultFile(await read())),
      );
      // Of before there were devices and pins.
      for (const name of await readdir(keys)) {
        if (!name.endsWith('.key')) {
          await rm(path.join(keys, name));
        }
      }
      const before = await totals();
      const aside = path.join(root, 'key aside');
      const keyFile = path.join(keys, `${(await read()).vault}.key`);
      if (secret !== undefined) {
        await rename(keyFile, aside);
      }
      const old = await segmentNames();
      const vault = await open();
      // While it is locked it is recorded into as ever.
      await vault.append([minuteRecord(50)]);
      assert.equal((await read()).version, 1, 'nobody without keys takes it over');
      await vault.access.unlock(await secret?.());
      const file = await read();
      assert.equal(file.version, 2);
      assert.equal(file.devices?.length, 1);
      assert.ok((file.accepted?.segments.length ?? 0) >= old.length);
      await vault.append([minuteRecord(51)]);
      const { strange, isWhole, damaged } = await vault.keeper.ask('verify', {});
      assert.deepEqual({ strange, isWhole, damaged }, { strange: 0, isWhole: true, damaged: 0 });
      if (secret !== undefined) {
        await rename(aside, keyFile);
      }
      const after = await totals();
      assert.equal(after.minutes, before.minutes + 2);
      assert.deepEqual(after.templates, before.templates);
      for (const kind of ['feedback', 'tombstones', 'focusSessions', 'focusMs'] as const) {
        assert.equal(after[kind], before[kind], kind);
      }
      // And so it is when all of it is in one snapshot.
      await vault.finishRotation();
      await closeAll();
      assert.deepEqual(await totals(), after);
    });
  }

  it('with damaged files keeps what is readable of them, and what salvage may still want', async () => {
    await take('vault-format-1');
    const [first = '', second = '', third = ''] = await segmentNames();
    const flip = async (name: string, at: number): Promise<void> => {
      const file = path.join(folder, name);
      const bytes = await readFile(file);
      const offset = at < 0 ? bytes.length + at : at;
      bytes[offset] = (bytes[offset] ?? 0) ^ 1;
      await writeFile(file, bytes);
    };
    // A record in the middle of one, one copy of a header, both copies of another's, and a snapshot's page.
    await flip(`segments/${first}`, 620);
    await flip(`segments/${second}`, 50);
    await flip(`segments/${third}`, 50);
    await flip(`segments/${third}`, 347);
    const [snapshot = ''] = await readdir(path.join(folder, 'snapshots'));
    await flip(`snapshots/${snapshot}`, 80_000);
    await writeFile(path.join(folder, 'segments', `${'9'.repeat(32)}-0.seg`), 'no segment');
    await writeFile(path.join(folder, 'snapshots', '20260101-000000-0000000000000000.age'), '');
    const before = await totals();
    assert.ok(before.sessions + before.feedback + before.focusSessions > 0, JSON.stringify(before));
    const vault = await open();
    const found = await vault.keeper.ask('verify', {});
    await vault.access.unlock();
    assert.equal((await read()).version, 2);
    assert.deepEqual(await totals(), before);
    const { strange, damaged, unreadable, lostRecords } = await vault.keeper.ask('verify', {});
    assert.equal(damaged, found.damaged);
    assert.equal(lostRecords, found.lostRecords);
    assert.equal(strange + unreadable, found.strange + found.unreadable);
    assert.ok((await segmentNames()).includes(third), 'it stays where it is');
  });

  describe('that a window of an earlier Millrace has open', () => {
    const marker = (): string => path.join(folder, 'segments', `${'ab'.repeat(16)}.live`);

    it('is left as it is until that window is closed', async () => {
      await take('vault-format-1');
      const mark = { format: 'millrace-live', version: 1, ...(await ownProcessMark()) };
      await writeFile(marker(), JSON.stringify(mark));
      const bytes = await readFile(path.join(folder, 'vault.json'));
      const vault = await open();
      await vault.append([minuteRecord(50)]);
      await vault.access.unlock();
      assert.deepEqual(await readFile(path.join(folder, 'vault.json')), bytes);
      assert.equal((await vault.keeper.ask('verify', {})).strange, 0);
      await rm(marker());
      await vault.access.unlock();
      assert.equal((await read()).version, 2);
      const { strange, isWhole } = await vault.keeper.ask('verify', {});
      assert.ok(
        isWhole && strange === 0,
        'what was written in between is signed by a device that is let in',
      );
    });

    it('is waited for where nobody can tell whose a marker is, until it is old', async () => {
      await take('vault-format-1');
      await writeFile(marker(), 'noise');
      const vault = await open();
      await vault.access.unlock();
      assert.equal((await read()).version, 1);
      const longAgo = Date.now() / 1000 - 3_600;
      await utimes(marker(), longAgo, longAgo);
      await vault.access.unlock();
      assert.equal((await read()).version, 2);
    });

    it('is not waited for where that window has died', async () => {
      await take('vault-format-1');
      const dead = { ...(await ownProcessMark()), pid: 2 ** 22 + 5, startTicks: 1 };
      await writeFile(marker(), JSON.stringify({ format: 'millrace-live', version: 1, ...dead }));
      const vault = await open();
      await vault.access.unlock();
      assert.equal((await read()).version, 2);
    });
  });

  it('is taken over once where many windows open it at once', async () => {
    await take('vault-format-1');
    const before = await totals();
    const all = await Promise.all(Array.from({ length: 5 }, () => open()));
    await Promise.all(all.map((vault) => vault.access.unlock()));
    const { generation, devices } = await read();
    assert.equal(devices?.length, 1);
    assert.equal(generation, (await readVersion1()).generation + 1);
    assert.deepEqual(await totals(), before);
  });

  async function readVersion1(): Promise<VaultFile> {
    return parseVaultFile(await readFile(path.join(fixtures, 'vault-format-1/vault/vault.json')));
  }

  describe('or 2, when a window is killed with -9 at whatever step', () => {
    let program: KillableProgram;
    before(async () => {
      program = await KillableProgram.make('test/support/ownerProcess.ts');
    });
    after(() => program.remove());

    /** Whether the vault that was left is whole, and goes on. */
    async function judge(minutesBefore: number): Promise<void> {
      const vault = await open();
      assert.equal(vault.condition, 'ready');
      await vault.access.unlock();
      await vault.append([minuteRecord(60)]);
      assert.equal((await read()).version, 2);
      const { strange, isWhole } = await vault.keeper.ask('verify', {});
      assert.ok(isWhole && strange === 0, `${isWhole} ${strange}`);
      await closeAll();
      const keyring = await openKeyring(folder, [new KeyFileProtector(keys)]);
      const { records } = await readSegments(folder, keyring);
      assert.ok(records.filter(({ type }) => type === 'minute').length > minutesBefore);
      const again = await open();
      assert.equal(again.condition, 'ready', 'it is remembered');
      await closeAll();
    }

    const minutesNow = async (): Promise<number> => {
      const keyring = await openKeyring(folder, [new KeyFileProtector(keys)]);
      const { records } = await readSegments(folder, keyring);
      return records.filter(({ type }) => type === 'minute').length;
    };

    async function anew(prepare: () => Promise<void>): Promise<void> {
      await rm(folder, { recursive: true, force: true });
      await rm(keys, { recursive: true, force: true });
      await prepare();
    }

    async function makeKeys(): Promise<void> {
      await mkdir(keys, { recursive: true });
    }

    async function takeOver(): Promise<void> {
      await take('vault-schema-1');
      await (await open()).access.unlock();
      await closeAll();
    }

    for (const [title, what, prepare] of [
      ['is made', 'open', makeKeys],
      ['is taken over', 'open', () => take('vault-format-1')],
      ['gets a new key as it is taken over', 'rotate', () => take('vault-schema-1')],
      ['gets a new key', 'rotate', takeOver],
    ] as const) {
      it(titleOfForms(`is whole and goes on: as it ${title}`), async () => {
        const steps = await killAtEachStep(async (killAt) => {
          await anew(prepare);
          const before = title === 'is made' ? 0 : await minutesNow();
          const ended = await program.runSteps({ folder, keys, what, minute: 55, killAt });
          await judge(before);
          return ended;
        });
        assert.ok(steps > 10, `${steps}`);
      });
    }
  });
});
