import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { parseVaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { bundleChild } from '../../support/childBundle.ts';
import { openKeyring, readSegments, temporaryFolder } from '../../support/vaultTools.ts';
import { pause, waitFor } from '../../support/waitFor.ts';

const session = (index: number): string => index.toString(16).padStart(32, '0');

describe('vault in several processes', function () {
  this.timeout(120_000);
  let child: { readonly file: string; readonly remove: () => Promise<void> };
  let root: string;
  let folder: string;
  let remove: () => Promise<void>;
  const running = new Set<ChildProcess>();

  before(async () => {
    child = await bundleChild('test/support/vaultWriterProcess.ts');
  });
  after(() => child.remove());
  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    folder = path.join(root, 'vault');
  });
  afterEach(async () => {
    for (const process of running) {
      process.kill('SIGKILL');
    }
    await remove();
  });

  const ackFile = (writer: number): string => path.join(root, `acks-${writer}`);
  const arguments_ = (writer: number, first: number, count?: number): string[] => [
    child.file,
    folder,
    path.join(root, 'keys'),
    ackFile(writer),
    session(writer),
    `${first}`,
    ...(count === undefined ? [] : [`${count}`]),
  ];
  const run = (command: string, args: readonly string[], options = {}): ChildProcess => {
    const started = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
    running.add(started);
    started.once('exit', () => running.delete(started));
    return started;
  };
  const exit = (process: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => {
      process.once('exit', (code) => {
        resolve(code);
      });
    });
  const acknowledged = async (writer: number): Promise<number[]> => {
    const text = await readFile(ackFile(writer), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
  };
  const keys = (): KeyFileProtector[] => [new KeyFileProtector(path.join(root, 'keys'))];
  /** `writer:index` of every minute in the folder. */
  const stored = async (): Promise<Set<string>> => {
    const { records, readings } = await readSegments(folder, await openKeyring(folder, keys()));
    assert.ok(
      readings.every(({ damage }) => damage === undefined),
      'a killed writer leaves no damage',
    );
    return new Set(
      records.flatMap((record) =>
        record.type === 'minute'
          ? [`${parseInt(record.session, 16)}:${record.sample.minute - 29_000_000}`]
          : [],
      ),
    );
  };
  const assertNothingLost = async (writers: readonly number[]): Promise<number> => {
    const there = await stored();
    let count = 0;
    for (const writer of writers) {
      for (const index of await acknowledged(writer)) {
        assert.ok(there.has(`${writer}:${index}`), `minute ${index} of writer ${writer} is lost`);
        count += 1;
      }
    }
    return count;
  };

  it('ends with one vault when several first runs meet', async () => {
    for (let round = 0; round < 4; round++) {
      folder = path.join(root, `vault-${round}`);
      const writers = [0, 1, 2, 3].map((index) => round * 4 + index);
      const codes = await Promise.all(
        writers.map((writer) => exit(run(process.execPath, arguments_(writer, 0, 3)))),
      );
      assert.deepEqual(codes, [0, 0, 0, 0]);
      assert.equal(await assertNothingLost(writers), 12);
      const { protectors, vault } = parseVaultFile(await readFile(path.join(folder, 'vault.json')));
      assert.equal(protectors.length, 1);
      const keyFiles = await readdir(path.join(root, 'keys'));
      assert.equal(keyFiles.length, 3 * (round + 1), 'the losers took their keys away');
      assert.ok(keyFiles.includes(`${vault}.key`));
      assert.ok(keyFiles.includes(`${vault}.device`));
      assert.equal(keyFiles.filter((name) => name.endsWith('.pin')).length, round + 1);
      assert.deepEqual((await readdir(folder)).sort(), ['segments', 'vault.json']);
    }
  });

  it('loses nothing that was acknowledged to kill -9', async () => {
    const writers = [0, 1];
    const next = new Map<number, number>();
    for (let kill = 0; kill < 10; kill++) {
      const processes = writers.map((writer) =>
        run(process.execPath, arguments_(writer, next.get(writer) ?? 0)),
      );
      const before = (await Promise.all(writers.map(acknowledged))).map(({ length }) => length);
      await waitFor(
        'both writers to write',
        async () => {
          const now = await Promise.all(writers.map(acknowledged));
          return now.every(({ length }, index) => length > (before[index] ?? 0));
        },
        { everyMs: 10 },
      );
      await pause(Math.random() * 60);
      const ended = processes.map(exit);
      for (const process of processes) {
        process.kill('SIGKILL');
      }
      await Promise.all(ended);
      for (const writer of writers) {
        next.set(writer, ((await acknowledged(writer)).at(-1) ?? -1) + 1);
      }
    }
    assert.ok((await assertNothingLost(writers)) >= 20);
  });

  it('keeps what it acknowledged when files can grow no further, and goes on in others', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    // As on a full disk, a write ends half-way; here with EFBIG, at 4 KiB (`ulimit -f` counts 1024 bytes).
    const script = `trap '' XFSZ; ulimit -f 4; exec "$0" "$@"`;
    const process_ = run('bash', ['-c', script, process.execPath, ...arguments_(0, 0, 300)]);
    assert.equal(await exit(process_), 0);
    assert.equal((await acknowledged(0)).length, 300);
    const { readings } = await readSegments(folder, await openKeyring(folder, keys()));
    assert.ok(readings.filter(({ end }) => end === 'torn').length >= 3);
    assert.equal(await assertNothingLost([0]), 300);
  });

  it('waits with what it has while the folder is read-only', async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      this.skip();
    }
    // Root may write anywhere, so the writer runs as nobody.
    const nobody = 65_534;
    await chmod(root, 0o777);
    await chmod(path.dirname(child.file), 0o755);
    const writer = run(process.execPath, arguments_(0, 0, 40), { uid: nobody, gid: nobody });
    const ended = exit(writer);
    await waitFor('the first records', async () => (await acknowledged(0)).length > 0, {
      everyMs: 5,
    });
    assert.equal(await ended, 0);
    await chmod(path.join(folder, 'segments'), 0o500);
    const second = run(process.execPath, arguments_(1, 0, 5), { uid: nobody, gid: nobody });
    const secondEnded = exit(second);
    await pause(800);
    assert.deepEqual(await acknowledged(1), []);
    await chmod(path.join(folder, 'segments'), 0o700);
    assert.equal(await secondEnded, 0);
    await mkdir(path.join(root, 'keys'), { recursive: true });
    await chown(path.join(root, 'keys'), 0, 0);
    assert.equal(await assertNothingLost([0, 1]), 45);
  });
});
