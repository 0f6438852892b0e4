import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createUndoing } from '../../src/focus/undoing.ts';
import { startWarden } from '../../src/focus/undo/warden.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { waitFor } from '../support/waitFor.ts';

const programs = path.join(import.meta.dirname, 'programs');
const cliFile = path.join(programs, 'unblockCli.mjs');
const hosts = '/etc/hosts';

describe('the death of the editor in the middle of a session', () => {
  let storage: string;
  let before: Buffer;
  const windows: ChildProcessWithoutNullStreams[] = [];

  beforeEach(() => {
    storage = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'death-'));
    before = readFileSync(hosts);
  });

  afterEach(async () => {
    await Promise.all(windows.splice(0).map(kill));
    spawnSync(process.execPath, [cliFile, 'unblock', '--storage', storage]);
    // The warden ends by itself once nothing is left.
    await waitFor('the warden to end', () => !isWardenThere());
    rmSync(storage, { recursive: true });
  });

  async function open(what: 'start' | 'look'): Promise<ChildProcessWithoutNullStreams> {
    const window = spawn(process.execPath, [
      path.join(programs, 'editorWindow.mjs'),
      storage,
      what,
    ]);
    windows.push(window);
    let output = '';
    window.stdout.on('data', (data: Buffer) => (output += data.toString()));
    window.stderr.on('data', (data: Buffer) => process.stderr.write(data));
    await waitFor('the window', () => output.includes('ready'));
    if (what === 'start') {
      // It was started with the block. One that is only about to begin would write to the folder after the test.
      await waitFor('the warden to begin', isWardenThere);
    }
    return window;
  }
  const isWardenThere = (): boolean => existsSync(path.join(storage, 'restore/warden'));
  const isBlocked = (): boolean => readFileSync(hosts, 'utf8').includes('0.0.0.0 distraction.test');
  const kill = async (window: ChildProcessWithoutNullStreams): Promise<void> => {
    window.kill('SIGKILL');
    await waitFor('its death', () => window.signalCode === 'SIGKILL');
  };
  const journals = (): string[] =>
    readdirSync(path.join(storage, 'restore')).filter((name) => name.endsWith('.json'));
  const assertRestored = (): void => {
    assert.deepEqual(readFileSync(hosts), before);
    assert.deepEqual(journals(), []);
  };
  /** Another process undoes the block, and deletes the journal when it has looked at the file again. */
  const restoring = async (): Promise<void> => {
    await waitFor('the journal to go', () => journals().length === 0);
    assertRestored();
  };

  it('is put right by the command line, with no editor', async () => {
    const window = await open('start');
    assert.ok(isBlocked());
    await kill(window);
    assert.ok(isBlocked());
    const { status, stdout } = spawnSync(
      process.execPath,
      [cliFile, 'unblock', '--storage', storage],
      { encoding: 'utf8' },
    );
    assert.deepEqual([status, stdout], [0, 'Restored the hosts file.\n']);
    assertRestored();
    const again = spawnSync(process.execPath, [cliFile, 'unblock', '--storage', storage], {
      encoding: 'utf8',
    });
    assert.deepEqual([again.status, again.stdout], [0, 'Nothing was blocked.\n']);
  });

  it('is put right by the command line while another window goes on, which does not block again', async () => {
    await open('start');
    const { status } = spawnSync(process.execPath, [cliFile, 'unblock', '--storage', storage]);
    assert.equal(status, 0);
    assertRestored();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assertRestored();
  });

  it('leaves the session to the next window, which ends it and the block', async () => {
    await kill(await open('start'));
    const next = await open('look');
    assert.ok(isBlocked(), 'the session still runs');
    next.stdin.write('end\n');
    await restoring();
  });

  it('is put right at the next start when the session is long over', async () => {
    await kill(await open('start'));
    const file = path.join(storage, 'focus.json');
    // As if the machine had been off since yesterday.
    const aged = readFileSync(file, 'utf8').replace(/\d{13}/g, (ms) =>
      String(Number(ms) - 86_400_000),
    );
    writeFileSync(file, aged);
    await open('look');
    await restoring();
  });

  it('is put right by the deadline, by the warden alone', async () => {
    const undoing = createUndoing({ storageFolder: storage, log: new MemoryLog() });
    // A session that runs, so that only the deadline can be the reason.
    await kill(await open('start'));
    // Whoever is held up until the deadline finds it lifted already, and blocks once more.
    await waitFor('a block that is seen', async () => {
      await undoing.hosts.block({ sites: ['distraction.test'], deadlineMs: Date.now() + 4_000 });
      return isBlocked();
    });
    await startWarden({ storageFolder: storage, cliFile, log: new MemoryLog() });
    await restoring();
  });

  it('says what it cannot undo', () => {
    writeFileSync(hosts, `${before.toString()}# BEGIN Millrace 12345678 until=1 newline=kept\n`);
    const { status, stderr } = spawnSync(
      process.execPath,
      [cliFile, 'unblock', '--storage', storage],
      { encoding: 'utf8' },
    );
    writeFileSync(hosts, before);
    assert.equal(status, 1);
    assert.match(stderr, /Could not restore the hosts file: .*by hand/);
    assert.equal(spawnSync(process.execPath, [cliFile, 'unblock', '--nonsense']).status, 2);
  });
});
