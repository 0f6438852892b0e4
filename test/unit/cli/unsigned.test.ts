import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { AgeReader, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import { withAccepted } from '../../../src/vault/keys/vaultOwnership.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import {
  formatVaultFile,
  parseVaultFile,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

describe('what nobody signed, on the command line', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  let backups: string;
  const place = { wasmPath, clock: new ManualClock(nowMs) };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'storage', 'vault');
    backups = path.join(parent, 'backups');
    await mkdir(backups);
    const args = ['--storage', storage, '--days', '30', '--seed', '5'];
    const demo = { keeperPath: await keeperBundle(), clock: place.clock };
    assert.equal((await runInProcess((io) => demoCommand.run(args, io, demo))).code, 0);
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const vault = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => vaultCommand.run([...args, '--storage', storage], io, place));
  const restore = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => restoreCommand.run([...args, '--storage', storage], io, place));

  async function only(folder: string): Promise<string> {
    const [name = '', ...others] = (await readdir(folder)).filter((each) => each.endsWith('.age'));
    assert.equal(others.length, 0);
    return path.join(folder, name);
  }

  /** As a file was before files were signed, or as whoever knows the recipient makes one. */
  async function withoutSignature(file: string): Promise<Uint8Array> {
    const { identities } = await openWithProtectors(await vaultFile(), [protector()]);
    const reader = new AgeReader(memorySource(await readFile(file)), identities);
    try {
      return sealAge(identities[0]?.recipient ?? '', reader.readAll());
    } finally {
      reader.dispose();
    }
  }

  const protector = (): KeyFileProtector => new KeyFileProtector(path.join(storage, '../keys'));
  const vaultJson = (): string => path.join(storage, 'vault.json');
  const vaultFile = async (): Promise<VaultFile> => parseVaultFile(await readFile(vaultJson()));

  it('is merged on the person’s word alone, and each way says what it is', async () => {
    const made = await runInProcess((io) =>
      backupCommand.run(['--storage', storage, '--to', backups], io, place),
    );
    assert.equal(made.code, 0, made.errors);
    const file = await only(backups);
    await writeFile(file, await withoutSignature(file));
    await rm(file.replace('.age', '.json'));
    await rm(path.join(storage, 'snapshots'), { recursive: true });
    await rm(path.join(storage, 'segments'), { recursive: true, force: true });

    const refused = await restore('--from', file, '--merge');
    assert.equal(refused.code, 1);
    assert.equal(refused.output, '');
    assert.match(refused.errors, /Nothing says who made this backup.*\(untrusted\)/);
    assert.match(refused.errors, /"--unsigned" takes it all the same/);
    assert.deepEqual(await readdir(path.join(storage, 'snapshots')).catch(() => []), []);

    const wanted = await restore('--from', file, '--merge', '--unsigned');
    assert.equal(wanted.code, 0, wanted.errors);
    assert.match(wanted.output, /^added .*sessions/);
    assert.match(wanted.errors, /it is not signed/);
    assert.equal((await vault('verify')).code, 0, 'what was merged is the vault’s own');

    const asNew = await restore('--from', file);
    assert.equal(asNew.code, 0, asNew.errors);
    assert.match(asNew.errors, /it is not signed/);
    assert.equal((await restore('--from', file, '--unsigned')).code, 2, 'it is asked with --merge');
  });

  it('is salvaged on the person’s word alone: a snapshot from before signatures that was damaged since', async () => {
    const snapshot = await only(path.join(storage, 'snapshots'));
    const unsigned = Buffer.from(await withoutSignature(snapshot));
    await writeFile(snapshot, unsigned);
    await rm(path.join(storage, 'segments'), { recursive: true, force: true });
    const { identities } = await openWithProtectors(await vaultFile(), [protector()]);
    const files = [createHash('sha256').update(unsigned).digest('hex')];
    const file = await vaultFile();
    const accepted = withAccepted(
      { ...file, generation: file.generation + 1 },
      { segments: [], files },
    );
    await writeFile(vaultJson(), formatVaultFile(signVaultFile(accepted, identities)));
    const whole = await vault('verify');
    assert.equal(whole.code, 0, whole.output + whole.errors);

    unsigned[unsigned.length - 40_000] = (unsigned.at(-40_000) ?? 0) ^ 1;
    await writeFile(snapshot, unsigned);
    const found = await vault('verify');
    assert.deepEqual(
      [found.code, found.output.includes('strange snapshot')],
      [1, true],
      found.output,
    );
    const before = await readdir(path.join(storage, 'snapshots'));

    const kept = await vault('salvage');
    assert.equal(kept.code, 1);
    assert.match(kept.output, /"vault salvage --unsigned" takes what can be read of it/);
    assert.deepEqual(await readdir(path.join(storage, 'snapshots')), before, 'nothing is changed');

    const copy = path.join(parent, 'copy');
    await cp(storage, copy, { recursive: true });
    const taken = await vault('salvage', '--unsigned');
    assert.equal(taken.code, 0, taken.output + taken.errors);
    assert.match(taken.output, /1 files were set aside/);
    assert.deepEqual(await readdir(path.join(storage, 'damaged')), before);
    const sealed = await vault('verify');
    assert.equal(sealed.code, 0, sealed.output);
    const back = await vault('export-sqlite', '--output', path.join(parent, 'back.db'));
    assert.equal(back.code, 0, back.errors);
    const { Database, loadSqlite } = await import('../../../src/vault/sqlite/database.ts');
    const database = new Database(
      await loadSqlite(wasmPath),
      await readFile(path.join(parent, 'back.db')),
    );
    assert.ok((database.row('SELECT count(*) FROM sessions')?.number(0) ?? 0) > 0);
    database.close();
    assert.equal((await vault('verify', '--unsigned')).code, 2, 'it is asked with salvage');
  });

  it('is no parent of a snapshot that holds nothing of it', async () => {
    const snapshots = path.join(storage, 'snapshots');
    const snapshot = await only(snapshots);
    const strange = path.join(snapshots, '20200101-000000-0123456789abcdef.age');
    await writeFile(strange, await withoutSignature(snapshot));
    await writeFile(path.join(snapshots, '20200102-000000-0123456789abcdef.age'), 'damage');
    const were = await readdir(snapshots);
    const salvaged = await vault('salvage');
    assert.equal(salvaged.code, 1, salvaged.errors);
    assert.match(salvaged.output, /1 files were set aside/);
    const { Database, loadSqlite } = await import('../../../src/vault/sqlite/database.ts');
    const { identities } = await openWithProtectors(await vaultFile(), [protector()]);
    const newest = (await readdir(snapshots)).find((name) => !were.includes(name)) ?? '';
    const reader = new AgeReader(
      memorySource(await readFile(path.join(snapshots, newest))),
      identities,
    );
    const database = new Database(await loadSqlite(wasmPath), reader.readAll());
    const parents = database.rows('SELECT snapshot FROM parents').map((row) => row.text(0));
    database.close();
    reader.dispose();
    assert.ok(parents.includes(path.basename(snapshot)));
    assert.ok(!parents.includes(path.basename(strange)));
  });
});
