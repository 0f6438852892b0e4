import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import {
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { ContentDigest } from '../../../src/vault/database/contentDigest.ts';
import { deviceId } from '../../../src/transfer/sync/deviceId.ts';
import type { Synced } from '../../../src/transfer/messages/syncMessages.ts';
import type { JobResult } from '../../../src/transfer/transferContract.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { searchEverywhere } from '../../support/searchEverywhere.ts';
import { placeholders, toolNames, type ToolName } from '../../support/syncTools.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const present = { kind: 'present' } as const;
const everything = { what: 'everything' } as const;
/** Of October, and of November. */
const october: readonly VaultRecord[] = [
  sessionRecord(1, nowMs - 40 * dayMs, nowMs - 40 * dayMs + 60_000),
  minuteRecord(1, Math.floor((nowMs - 40 * dayMs) / 60_000)),
];
const november: readonly VaultRecord[] = [
  sessionRecord(2, nowMs, nowMs + 60_000),
  minuteRecord(2, Math.floor(nowMs / 60_000)),
];
const octobersFile = '2026-10.age';

/** A month of its own for each tool, all before October. */
function monthOf(index: number): string {
  return new Date(startOf(index)).toISOString().slice(0, 7);
}

function startOf(index: number): number {
  return Date.UTC(2026, 8 - index, 15, 12);
}

function recordsOf(index: number): VaultRecord[] {
  const startMs = startOf(index);
  return [
    sessionRecord(100 + index, startMs, startMs + 60_000),
    minuteRecord(100 + index, startMs / 60_000),
  ];
}

const everyMonth = [...november, ...toolNames.flatMap((_, index) => recordsOf(index))];
const ofFolders = toolNames.filter(
  ({ isHidden, ofFilesOnly }) => isHidden !== true && ofFilesOnly !== true,
);

describe('what sync tools make of our files', function () {
  this.timeout(300_000);
  const folders = new TestFolders();
  const vaults: TestVault[] = [];

  afterEach(async () => {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  /** A device of one vault, with a storage folder of its own. */
  async function device(records: readonly VaultRecord[] = []): Promise<Device> {
    const vault = await TestVault.create(nowMs, vaults[0]?.identity);
    vaults.push(vault);
    const made = new Device(vault, await folders.make());
    await made.record(...records);
    return made;
  }

  interface Shared {
    readonly folder: string;
    readonly home: string;
    /** Writes, and has synced. */
    readonly writer: Device;
    readonly written: string;
    /** Has nothing, and has not synced. */
    readonly reader: Device;
  }

  async function share(
    records: readonly VaultRecord[] = [...october, ...november],
  ): Promise<Shared> {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    const folder = await folders.make();
    const writer = await device(records);
    await writer.sync(folder);
    const home = path.join(folder, 'millrace-00000000');
    return {
      folder,
      home,
      writer,
      written: path.join(home, await writer.id()),
      reader: await device(),
    };
  }

  const all = (): Promise<ContentDigest> => contentOfRecords([...october, ...november]);
  const withoutOctober = (): Promise<ContentDigest> => contentOfRecords(november);

  type Place = 'file' | 'device' | 'home';

  /** A month for each tool, in a copy's place of which the tool made the name. @returns where each lies, with its month */
  async function misplace(
    { folder, home, written }: Shared,
    tools: readonly ToolName[],
    where: Place,
    torn: ReadonlySet<string>,
  ): Promise<{ readonly tool: ToolName; readonly copy: string; readonly month: string }[]> {
    const id = path.basename(written);
    const copies = [];
    for (const [index, tool] of tools.entries()) {
      const month = monthOf(index);
      const original = path.join(written, `${month}.age`);
      const bytes = await readFile(original);
      const inner = {
        file: [path.basename(home), id, tool.rename(`${month}.age`)],
        device: [path.basename(home), tool.rename(id), `${month}.age`],
        home: [tool.rename(path.basename(home)), id, `${month}.age`],
      }[where];
      const copy = path.join(folder, ...inner);
      await rm(original);
      await mkdir(path.dirname(copy), { recursive: true });
      await writeFile(copy, torn.has(tool.tool) ? bytes.subarray(0, bytes.length >> 1) : bytes);
      copies.push({ tool, copy, month });
    }
    return copies;
  }

  /** Where the copies lie, in which order the tools have their turn, and of which of them the copy is torn. */
  const aZoo = fc.constantFrom<Place>('file', 'device', 'home').chain((where) => {
    const tools = where === 'file' ? toolNames : ofFolders;
    return fc.record({
      where: fc.constant(where),
      tools: fc.shuffledSubarray([...tools], { minLength: tools.length }),
      torn: fc.subarray(tools.map(({ tool }) => tool)).map((names) => new Set(names)),
    });
  });
  const runs = { numRuns: 5 };

  const withoutTorn = (
    tools: readonly ToolName[],
    torn: ReadonlySet<string>,
  ): Promise<ContentDigest> =>
    contentOfRecords([
      ...november,
      ...toolNames.flatMap((_, index) =>
        torn.has(tools[index]?.tool ?? '') ? [] : recordsOf(index),
      ),
    ]);

  it('is merged by sync where it is whole, and named where it is not', async () => {
    await fc.assert(
      fc.asyncProperty(aZoo, async ({ where, tools, torn }) => {
        const shared = await share(everyMonth);
        const copies = await misplace(shared, tools, where, torn);
        const { unread } = await shared.reader.sync(shared.folder);
        const parent = where === 'home' ? shared.folder : shared.home;
        assert.deepEqual(
          unread.map(({ file, reason }) => `${reason}: ${file}`).sort(),
          copies
            .filter(({ tool }) => torn.has(tool.tool))
            .map(({ copy }) => `torn: ${path.relative(parent, copy).split(path.sep).join('/')}`)
            .sort(),
        );
        assert.deepEqual(await shared.reader.content(), await withoutTorn(tools, torn));
      }),
      runs,
    );
  });

  it('is cleared away once it is merged, by the device that it is of, and by no other', async () => {
    await fc.assert(
      fc.asyncProperty(aZoo, async ({ where, tools }) => {
        const shared = await share(everyMonth);
        const { folder, home, written, reader, writer } = shared;
        const copies = await misplace(shared, tools, where, new Set());
        await reader.sync(folder);
        for (const { copy } of copies) {
          await readFile(copy);
        }
        await writer.sync(folder);
        assert.deepEqual(await writer.content(), await contentOfRecords(everyMonth));
        await rm(path.join(home, await reader.id()), { recursive: true });
        const own = ['2026-11', ...copies.map(({ month }) => month), ...restOf(tools)];
        // A tool may be at work on its own files.
        const hidden = copies.filter(({ tool }) => tool.isHidden === true).map(({ copy }) => copy);
        assert.deepEqual(
          await filesBelow(folder),
          [...own.map((month) => path.join(written, `${month}.age`)), ...hidden]
            .map((file) => path.relative(folder, file))
            .sort(),
        );
      }),
      runs,
    );
  });

  /** The months that no tool had its turn with. */
  const restOf = (tools: readonly ToolName[]): string[] =>
    toolNames.slice(tools.length).map((_, index) => monthOf(tools.length + index));

  it('comes back with what is restored or merged, or is named as missing, with its month', async () => {
    await fc.assert(
      fc.asyncProperty(aZoo, fc.boolean(), async ({ where, tools, torn }, isMerge) => {
        const shared = await share(everyMonth);
        const copies = await misplace(shared, tools, where, torn);
        const { missing, content } = await bringBack(shared, isMerge);
        const id = path.basename(shared.written);
        assert.deepEqual(
          missing.map(({ month, device: of, reason }) => [month, of, reason]).sort(),
          copies
            .filter(({ tool }) => torn.has(tool.tool))
            .map(({ month }) => [month, id, 'torn'])
            .sort(),
        );
        assert.deepEqual(content, await withoutTorn(tools, torn));
      }),
      runs,
    );
  });

  it('is missing, and named, where only a placeholder is there', async () => {
    for (const [index, placeholder] of placeholders.entries()) {
      const shared = await share();
      const name = placeholder(octobersFile);
      await rename(path.join(shared.written, octobersFile), path.join(shared.written, name));
      await writeFile(path.join(shared.written, name), 'bplist00');
      const id = path.basename(shared.written);
      const { missing, content } = await bringBack(shared, index % 2 === 0);
      assert.deepEqual(missing, [
        { file: `${id}/${name}`, month: '2026-10', device: id, reason: 'unavailable' },
      ]);
      assert.deepEqual(content, await withoutOctober());
      const { unread, waiting } = await shared.reader.sync(shared.folder);
      assert.deepEqual(unread, [{ file: `${id}/${name}`, reason: 'unavailable' }]);
      assert.equal(waiting, 1);
    }
  });

  it('is neither missing nor written again where it is this device’s own, as it was written', async () => {
    const { folder, writer, written, reader } = await share();
    for (const placeholder of placeholders) {
      const name = placeholder(octobersFile);
      await rename(path.join(written, octobersFile), path.join(written, name));
      const before = await filesBelow(folder);
      const report = await writer.sync(folder);
      assert.deepEqual([report.unread, report.written, report.removed], [[], 0, 0]);
      assert.deepEqual(await filesBelow(folder), before);
      await rename(path.join(written, name), path.join(written, octobersFile));
    }
    // What it does not remember it writes.
    const name = `.${octobersFile}.icloud`;
    await rename(path.join(written, octobersFile), path.join(written, name));
    await rm(path.join(writer.storage, 'sync-state.json'));
    assert.equal((await writer.sync(folder)).written, 1);
    await rm(path.join(written, name));
    // And what has changed since.
    await rename(path.join(written, octobersFile), path.join(written, name));
    await writer.record(minuteRecord(1, Math.floor((nowMs - 40 * dayMs) / 60_000) + 1));
    assert.equal((await writer.sync(folder)).written, 1);
    await rm(path.join(written, name));
    // It goes when it is known what it held, and nothing of the month is left.
    await reader.sync(folder);
    await reader.record(sessionRecord(5, nowMs, nowMs + 1));
    await reader.sync(folder);
    await writer.sync(folder);
    await rename(path.join(written, octobersFile), path.join(written, name));
    await writer.record({ type: 'tombstone', id: testId(1), deletedMs: nowMs });
    await writer.sync(folder);
    assert.deepEqual((await readdir(written)).sort(), ['2026-11.age', 'tombstones.age']);
    // Else it stays: it may hold what a vault that was put back has lost.
    await writeFile(path.join(written, '.2026-09.age.icloud'), 'bplist00');
    await writer.sync(folder);
    assert.ok((await readdir(written)).includes('.2026-09.age.icloud'));
  });

  it('is not removed by the device that it is of where the vault was put back and it is torn', async () => {
    const { folder, writer, written } = await share();
    const bytes = await readFile(path.join(written, octobersFile));
    await writeFile(path.join(written, octobersFile), bytes.subarray(0, bytes.length >> 1));
    await rm(path.join(writer.storage, 'sync-state.json'));
    await rm(path.join(writer.vault.folder, 'segments'), { recursive: true });
    const { unread } = await writer.sync(folder);
    assert.deepEqual(
      unread.map(({ reason }) => reason),
      ['torn'],
    );
    await writeFile(path.join(written, octobersFile), bytes);
    await writer.sync(folder);
    assert.deepEqual(await writer.content(), await all());
  });

  it('is named where it lies deeper than anybody looks', async () => {
    const { folder, home, writer, written } = await share();
    const inner = path.join(home, 'a/b/c/d/e');
    await mkdir(inner, { recursive: true });
    await copyFile(path.join(written, octobersFile), path.join(inner, octobersFile));
    const { unread } = await writer.sync(folder);
    assert.deepEqual(unread, [{ file: 'a/b/c/d', reason: 'unavailable' }]);
    const report = await writer.erase({ sync: { folder, device: await writer.id() } });
    assert.equal(report.isComplete, false);
    assert.ok(report.unreached.some(({ name }) => name === path.join(home, 'a/b/c/d')));
  });

  it('is missing where a device has written its keys and no month is here', async () => {
    const shared = await share();
    const other = 'f'.repeat(32);
    await mkdir(path.join(shared.home, other));
    await writeFile(path.join(shared.home, other, 'millrace-00000000-keys.json'), '{}');
    const expected = { file: `${other}/`, month: null, device: other, reason: 'unavailable' };
    const { missing, content } = await bringBack(shared, false);
    assert.deepEqual(missing, [expected]);
    assert.deepEqual(content, await all());
    // An empty folder is that of a device that has left.
    await rm(path.join(shared.home, other, 'millrace-00000000-keys.json'));
    assert.deepEqual((await bringBack(shared, true)).missing, []);
  });

  it('is not missing where a month is in another device’s file alone', async () => {
    const shared = await share();
    const other = await device([sessionRecord(3, nowMs - 70 * dayMs, nowMs - 70 * dayMs + 1)]);
    await other.sync(shared.folder);
    const { missing } = await bringBack(shared, false);
    assert.deepEqual(missing, []);
  });

  it('refuses where nothing at all can be read', async () => {
    const shared = await share();
    for (const name of await readdir(shared.written)) {
      await rename(path.join(shared.written, name), path.join(shared.written, `.${name}.icloud`));
    }
    await assert.rejects(
      transfer(shared.reader.vault, 'mergeBackup', { from: shared.folder, key: present }),
      (error) => TransferError.is(error, 'unreachable'),
    );
  });

  async function bringBack(
    { folder, reader }: Shared,
    isMerge: boolean,
  ): Promise<{
    readonly missing: JobResult<'mergeBackup'>['missing'];
    readonly content: ContentDigest;
  }> {
    const { vault } = reader;
    if (isMerge) {
      const { missing } = await transfer(vault, 'mergeBackup', { from: folder, key: present });
      return { missing, content: await reader.content() };
    }
    const file = await readVaultFile(vault.folder);
    assert.ok(file);
    const storage = await folders.make();
    const restored = await transfer(
      vault,
      'restoreAsNew',
      {
        from: folder,
        key: { kind: 'recoveryKey', text: formatRecoveryKit(file, vault.keyring()) },
        storage,
        protector: { kind: 'keyFile', key: new Uint8Array(32).fill(7) },
        vault: file.vault,
      },
      { folder: path.join(storage, 'vault'), keyring: [] },
    );
    const content = await contentOf(restored.folder, vault.keyring());
    return { missing: restored.missing, content };
  }

  it('of a backup is listed and restored like it, and what stands for one is told as that', async () => {
    const one = await device([...october, ...november]);
    const made = await folders.make();
    const { file } = await transfer(one.vault, 'backUp', { folder: made });
    const backups = await folders.make();
    const names = toolNames.map(({ rename: renamed }) => renamed(file));
    for (const name of names) {
      await copyFile(path.join(made, file), path.join(backups, name));
    }
    await copyFile(path.join(made, file), path.join(backups, 'november'));
    const away = placeholders.map((placeholder) => placeholder(file));
    for (const name of away) {
      await writeFile(path.join(backups, name), 'bplist00');
    }
    await symlink(path.join(made, file), path.join(backups, 'elsewhere.age'));
    await writeFile(path.join(backups, `${file}.md5`), 'no age file');
    const listed = await transfer(one.vault, 'listBackups', { folder: backups, key: present });
    assert.deepEqual(
      Object.fromEntries(
        listed.map((each) => [each.file, each.file === 'november' ? null : each.failure]),
      ),
      {
        november: null,
        ...Object.fromEntries(names.map((name) => [name, null])),
        ...Object.fromEntries(away.map((name) => [name, 'unreachable'])),
        'elsewhere.age': 'linkedOutside',
      },
    );
    const undated = listed.filter(({ createdMs }) => createdMs !== nowMs).map((each) => each.file);
    assert.deepEqual(undated.sort(), ['elsewhere.age', 'november']);
    const reader = await device();
    for (const name of [...names, 'november']) {
      const from = path.join(backups, name);
      const { doubt } = await transfer(reader.vault, 'mergeBackup', { from, key: present });
      assert.equal(doubt, undefined, name);
      assert.deepEqual(await reader.content(), await all());
    }
    for (const name of [...away, file]) {
      await assert.rejects(
        transfer(reader.vault, 'mergeBackup', { from: path.join(backups, name), key: present }),
        (error) => TransferError.is(error, 'unreachable') && error.message.includes('sync tool'),
      );
    }
  });

  describe('erasing', () => {
    const wanted = { ids: [testId(1), testId(2)], bytes: {} };

    it('leaves nothing in a folder of backups, whatever a tool made of them', async () => {
      const one = await device([...october, ...november]);
      const backups = await folders.make();
      const { file } = await transfer(one.vault, 'backUp', { folder: backups });
      const inner = path.join(backups, 'older', 'archive');
      await mkdir(inner, { recursive: true });
      await mkdir(path.join(backups, '.stversions'));
      for (const { rename: renamed } of toolNames) {
        await copyFile(path.join(backups, file), path.join(backups, renamed(file)));
        await copyFile(path.join(backups, file), path.join(inner, renamed('november.age')));
      }
      await copyFile(path.join(backups, file), path.join(backups, 'november'));
      const version = file.replace('.age', '~20261101-101010.age');
      await copyFile(path.join(backups, file), path.join(backups, '.stversions', version));
      const before = await searchEverywhere([backups], one.vault.keyring(), wanted);
      assert.ok(before.found.length > 2 * toolNames.length);

      const report = await one.erase({ backupFolders: [backups] });
      const { found } = await searchEverywhere([backups], one.vault.keyring(), wanted);
      assert.deepEqual(found, []);
      assert.ok(report.isComplete, JSON.stringify(report.unreached));
    });

    it('leaves nothing in a sync folder but what another device wrote', async () => {
      const shared = await share();
      const { folder, home, writer, written, reader } = shared;
      await reader.sync(folder);
      const id = path.basename(written);
      const other = await reader.id();
      for (const tool of ofFolders) {
        const copied = path.join(folder, tool.rename('millrace-00000000'), other);
        await cp(written, path.join(home, tool.rename(id)), { recursive: true });
        await cp(path.join(home, other), copied, { recursive: true });
      }
      for (const { rename: renamed } of toolNames) {
        await copyFile(path.join(written, octobersFile), path.join(written, renamed(octobersFile)));
      }
      await mkdir(path.join(folder, '.stversions', 'millrace-00000000', id), { recursive: true });
      await copyFile(
        path.join(written, octobersFile),
        path.join(folder, '.stversions', 'millrace-00000000', id, '2026-10~20261101-101010.age'),
      );
      await copyFile(path.join(written, octobersFile), path.join(folder, '2026-10 (1).age'));
      await writeFile(path.join(written, '2026-09.age.part'), '');

      const report = await writer.erase({ sync: { folder, device: await writer.id() } });
      const { found } = await searchEverywhere([folder], writer.vault.keyring(), wanted);
      const others = path.join('millrace-00000000', other, path.sep);
      assert.ok(
        found.length > 0 && found.every((each) => each.startsWith(others)),
        found.join('\n'),
      );
      assert.ok(report.isComplete, JSON.stringify(report.unreached));
      assert.ok(report.unreached.some(({ place }) => place === 'otherDevice'));
      await reader.sync(folder);
      await writer.sync(folder);
      assert.deepEqual((await writer.content()).counts['sessions'], 0);
    });

    it('names what it can not reach, and is not done', async () => {
      const one = await device(october);
      const made = await folders.make();
      const { file } = await transfer(one.vault, 'backUp', { folder: made });
      const bytes = await readFile(path.join(made, file));
      const vaultCopy = path.join(await folders.make(), 'vault');
      await cp(one.vault.folder, vaultCopy, { recursive: true });
      const cases: Readonly<Record<string, (backups: string) => Promise<string>>> = {
        ...Object.fromEntries(
          placeholders.map((placeholder) => [
            placeholder(file),
            async (backups: string) => {
              await writeFile(path.join(backups, placeholder(file)), 'bplist00');
              return placeholder(file);
            },
          ]),
        ),
        'a backup that is away, by its manifest': async (backups) => {
          const manifest = file.replace('.age', '.json');
          await copyFile(path.join(made, manifest), path.join(backups, manifest));
          return file;
        },
        'a folder deeper than it looks': async (backups) => {
          const inner = path.join(backups, 'millrace-00000000 (1)', 'a/b/c/d/e');
          await mkdir(inner, { recursive: true });
          await writeFile(path.join(inner, octobersFile), bytes);
          return 'd';
        },
        'a copy of the vault': async (backups) => {
          await cp(vaultCopy, path.join(backups, 'vault copy'), { recursive: true });
          return 'vault copy';
        },
        'a sync folder that is not named': async (backups) => {
          const inner = path.join(backups, 'millrace-00000000 (1)', 'f'.repeat(32));
          await mkdir(inner, { recursive: true });
          await writeFile(path.join(inner, octobersFile), bytes);
          return octobersFile;
        },
        'a month of which the beginning is missing': async (backups) => {
          await writeFile(path.join(backups, '2026-10.age.part'), bytes.subarray(200));
          return '2026-10.age.part';
        },
        'a link to a folder elsewhere': async (backups) => {
          await symlink(made, path.join(backups, 'older'), 'dir');
          return 'older';
        },
        'a link to a file elsewhere': async (backups) => {
          await symlink(path.join(made, file), path.join(backups, 'copy.age'));
          return 'copy.age';
        },
        'a link to nothing': async (backups) => {
          await symlink(path.join(made, 'gone.age'), path.join(backups, 'copy.age'));
          return 'copy.age';
        },
      };
      for (const [title, prepare] of Object.entries(cases)) {
        const backups = await folders.make();
        const name = await prepare(backups);
        const report = await one.erase({ backupFolders: [backups] });
        assert.equal(report.isComplete, false, title);
        assert.equal(path.basename(report.unreached[0]?.name ?? ''), name, title);
      }
      assert.deepEqual(await readFile(path.join(made, file)), bytes, 'a link was followed');
      // What is erased elsewhere in the same run is no reason.
      const backups = await folders.make();
      await symlink(made, path.join(backups, 'older'), 'dir');
      const both = await one.erase({ backupFolders: [backups, made] });
      assert.ok(both.isComplete, JSON.stringify(both.unreached));
      assert.notDeepEqual(await readFile(path.join(made, file)).catch(() => undefined), bytes);
    });

    it('has nothing to do with files of somebody else', async () => {
      const one = await device(october);
      const other = await TestVault.create(nowMs);
      try {
        const backups = await folders.make();
        const { file } = await transfer(other, 'backUp', { folder: backups });
        await rename(path.join(backups, file), path.join(backups, 'somebody.age'));
        // Here both vaults have the same id, by which a manifest is known.
        await rm(path.join(backups, file.replace('.age', '.json')));
        await writeFile(path.join(backups, 'millrace-ffffffff-20261121T183015Z.age'), 'torn');
        await writeFile(path.join(backups, 'notes.txt'), 'age');
        const before = await readdir(backups);
        const report = await one.erase({ backupFolders: [backups] });
        assert.ok(report.isComplete, JSON.stringify(report.unreached));
        assert.deepEqual(await readdir(backups), before);
      } finally {
        await other.release();
      }
    });

    it('takes copies in the vault’s own folder as well', async () => {
      const one = await device(october);
      const segments = path.join(one.vault.folder, 'segments');
      const [segment = ''] = (await readdir(segments)).filter((name) => name.endsWith('.seg'));
      for (const { rename: renamed } of toolNames) {
        await copyFile(path.join(segments, segment), path.join(segments, renamed(segment)));
      }
      const report = await one.erase({});
      const { found } = await searchEverywhere([one.vault.folder], one.vault.keyring(), wanted);
      assert.deepEqual(found, []);
      assert.ok(report.isComplete, JSON.stringify(report.unreached));
    });
  });

  describe('links', () => {
    it('within the folder are followed, and out of it are named and left', async () => {
      const shared = await share();
      const { folder, home, written, reader } = shared;
      const outside = await folders.make();
      const id = path.basename(written);
      const cases: Readonly<Record<string, { link: string; to: string; file: string }>> = {
        'a file': {
          link: path.join(written, '2026-08.age'),
          to: 'file',
          file: `${id}/2026-08.age`,
        },
        'a folder': { link: path.join(home, 'e'.repeat(32)), to: '', file: `${'e'.repeat(32)}/` },
        'a copied home': {
          link: path.join(folder, 'millrace-00000000 2'),
          to: '',
          file: 'millrace-00000000 2/',
        },
      };
      for (const [title, { link, to, file }] of Object.entries(cases)) {
        for (const isOut of [true, false]) {
          const target = isOut ? outside : path.join(folder, 'elsewhere');
          await mkdir(path.join(target, 'd'.repeat(32)), { recursive: true });
          await copyFile(path.join(written, octobersFile), path.join(target, 'file'));
          await copyFile(
            path.join(written, octobersFile),
            path.join(target, 'd'.repeat(32), 'x.age'),
          );
          await symlink(path.join(target, to), link);
          const before = await filesBelow(target);
          const { unread } = await reader.sync(folder);
          assert.deepEqual(
            unread,
            isOut ? [{ file, reason: 'linkedOutside' }] : [],
            `${title}, ${isOut ? 'out' : 'in'}`,
          );
          const device = await reader.id();
          const report = await transfer(reader.vault, 'planErase', {
            selection: everything,
            backupFolders: [],
            sync: { folder, device },
            storage: null,
          });
          const told = report.unreached.some(({ reason }) => reason === 'linkedOutside');
          assert.equal(told, isOut, title);
          assert.deepEqual(await filesBelow(target), before);
          await readlink(link);
          await rm(link);
          await rm(target, { recursive: true });
        }
      }
    });

    it('that lead out are never written through, nor overwritten', async () => {
      const shared = await share();
      const { folder, home, writer, written } = shared;
      const outside = await folders.make();
      await cp(home, path.join(outside, 'home'), { recursive: true });
      const before = await bytesBelow(outside);
      for (const inner of [home, written]) {
        const kept = path.join(await folders.make(), 'kept');
        await rename(inner, kept);
        await symlink(path.join(outside, 'home'), inner, 'dir');
        await assert.rejects(
          writer.sync(folder),
          (error) => TransferError.is(error, 'linkedOutside') && error.file === inner,
        );
        const report = await writer.erase({ sync: { folder, device: await writer.id() } });
        assert.equal(report.isComplete, false);
        const left = await transfer(writer.vault, 'leaveSync', { folder, storage: writer.storage });
        assert.equal(left.links?.length, 1);
        assert.deepEqual(await bytesBelow(outside), before);
        await rm(inner);
        await rename(kept, inner);
      }
    });

    it('in the place of a month are replaced by the month', async () => {
      const { folder, writer, written } = await share();
      const outside = await folders.make();
      const month = path.join(written, octobersFile);
      const targets = [path.join(outside, octobersFile), path.join(folder, 'kept.age')];
      for (const [index, target] of targets.entries()) {
        await copyFile(month, target);
        const before = await readFile(target);
        await rm(month);
        await symlink(target, month);
        // A deletion makes it overwrite what it replaces.
        await writer.record(
          { type: 'tombstone', id: testId(7 + index), deletedMs: nowMs },
          minuteRecord(1, Math.floor((nowMs - 40 * dayMs) / 60_000) + 1 + index),
        );
        await writer.sync(folder);
        assert.deepEqual(await readFile(target), before);
        assert.ok((await lstat(month)).isFile());
      }
    });

    it('in a circle end', async () => {
      const shared = await share();
      await symlink(shared.home, path.join(shared.written, 'around'), 'dir');
      await symlink(shared.folder, path.join(shared.home, 'up'), 'dir');
      const { unread } = await shared.reader.sync(shared.folder);
      assert.deepEqual(unread, []);
      assert.deepEqual(await shared.reader.content(), await all());
    });
  });

  it('goes with a device that leaves', async () => {
    const shared = await share();
    const { folder, home, writer, written } = shared;
    const id = path.basename(written);
    for (const tool of ofFolders) {
      const copied = path.join(folder, tool.rename('millrace-00000000'), id);
      await cp(written, path.join(home, tool.rename(id)), { recursive: true });
      await cp(written, copied, { recursive: true });
    }
    for (const { rename: renamed } of toolNames) {
      await copyFile(path.join(written, octobersFile), path.join(written, renamed(octobersFile)));
    }
    const left = await transfer(writer.vault, 'leaveSync', { folder, storage: writer.storage });
    assert.equal(left.othersRemain, false);
    assert.deepEqual(await readdir(folder), []);
  });
});

/** A vault with a storage folder of its own. */
class Device {
  readonly vault: TestVault;
  readonly storage: string;

  constructor(vault: TestVault, storage: string) {
    this.vault = vault;
    this.storage = storage;
  }

  async record(...records: readonly VaultRecord[]): Promise<void> {
    if (records.length > 0) {
      await this.vault.record(...records);
    }
  }

  sync(folder: string): Promise<Synced> {
    return transfer(this.vault, 'sync', { folder, storage: this.storage });
  }

  content(): Promise<ContentDigest> {
    return contentOf(this.vault.folder, this.vault.keyring());
  }

  id(): Promise<string> {
    return deviceId(this.storage);
  }

  async erase(
    places: Partial<{ backupFolders: string[]; sync: { folder: string; device: string } }>,
  ): Promise<JobResult<'erase'>> {
    const asked = {
      selection: everything,
      backupFolders: [],
      sync: null,
      storage: null,
      ...places,
    };
    const { ids } = await transfer(this.vault, 'planErase', asked);
    return transfer(this.vault, 'erase', { ...asked, ids });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function bytesBelow(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await filesBelow(folder)) {
    found.set(name, (await readFile(path.join(folder, name))).toString('base64'));
  }
  return found;
}
