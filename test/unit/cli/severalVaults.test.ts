import assert from 'node:assert/strict';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import type { CommandIo } from '../../../src/cli/command.ts';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { exportCommand } from '../../../src/cli/commands/exportCommands.ts';
import { purgeCommand } from '../../../src/cli/commands/purgeCommand.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { syncCommand } from '../../../src/cli/commands/syncCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';

const exportSchema = v.looseObject({ sessions: v.array(v.unknown()) });

describe('several vaults on one command line', function () {
  this.timeout(120_000);
  let parent: string;
  let clock: ManualClock;

  beforeEach(async () => {
    parent = await realpath(await mkdtemp(path.join(tmpdir(), 'millrace-several-')));
    clock = new ManualClock(Date.UTC(2026, 10, 18, 15, 30));
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const at = (...names: readonly string[]): string => path.join(parent, ...names);

  async function run(work: (io: CommandIo) => Promise<number>): Promise<CommandOutcome> {
    const outcome = await runInProcess(work);
    clock.advance(60_000);
    return outcome;
  }

  async function good(outcome: Promise<CommandOutcome>): Promise<string> {
    const { code, output, errors } = await outcome;
    assert.equal(code, 0, errors);
    return output;
  }

  const demo = (storage: string, seed: number): Promise<CommandOutcome> =>
    run(async (io) => {
      const args = ['--storage', storage, '--days', '3', '--seed', String(seed)];
      return demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock });
    });
  const place = (): { wasmPath: string; clock: ManualClock } => ({ wasmPath, clock });
  const restore = (...args: readonly string[]): Promise<CommandOutcome> =>
    run((io) => restoreCommand.run(args, io, place()));
  const purge = (...args: readonly string[]): Promise<CommandOutcome> =>
    run((io) => purgeCommand.run(args, io, place()));
  const sync = (...args: readonly string[]): Promise<CommandOutcome> =>
    run((io) => syncCommand.run(args, io, place()));
  const info = (storage: string): Promise<CommandOutcome> =>
    run((io) => vaultCommand.run(['info', '--storage', storage], io, place()));

  async function idOf(storage: string): Promise<string> {
    return /^vault +([0-9a-f]{32})$/m.exec(await good(info(storage)))?.[1] ?? '';
  }

  /** @returns the backup's file */
  async function backUp(storage: string): Promise<string> {
    const folder = await mkdtemp(at('backups-'));
    await good(run((io) => backupCommand.run(['--storage', storage, '--to', folder], io, place())));
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.age'));
    return path.join(folder, file ?? '');
  }

  async function sessionsOf(storage: string): Promise<readonly unknown[]> {
    const target = at(`export-${clock.wallMs()}.json`);
    const args = ['--storage', storage, '--to', target, '--format', 'json'];
    const { signal } = new AbortController();
    await good(run((io) => exportCommand.run(args, io, { ...place(), signal })));
    return v.parse(exportSchema, JSON.parse(await readFile(target, 'utf8'))).sessions;
  }

  for (const [how, order, isLinked] of [
    ['by their folders', ['work', 'home'], false],
    ['in the other order', ['home', 'work'], false],
    ['by links to them', ['work', 'home'], true],
  ] as const) {
    it(`are restored, shown, synced, exported, purged and erased each for itself, ${how}`, async () => {
      const named = (name: string): string => (isLinked ? at('links', name) : at('p', name));
      await mkdir(at('links'));
      await mkdir(at('shared'));
      const ids = new Map<string, string>();
      const held = new Map<string, readonly unknown[]>();
      for (const [index, name] of ['work', 'home'].entries()) {
        await good(demo(at('p', name), index + 5));
        await symlink(at('p', name), at('links', name), 'dir');
        ids.set(name, await idOf(at('p', name)));
        held.set(name, await sessionsOf(at('p', name)));
      }
      const files = new Map<string, string>();
      for (const name of order) {
        files.set(name, await backUp(named(name)));
      }
      for (const round of [1, 2]) {
        for (const name of order) {
          await good(restore('--from', files.get(name) ?? '', '--storage', named(name)));
        }
        for (const name of order) {
          for (const each of [at('p', name), at('links', name), `${at('p', name)}/../${name}/`]) {
            assert.equal(await idOf(each), ids.get(name), `${each}, round ${round}`);
            assert.deepEqual(await sessionsOf(each), held.get(name));
          }
        }
      }
      for (const name of order) {
        await good(sync('--storage', named(name), '--folder', at('shared')));
        assert.match(
          await good(sync('--storage', named(name), '--folder', at('shared'))),
          /^0 files merged; 0 written/,
        );
      }
      assert.deepEqual(
        (await readdir(at('shared'))).sort(),
        [...ids.values()].map((id) => `millrace-${id.slice(0, 8)}`).sort(),
      );
      const [first, second] = order;
      const everything = ['--everything', '--confirm', 'erase everything'];
      const report = await good(purge('--storage', named(first), ...everything));
      assert.match(report, /^[1-9]\d* records erased/);
      assert.deepEqual(await sessionsOf(named(first)), []);
      assert.deepEqual(await sessionsOf(named(second)), held.get(second));
      assert.equal(await idOf(at('p', second)), ids.get(second));
      // It reached the vaults that were left as well, and none of the other's.
      await rm(at('p', 'vault-location.json'));
      assert.deepEqual(await sessionsOf(at('p', first)), []);
      assert.deepEqual(await sessionsOf(at('p', second)), held.get(second));
    });
  }

  it('do not come from looking at an old backup of one', async () => {
    const kit = at('kit.txt');
    const storage = at('m', 'vault');
    await good(demo(storage, 5));
    const old = await backUp(storage);
    const oldSessions = await sessionsOf(storage);
    const file = await readVaultFile(storage);
    assert.ok(file);
    const { identities } = await openWithProtectors(file, [new KeyFileProtector(at('m', 'keys'))]);
    await writeFile(kit, formatRecoveryKit(file, identities));
    await good(demo(at('m', 'more'), 6));
    await good(restore('--from', await backUp(storage), '--storage', storage));
    await good(restore('--from', await backUp(at('m', 'more')), '--storage', at('m', 'more')));
    // As new as it gets: something that the old backup does not have.
    const erased = [
      '--days',
      '2026-11-18..2026-11-18',
      '--confirm',
      'erase 2026-11-18..2026-11-18',
    ];
    await good(purge('--storage', storage, ...erased));
    const now = await sessionsOf(storage);
    assert.ok(now.length < oldSessions.length);
    await good(restore('--from', old, '--storage', at('m', 'look'), '--identity', kit));
    assert.deepEqual(await sessionsOf(at('m', 'look')), oldSessions);
    assert.deepEqual(await sessionsOf(storage), now);
    await good(
      purge('--storage', at('m', 'look'), '--everything', '--confirm', 'erase everything'),
    );
    assert.deepEqual(await sessionsOf(at('m', 'look')), []);
    assert.deepEqual(await sessionsOf(storage), now);
  });

  it('are not made where a restored one is', async () => {
    const storage = at('m', 'vault');
    await good(demo(storage, 5));
    await good(restore('--from', await backUp(storage), '--storage', storage));
    await rm(storage, { recursive: true });
    const again = await demo(storage, 6);
    assert.deepEqual([again.code, again.errors.includes('already holds a vault')], [2, true]);
    assert.equal((await sessionsOf(storage)).length > 0, true);
  });

  it('are refused with the file’s name and a remedy, where a file of their storage is empty', async () => {
    const storage = at('m', 'vault');
    await mkdir(at('shared'));
    await good(demo(storage, 5));
    const pointer = at('m', 'vault-location.json');
    const device = at('m', 'device.json');
    for (const bytes of ['', '\n', '{', '{"format":"millrace-device","version":1,"device":""}']) {
      await writeFile(pointer, bytes);
      for (const outcome of [
        await info(storage),
        await sync('--storage', storage, '--folder', at('shared')),
        await demo(at('m', 'new'), 6),
      ]) {
        assert.notEqual(outcome.code, 0);
        assert.match(outcome.errors, /vault-location\.json.*empty or damaged.*remove it/);
      }
      await rm(pointer);
      await writeFile(device, bytes);
      const synced = await sync('--storage', storage, '--folder', at('shared'));
      assert.deepEqual([synced.code, await readdir(at('shared'))], [1, []]);
      assert.match(synced.errors, /device\.json.*empty or damaged.*remove it/);
      assert.equal(await readFile(device, 'utf8'), bytes, 'nothing is put in its place');
      await rm(device);
    }
    await good(sync('--storage', storage, '--folder', at('shared')));
  });
});
