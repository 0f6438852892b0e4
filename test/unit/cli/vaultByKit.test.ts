import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { exportCommand, importCommand } from '../../../src/cli/commands/exportCommands.ts';
import { purgeCommand } from '../../../src/cli/commands/purgeCommand.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { syncCommand } from '../../../src/cli/commands/syncCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { digestContent, type ContentDigest } from '../../../src/vault/database/contentDigest.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import {
  formatIdentity,
  generateIdentity,
  type Identity,
} from '../../../src/vault/age/identity.ts';
import { openSnapshot } from '../../../src/vault/database/snapshot.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { newSnapshotName, trashName } from '../../../src/vault/folder/vaultListing.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import {
  formatVaultFile,
  parseVaultFile,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf } from '../../support/transferPlace.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';
import { trusting } from '../../support/trusting.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);
const days = 3;

/** What became of `vault.json`; it is `readable` where only what stands between its parts was changed. */
const fates: Readonly<
  Record<string, { readonly isReadable: boolean; of(bytes: Buffer): Buffer | undefined }>
> = {
  absent: { isReadable: false, of: () => undefined },
  empty: { isReadable: false, of: () => Buffer.alloc(0) },
  'cut in half': { isReadable: false, of: (bytes) => bytes.subarray(0, bytes.length / 2) },
  'full of zeros': { isReadable: false, of: (bytes) => Buffer.alloc(bytes.length) },
  'with a changed byte': {
    isReadable: false,
    of: (bytes) => Buffer.from(bytes.toString().replace('"generation": 1', '"generation": 2')),
  },
  'with other line ends': {
    isReadable: true,
    of: (bytes) => Buffer.from(bytes.toString().replaceAll('\n', '\r\n')),
  },
  'with a byte order mark': {
    isReadable: true,
    of: (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
  },
  'not signed by the key that it names': {
    isReadable: false,
    of: (bytes) => {
      const { signature = '', ...rest } = parseVaultFile(bytes);
      const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      return Buffer.from(formatVaultFile({ ...rest, signature: other }));
    },
  },
  reformatted: {
    isReadable: true,
    of: (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), undefined, '\t')),
  },
  'on one line': {
    isReadable: true,
    of: (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()))),
  },
};

/** Where the records are. */
const layouts: Readonly<Record<string, readonly string[]>> = {
  'in segments only': ['snapshots'],
  'in snapshots only': ['segments'],
  'in both': [],
};

