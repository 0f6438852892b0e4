import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';
import { blockMethods, blockWayFacts } from '../../../src/focus/sites/blockWayFacts.ts';
import {
  healLeftovers,
  restoreEverything,
  type HealReport,
} from '../../../src/focus/undo/healLeftovers.ts';
import { createUndoing, type Undoing } from '../../../src/focus/undoing.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

type Table = Readonly<Record<string, unknown>>;

const readTable = (file: string): Table =>
  JSON.parse(readFileSync(path.join(repositoryRoot, file), 'utf8')) as Table;

const owner = '0123abcd';
/** Entries of the journal as they stand on the disk, by their target: the format is frozen. */
const entries: Readonly<Record<string, (folder: string) => object>> = {
  hosts: (folder) => ({
    target: 'hosts',
    version: 1,
    deadlineMs: 1_700_000_000_000,
    owner,
    via: 'direct',
    file: path.join(folder, 'hosts'),
    temporaryName: `.millrace-${owner}.tmp`,
    original: Buffer.from('127.0.0.1 localhost\n').toString('base64'),
  }),
  gnomeProxy: () => ({
    target: 'gnomeProxy',
    version: 1,
    deadlineMs: 1_700_000_000_000,
    modeBefore: "'none'",
    urlBefore: "''",
    ourUrls: ['http://127.0.0.1:1/none-of-a-desktop/proxy.pac'],
  }),
  windowsProxy: () => ({
    target: 'windowsProxy',
    version: 1,
    deadlineMs: 1_700_000_000_000,
    ourUrls: ['http://127.0.0.1:1/none-of-a-desktop/proxy.pac'],
  }),
};

describe('every way of blocking', () => {
  const configuration = JSON.stringify(readTable('package.json')['contributes']);

  for (const way of blockMethods) {
    const { isOn, port, changesMachine, name, shortName } = blockWayFacts[way];

    it(`${way}: has its settings in package.json, and words in every language`, () => {
      for (const setting of port === undefined ? [isOn.name] : [isOn.name, port.name]) {
        assert.ok(configuration.includes(`"millrace.${setting}"`), setting);
        for (const words of ['package.nls.json', 'package.nls.de.json']) {
          assert.ok(`setting.${setting}` in readTable(words), `${words}: ${setting}`);
        }
      }
      const german = readTable('l10n/bundle.l10n.de.json');
      assert.ok(name in german, name);
      assert.ok(shortName in german, shortName);
    });

    it(`${way}: is undone where it changes the machine, and only there`, () => {
      const { restorers } = createUndoing({ storageFolder: '/nowhere', log: new MemoryLog() });
      assert.equal(
        restorers.some((restorer) => restorer.way === way),
        changesMachine,
      );
    });
  }

  describe('that changes the machine', () => {
    let folder: string;
    let undoing: Undoing;
    let targets: string[];

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'millrace-ways-'));
      const hostsFile = path.join(folder, 'hosts');
      writeFileSync(hostsFile, '127.0.0.1 localhost\n');
      undoing = createUndoing({
        storageFolder: folder,
        log: new MemoryLog(),
        hostsFile,
        environment: {},
        run: () => Promise.resolve({ code: 1, output: '' }),
      });
      targets = undoing.restorers.map(({ kind }) => kind.target).sort();
      mkdirSync(path.join(folder, 'restore'));
      for (const target of targets) {
        const entry = entries[target]?.(folder);
        assert.ok(entry !== undefined, `write down an entry of ${target} in this test`);
        writeFileSync(fileOf(target), `${JSON.stringify(entry)}\n`);
      }
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    const fileOf = (target: string): string => path.join(folder, 'restore', `${target}.json`);

    async function assertUndone(report: HealReport): Promise<void> {
      assert.deepEqual(report.failed, []);
      assert.deepEqual([...report.restored].sort(), targets);
      assert.deepEqual(await undoing.journal.all(), []);
      assert.ok(!targets.some((target) => existsSync(fileOf(target))));
    }

    it('stands in the journal', async () => {
      const all = await undoing.journal.all();
      assert.deepEqual(all.map(({ target }) => target).sort(), targets);
    });

    it('is undone by healing, once its time is over', async () => {
      await assertUndone(await healLeftovers(undoing, undefined, Date.now()));
    });

    it('is undone by "Restore Everything", whatever its time', async () => {
      await assertUndone(await restoreEverything(undoing, 1_600_000_000_000));
    });

    it('is undone by `millrace unblock`, which says so', async () => {
      const output = new PassThrough();
      const hosts = path.join(folder, 'hosts');
      const args = ['--storage', folder, '--hosts-file', hosts];
      assert.equal(
        await unblockCommand.run(args, { input: process.stdin, output: output, errors: output }),
        0,
      );
      output.end();
      const said = await text(output);
      for (const { label } of undoing.restorers) {
        assert.ok(said.includes(`Restored ${label}.\n`), said);
      }
      assert.deepEqual(await undoing.journal.all(), []);
    });
  });
});