describe('millrace, with the recovery kit alone', function () {
  this.timeout(120_000);

  const place = { wasmPath, clock: new ManualClock(nowMs) };
  /** A vault as it was once, and its key. */
  let origin: string;
  let file: VaultFile;
  let identities: Identity[];
  /** Of one test. */
  let parent: string;
  let storage: string;
  let kit: string;

  const vault = (action: string, ...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => vaultCommand.run([action, '--storage', storage, ...args], io, place));
  const { signal } = new AbortController();

  before(async () => {
    origin = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    const folder = path.join(origin, 'vault');
    const made = await runInProcess(async (io) => {
      const args = ['--storage', folder, '--days', String(days), '--seed', '5'];
      return demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock: place.clock });
    });
    assert.equal(made.code, 0, made.errors);
    const read = await readVaultFile(folder);
    assert.ok(read !== undefined);
    file = read;
    const keys = new KeyFileProtector(path.join(origin, 'keys'));
    ({ identities } = await openWithProtectors(file, [keys]));
  });

  after(async () => {
    await rm(origin, { recursive: true, force: true });
  });

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'storage', 'vault');
    kit = path.join(parent, 'kit.txt');
    await mkdir(path.join(parent, 'storage'));
    await writeFile(kit, formatRecoveryKit(file, identities));
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  /** The vault without its key, and what is left of it. @returns all that is recorded there */
  async function leave(fate: string, layout: string): Promise<ContentDigest> {
    await cp(path.join(origin, 'vault'), storage, { recursive: true });
    for (const folder of layouts[layout] ?? []) {
      await rm(path.join(storage, folder), { recursive: true });
    }
    const target = path.join(storage, 'vault.json');
    const bytes = fates[fate]?.of(await readFile(target));
    await (bytes === undefined ? rm(target) : writeFile(target, bytes));
    return contentOf(storage, identities);
  }

  async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return new Map(
      await Promise.all(
        files.map(async ({ parentPath, name }): Promise<[string, string]> => {
          const each = path.join(parentPath, name);
          return [path.relative(folder, each), (await readFile(each)).toString('base64')];
        }),
      ),
    );
  }

  const sha256Of = async (database: string): Promise<string> => {
    const opened = new Database(await loadSqlite(wasmPath), await readFile(database));
    try {
      return digestContent(opened).sha256;
    } finally {
      opened.close();
    }
  };

  /** The days of which sums are kept, never none. */
  const daysOf = async (database: string): Promise<readonly number[]> => {
    const opened = new Database(await loadSqlite(wasmPath), await readFile(database));
    try {
      const found = opened.rows('SELECT day FROM days ORDER BY day').map((row) => row.number(0));
      assert.ok(found.length > 0);
      return found;
    } finally {
      opened.close();
    }
  };

  for (const [fate, { isReadable }] of Object.entries(fates)) {
    for (const layout of Object.keys(layouts)) {
      it(`reads, copies and rebuilds a vault whose vault.json is ${fate}, its records ${layout}`, async () => {
        const content = await leave(fate, layout);
        assert.ok((content.counts['sessions'] ?? 0) > 0);
        const left = await filesIn(storage);

        const verified = await vault('verify', '--identity', kit);
        assert.equal(verified.code, isReadable ? 0 : 1, verified.errors);
        assert.match(verified.output, /^whole: [1-9]/);
        assert.equal(verified.errors.includes('vault.json is gone or damaged'), !isReadable);

        const database = path.join(parent, 'all.db');
        const sqlite = await vault('export-sqlite', '--identity', kit, '--output', database);
        assert.equal(sqlite.code, 0, sqlite.errors);
        assert.equal(await sha256Of(database), content.sha256);

        const json = path.join(parent, 'all.json');
        const exportArgs = ['--storage', storage, '--to', json, '--format', 'json'];
        const exported = await runInProcess((io) =>
          exportCommand.run([...exportArgs, '--identity', kit], io, { ...place, signal }),
        );
        assert.equal(exported.code, 0, exported.errors);
        assert.ok((await readFile(json, 'utf8')).includes(file.vault));

        const backups = path.join(parent, 'backups');
        await mkdir(backups);
        const backupArgs = ['--storage', storage, '--to', backups, '--identity', kit];
        const backedUp = await runInProcess((io) => backupCommand.run(backupArgs, io, place));
        assert.equal(backedUp.code, 0, backedUp.errors);
        assert.match(backedUp.output, new RegExp(`^millrace-${file.vault.slice(0, 8)}-.*verified`));

        // Nothing of this wrote to what is left.
        assert.deepEqual(await filesIn(storage), left);

        const elsewhere = path.join(parent, 'elsewhere', 'vault');
        await mkdir(path.dirname(elsewhere));
        const restoreArgs = ['--from', storage, '--storage', elsewhere, '--identity', kit];
        const restored = await runInProcess((io) => restoreCommand.run(restoreArgs, io, place));
        assert.equal(restored.code, 0, restored.errors);
        const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
        assert.equal((await readVaultFile(folder))?.vault, file.vault);
        assert.equal((await contentOf(folder, identities)).sha256, content.sha256);
        assert.deepEqual(await filesIn(storage), left);

        const salvaged = await vault('salvage', '--identity', kit);
        assert.equal(salvaged.code, 0, salvaged.errors);
        if (isReadable) {
          assert.deepEqual(await filesIn(storage), left);
          return;
        }
        assert.ok(salvaged.output.includes(file.vault));
        const now = await filesIn(storage);
        const rebuilt = parseVaultFile(Buffer.from(now.get('vault.json') ?? '', 'base64'));
        assert.equal(rebuilt.vault, file.vault);
        assert.equal(rebuilt.recipient, file.recipient);
        const aside = [...now].filter(([name]) => name.endsWith('.damaged'));
        const before = left.get('vault.json');
        assert.deepEqual(
          aside.map(([, bytes]) => bytes),
          before === undefined ? [] : [before],
        );
        for (const [name] of aside) {
          assert.ok(salvaged.output.includes(name), 'it says where that is');
        }
        // From here on it is a vault like any other, and its own key opens it again.
        assert.equal((await vault('verify')).code, 0);
        assert.equal((await contentOf(storage, identities)).sha256, content.sha256);
        assert.equal((await vault('verify', '--identity', kit)).code, 0);
        const again = await vault('salvage', '--identity', kit);
        assert.deepEqual([again.code, await filesIn(storage)], [0, now]);
      });
    }
  }

  it('keeps every identity of the kit, and the key that the vault was opened with before', async () => {
    const earlier = generateIdentity();
    await writeFile(kit, formatRecoveryKit(file, [...identities, earlier]));
    await leave('cut in half', 'in both');
    const keys = path.join(parent, 'storage', 'keys');
    await cp(path.join(origin, 'keys'), keys, { recursive: true });
    const key = await filesIn(keys);
    assert.equal((await vault('salvage', '--identity', kit)).code, 0);
    // That this folder is known from now on stands beside them.
    const now = await filesIn(keys);
    const added = [...now.keys()].filter((name) => !key.has(name));
    assert.deepEqual([added.length, added.every((name) => name.endsWith('.pin'))], [1, true]);
    assert.deepEqual(new Map([...now].filter(([name]) => key.has(name))), key);
    const rebuilt = parseVaultFile(await readFile(path.join(storage, 'vault.json')));
    assert.deepEqual(
      rebuilt.identities.map(({ recipient, state }) => [recipient, state]),
      [
        [file.recipient, 'current'],
        [earlier.recipient, 'retired'],
      ],
    );
    assert.equal(
      (await openWithProtectors(rebuilt, [new KeyFileProtector(keys)])).identities.length,
      2,
    );
  });

  it('sets aside what else is damaged, and brings back the rest', async () => {
    const content = await leave('empty', 'in both');
    const [snapshot = ''] = await readdir(path.join(storage, 'snapshots'));
    const target = path.join(storage, 'snapshots', snapshot);
    const bytes = await readFile(target);
    bytes[300] = (bytes[300] ?? 0) ^ 1;
    await writeFile(target, bytes);
    const verified = await vault('verify', '--identity', kit);
    assert.equal(verified.code, 1);
    assert.match(verified.output, /^damaged: /);
    const salvaged = await vault('salvage', '--identity', kit);
    assert.equal(salvaged.code, 0, salvaged.errors);
    assert.deepEqual(await readdir(path.join(storage, 'damaged')), [snapshot]);
    assert.equal((await contentOf(storage, identities)).sha256, content.sha256);
  });

  it('hides nothing that a later key opens', async () => {
    const later = generateIdentity();
    // Sealed for a key of after a rotation: a segment, a snapshot, all but what is in the trash.
    const writer = async (): Promise<void> => {
      const made = await TestVault.create(nowMs, later);
      try {
        const one = made.writer();
        await one.append(minuteRecord(1, 29_000_000));
        await one.close();
        await cp(path.join(made.folder, 'segments'), path.join(storage, 'segments'), {
          recursive: true,
        });
      } finally {
        await made.release();
      }
    };
    await leave('absent', 'in both');
    await writer();
    let left = await filesIn(storage);
    const refused = await vault('salvage', '--identity', kit);
    assert.deepEqual([refused.code, refused.output], [2, '']);
    assert.match(refused.errors, /lacks a key of this vault.*\(wrongIdentity\)/);
    assert.deepEqual(await filesIn(storage), left);
    assert.equal((await vault('verify', '--identity', kit)).code, 1);

    await rm(storage, { recursive: true });
    await leave('absent', 'in segments only');
    await mkdir(path.join(storage, 'snapshots'));
    const snapshot = path.join('snapshots', newSnapshotName(nowMs));
    const sealed = sealAge(later.recipient, Buffer.alloc(4096));
    await writeFile(path.join(storage, snapshot), sealed);
    const partly = await vault('salvage', '--identity', kit);
    assert.equal(partly.code, 1, partly.errors);
    assert.ok(partly.output.includes(path.basename(snapshot)));
    assert.equal((await filesIn(storage)).get(snapshot), Buffer.from(sealed).toString('base64'));
    const parents = await Promise.all(
      (await readdir(path.join(storage, 'snapshots'))).map(async (name) => {
        const target = path.join(storage, 'snapshots', name);
        try {
          const opened = openSnapshot(target, trusting(identities), await loadSqlite(wasmPath));
          opened.dispose();
          return opened.parents;
        } catch {
          return [];
        }
      }),
    );
    assert.ok(!parents.flat().includes(path.basename(snapshot)), 'nothing stands for it');

    // What is of use is all for the later key, though the trash is not.
    await rm(storage, { recursive: true });
    await leave('absent', 'in snapshots only');
    const [before = ''] = await readdir(path.join(storage, 'snapshots'));
    await mkdir(path.join(storage, 'trash'), { recursive: true });
    await rename(
      path.join(storage, 'snapshots', before),
      path.join(storage, 'trash', trashName(before, nowMs)),
    );
    await writer();
    left = await filesIn(storage);
    for (const action of ['verify', 'salvage', 'export-sqlite']) {
      const { code, errors } = await vault(action, '--identity', kit);
      assert.equal(code, 2);
      assert.match(errors, /\(wrongIdentity\)/);
    }
    assert.deepEqual(await filesIn(storage), left);
  });

  it('finds in the trash what is nowhere else any more', async () => {
    const content = await leave('absent', 'in snapshots only');
    const snapshots = path.join(storage, 'snapshots');
    const [snapshot = ''] = await readdir(snapshots);
    await mkdir(path.join(storage, 'trash'), { recursive: true });
    const target = path.join(storage, 'trash', trashName(snapshot, nowMs));
    await rename(path.join(snapshots, snapshot), target);
    const salvaged = await vault('salvage', '--identity', kit);
    assert.equal(salvaged.code, 0, salvaged.errors);
    assert.equal((await contentOf(storage, identities)).sha256, content.sha256);
    assert.ok(!(await readdir(storage)).includes('damaged'));
  });

  for (const fate of ['absent', 'empty', 'reformatted']) {
    for (const [inner, nameOf] of [
      ['damaged', (name: string): string => name],
      ['trash', (name: string): string => name],
      ['trash', (name: string): string => trashName(name, nowMs)],
      ['trash', (name: string): string => `copy of ${name.toUpperCase()}`],
    ] as const) {
      const example = nameOf('x.seg');
      it(`reaches what only ${inner}/${example} holds, where vault.json is ${fate}`, async () => {
        for (const from of ['segments', 'snapshots']) {
          const content = await leave(fate, `in ${from} only`);
          const own = path.join(storage, from);
          await mkdir(path.join(storage, inner), { recursive: true });
          for (const name of await readdir(own)) {
            if (/\.(?:seg|age)$/.test(name)) {
              await rename(path.join(own, name), path.join(storage, inner, nameOf(name)));
            }
          }
          const left = await filesIn(storage);

          const verified = await vault('verify', '--identity', kit);
          assert.equal(verified.code, 1, verified.errors);
          assert.match(verified.output, /^damaged: .*\n.*records that nothing else does/);
          const database = path.join(parent, `${from}.db`);
          const sqlite = await vault('export-sqlite', '--identity', kit, '--output', database);
          assert.equal(sqlite.code, 0, sqlite.errors);
          assert.equal(await sha256Of(database), content.sha256);
          const elsewhere = path.join(parent, from, 'vault');
          await mkdir(path.dirname(elsewhere));
          const args = ['--from', storage, '--storage', elsewhere, '--identity', kit];
          const restored = await runInProcess((io) => restoreCommand.run(args, io, place));
          assert.equal(restored.code, 0, restored.errors);
          const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
          assert.equal((await contentOf(folder, identities)).sha256, content.sha256);
          const restoredDatabase = path.join(parent, `restored ${from}.db`);
          const sqliteArgs = ['export-sqlite', '--storage', folder, '--identity', kit];
          await runInProcess((io) =>
            vaultCommand.run([...sqliteArgs, '--output', restoredDatabase], io, place),
          );
          assert.deepEqual(await daysOf(restoredDatabase), await daysOf(database));
          if (fate !== 'reformatted') {
            const backups = path.join(parent, `backups of ${from}`);
            await mkdir(backups);
            const to = ['--storage', storage, '--to', backups, '--identity', kit];
            const backedUp = await runInProcess((io) => backupCommand.run(to, io, place));
            assert.equal(backedUp.code, 0, backedUp.errors);
            assert.ok(backedUp.output.includes(`${content.counts['sessions'] ?? 0} sessions`));
          }
          assert.deepEqual(await filesIn(storage), left);

          const salvaged = await vault('salvage', '--identity', kit);
          assert.equal(salvaged.code, 0, salvaged.errors);
          assert.equal((await contentOf(storage, identities)).sha256, content.sha256);
          assert.equal((await vault('verify', '--identity', kit)).code, 0);
          const now = await filesIn(storage);
          assert.equal((await vault('salvage', '--identity', kit)).code, 0);
          assert.deepEqual(await filesIn(storage), now, 'nothing is left to bring back');
          await rm(storage, { recursive: true });
        }
      });
    }
  }

  it('takes the id of the vault from what is left, where the kit is the key alone', async () => {
    const [current] = identities;
    assert.ok(current !== undefined);
    await writeFile(kit, formatIdentity(current));
    await leave('cut in half', 'in segments only');
    assert.equal((await vault('salvage', '--identity', kit)).code, 0);
    assert.equal((await readVaultFile(storage))?.vault, file.vault);
    // Where nothing tells it, it is the same each time.
    const ids = new Set<string | undefined>();
    for (let time = 0; time < 2; time++) {
      await rm(path.join(parent, 'storage'), { recursive: true });
      await mkdir(path.join(parent, 'storage'));
      await leave('absent', 'in segments only');
      assert.equal((await vault('salvage', '--identity', kit)).code, 0);
      ids.add((await readVaultFile(storage))?.vault);
    }
    assert.equal(ids.size, 1);
    assert.ok(!ids.has(undefined));
  });

  it('reads a vault whose vault.json is another’s, and rebuilds none over that', async () => {
    const content = await leave('reformatted', 'in both');
    const other = await TestVault.create(nowMs);
    const bytes = await readFile(path.join(other.folder, 'vault.json'));
    await other.release();
    await writeFile(path.join(storage, 'vault.json'), bytes);
    const left = await filesIn(storage);
    const verified = await vault('verify', '--identity', kit);
    assert.equal(verified.code, 1);
    assert.match(verified.output, /^whole: [1-9]/);
    assert.match(verified.errors, /vault\.json is not that of what lies in the folder/);
    const backups = path.join(parent, 'backups');
    await mkdir(backups);
    const backupArgs = ['--storage', storage, '--to', backups, '--identity', kit];
    const backedUp = await runInProcess((io) => backupCommand.run(backupArgs, io, place));
    assert.equal(backedUp.code, 0, backedUp.errors);
    assert.ok(backedUp.output.startsWith(`millrace-${file.vault.slice(0, 8)}-`));
    const database = path.join(parent, 'all.db');
    const sqlite = await vault('export-sqlite', '--identity', kit, '--output', database);
    assert.equal(sqlite.code, 0, sqlite.errors);
    assert.equal(await sha256Of(database), content.sha256);
    const json = path.join(parent, 'all.json');
    const to = ['--storage', storage, '--to', json, '--format', 'json', '--identity', kit];
    const exported = await runInProcess((io) => exportCommand.run(to, io, { ...place, signal }));
    assert.equal(exported.code, 0, exported.errors);
    assert.ok(exported.output.includes(`${content.counts['sessions'] ?? 0} sessions`));
    const salvaged = await vault('salvage', '--identity', kit);
    assert.deepEqual([salvaged.code, salvaged.output], [2, '']);
    assert.match(salvaged.errors, /\(wrongIdentity\)/);
    assert.deepEqual(await filesIn(storage), left);
    const elsewhere = path.join(parent, 'elsewhere', 'vault');
    await mkdir(path.dirname(elsewhere));
    const from = ['--from', storage, '--storage', elsewhere, '--identity', kit];
    const restored = await runInProcess((io) => restoreCommand.run(from, io, place));
    assert.equal(restored.code, 0, restored.errors);
    const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
    assert.equal((await contentOf(folder, identities)).sha256, content.sha256);
    assert.equal((await readVaultFile(folder))?.vault, file.vault);
  });

  it('refuses a kit of another vault, and changes nothing', async () => {
    await writeFile(kit, formatRecoveryKit(file, [generateIdentity()]));
    for (const fate of ['absent', 'empty', 'cut in half', 'reformatted']) {
      await leave(fate, 'in both');
      const left = await filesIn(parent);
      for (const action of ['verify', 'salvage', 'export-sqlite']) {
        const { code, errors, output } = await vault(action, '--identity', kit);
        assert.deepEqual([code, output], [2, ''], `${action} ${fate}`);
        assert.match(errors, /recovery kit .*\(wrongIdentity\)/);
      }
      const to = path.join(parent, 'all.json');
      const args = ['--storage', storage, '--to', to, '--format', 'json', '--identity', kit];
      const exported = await runInProcess((io) =>
        exportCommand.run(args, io, { ...place, signal }),
      );
      assert.deepEqual([exported.code, exported.errors.includes('(wrongKey)')], [2, true]);
      const from = ['--from', storage, '--storage', path.join(parent, 'x'), '--identity', kit];
      const restored = await runInProcess((io) => restoreCommand.run(from, io, place));
      assert.deepEqual([restored.code, restored.errors.includes('(wrongKey)')], [2, true]);
      await rm(path.join(parent, 'keys'), { recursive: true, force: true });
      await rm(path.join(parent, 'vaults'), { recursive: true, force: true });
      assert.deepEqual(await filesIn(parent), left);
      await rm(storage, { recursive: true });
    }
  });

  it('changes no vault that only the kit opens, and says what to do first', async () => {
    const source = path.join(parent, 'source.json');
    await writeFile(source, '{}');
    const folder = path.join(parent, 'shared');
    await mkdir(folder);
    for (const fate of ['absent', 'empty', 'cut in half']) {
      await leave(fate, 'in both');
      const left = await filesIn(storage);
      const at = ['--storage', storage];
      for (const identity of [['--identity', kit], []]) {
        for (const outcome of [
          await runInProcess((io) =>
            importCommand.run([...at, '--from', source, ...identity], io, { ...place, signal }),
          ),
          await runInProcess((io) =>
            syncCommand.run([...at, '--folder', folder, ...identity], io, place),
          ),
          await runInProcess((io) =>
            purgeCommand.run([...at, '--everything', ...identity], io, place),
          ),
        ]) {
          assert.deepEqual([outcome.code, outcome.output], [1, ''], outcome.errors);
          assert.match(outcome.errors, /"vault salvage" with the recovery kit.*\(damaged\)/);
        }
      }
      const { code, errors } = await vault('verify');
      assert.equal(code, 1);
      assert.match(errors, /"vault salvage" with the recovery kit.*\(damaged\)/);
      assert.deepEqual(await filesIn(storage), left);
      await rm(storage, { recursive: true });
    }
  });

  it('makes no vault where none was', async () => {
    await mkdir(storage);
    for (const action of ['verify', 'salvage', 'export-sqlite']) {
      const { code, errors } = await vault(action, '--identity', kit);
      assert.equal(code, 2);
      assert.match(errors, /There is no vault in this folder/);
    }
    assert.deepEqual(await readdir(storage), []);
    // A vault.json that was one tells that there was a vault, though nothing was recorded yet.
    await writeFile(path.join(storage, 'vault.json'), '');
    assert.equal((await vault('salvage', '--identity', kit)).code, 0);
    assert.equal((await readVaultFile(storage))?.vault, file.vault);
  });

  it('names the line of a kit that is not as it was', async () => {
    await leave('absent', 'in both');
    const lines = formatRecoveryKit(file, identities).split('\n');
    const key = lines.findIndex((line) => line.startsWith('AGE-SECRET-KEY-1'));
    const id = lines.findIndex((line) => line.startsWith('# vault:'));
    await writeFile(kit, lines.with(key, (lines[key] ?? '').slice(0, 40)).join('\r\n'));
    for (const action of ['verify', 'salvage', 'export-sqlite']) {
      const { code, errors } = await vault(action, '--identity', kit);
      assert.equal(code, 2);
      assert.ok(errors.includes(`line ${key + 1}: A key in this file`), errors);
      assert.doesNotMatch(errors, /AGE-SECRET-KEY/);
    }
    // Without its id a vault is read, and never made with another.
    await writeFile(kit, lines.with(id, '# vault: 0123abcd').join('\r\n'));
    assert.equal((await vault('verify', '--identity', kit)).code, 1);
    const salvaged = await vault('salvage', '--identity', kit);
    assert.equal(salvaged.code, 2);
    assert.ok(salvaged.errors.includes(`line ${id + 1}: The id of the vault`), salvaged.errors);
    const from = ['--from', storage, '--storage', path.join(parent, 'x'), '--identity', kit];
    const restored = await runInProcess((io) => restoreCommand.run(from, io, place));
    assert.equal(restored.code, 2);
    assert.ok(restored.errors.includes(`line ${id + 1}: The id of the vault`), restored.errors);
  });

  it('says so where a kit is saved in a repository', async () => {
    const repository = path.join(parent, 'repository');
    await mkdir(path.join(repository, '.git'), { recursive: true });
    for (const [target, isExposed] of [
      [path.join(repository, 'kit.txt'), true],
      [path.join(parent, 'other.txt'), false],
    ] as const) {
      storage = path.join(parent, isExposed ? 'one' : 'other', 'vault');
      const { code, errors } = await vault('create', '--identity', target);
      assert.equal(code, 0, errors);
      assert.equal(errors.includes(`in a repository, ${repository}`), isExposed, errors);
      assert.match(await readFile(target, 'utf8'), /AGE-SECRET-KEY-1/);
    }
  });
});
