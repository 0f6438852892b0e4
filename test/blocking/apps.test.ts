import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pause, waitFor } from '../support/waitFor.ts';

const user = '65534';
const asUser = ['--reuid', user, '--regid', user, '--clear-groups'];
const guardian = path.join(import.meta.dirname, 'programs/appGuardian.mjs');

interface Told {
  readonly signal?: number;
  readonly how?: string;
  /** By the guardian's own clock: this process may hear of it late. */
  readonly atMs?: number;
  readonly warn?: string;
  readonly endsInMs?: number;
  readonly look?: number;
  readonly ready?: number;
  readonly child?: number;
}

describe('apps', () => {
  let folder: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'apps-'));
    chmodSync(folder, 0o755);
  });

  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        process.kill(-child.pid, 'SIGKILL');
        await ended;
      }
    }
    rmSync(folder, { recursive: true });
  });

  /** A copy of `sleep` under another name: a program whose executable has that name. */
  function program(name: string, source = '/usr/bin/sleep'): string {
    const file = path.join(folder, name);
    if (!existsSync(file)) {
      copyFileSync(source, file);
      chmodSync(file, 0o755);
    }
    return file;
  }

  /** Starts something as the ordinary user, in a group of its own. */
  function start(command: readonly string[], as = user): ChildProcess {
    const [first = '', ...rest] = command;
    const child = spawn(
      'setpriv',
      ['--reuid', as, '--regid', as, '--clear-groups', first, ...rest],
      { detached: true, stdio: 'ignore' },
    );
    started.push(child);
    return child;
  }

  function guard(
    apps: readonly { name: string; action: 'warn' | 'end' }[],
    { slow = false, child, through }: { slow?: boolean; child?: string; through?: string } = {},
  ): { told: Told[]; answer: () => void } {
    const node = [process.execPath, guardian, JSON.stringify(apps), slow ? 'slow' : 'quick'].concat(
      child ?? [],
    );
    const command = through === undefined ? node : [through, '-c', '"$@"; exit', 'sh', ...node];
    const process_ = spawn('setpriv', [...asUser, ...command], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    started.push(process_);
    const told: Told[] = [];
    createInterface({ input: process_.stdout }).on('line', (line) => {
      // The guardian's own lines.
      told.push(JSON.parse(line) as Told);
    });
    return {
      told,
      answer: () => process_.stdin.write('\n'),
    };
  }

  const isRunning = ({ pid }: ChildProcess): boolean => {
    try {
      return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  };
  const hasStarted = (child: ChildProcess, name: string): Promise<unknown> =>
    waitFor(`${name} to run`, () =>
      readFileSync(`/proc/${child.pid}/comm`, 'utf8').startsWith(name.slice(0, 15)),
    );
  const signals = (told: readonly Told[]): (number | undefined)[] => [
    ...new Set(told.map(({ signal }) => signal).filter((pid) => pid !== undefined)),
  ];

  it('warns first, and ends nothing without the opt-in', async () => {
    const victim = start([program('distractor'), '1000']);
    await hasStarted(victim, 'distractor');
    const { told } = guard([{ name: 'Distractor', action: 'warn' }]);
    await waitFor('the warning', () => told.some(({ warn }) => warn === 'distractor'));
    await pause(1_500);
    assert.equal(told.filter(({ warn }) => warn !== undefined).length, 1);
    assert.deepEqual(signals(told), []);
    assert.ok(isRunning(victim));
  });

  it('ends one that obeys TERM, after the warning, and no other of a thousand', async function () {
    this.timeout(120_000);
    const crowd = start([
      'sh',
      '-c',
      `for i in $(seq 1000); do ${program('bystander')} 1000 & done; wait`,
    ]);
    const victim = start([program('distractor'), '1000']);
    const others = [
      start([program('distractor2'), '1000']),
      start([program('adistractor'), '1000']),
      start([program('distractorlongn'), '1000']),
      start([program('bash'), '1000']),
      start([program('distractor'), '1000'], '12345'),
    ];
    const scriptFile = path.join(folder, 'scripts');
    writeFileSync(scriptFile, `#!/bin/sh\nsleep 1000; exit\n`, { mode: 0o755 });
    others.push(start([scriptFile]));
    const countCrowd = async (): Promise<number> => {
      const { LinuxProcesses } = await import('../../src/focus/apps/linuxProcesses.ts');
      const table = await new LinuxProcesses().list();
      return table.filter(({ name }) => name === 'bystander').length;
    };
    await waitFor('the crowd', async () => (await countCrowd()) === 1_000);
    await hasStarted(victim, 'distractor');
    const { told } = guard([
      { name: 'DISTRACTOR', action: 'end' },
      { name: 'distractorlongname', action: 'end' },
      { name: 'bash', action: 'end' },
      { name: 'scripts', action: 'end' },
      { name: 'dash', action: 'end' },
      { name: 'node', action: 'end' },
    ]);
    await waitFor('the end', () => !isRunning(victim));
    await pause(1_500);
    assert.deepEqual(signals(told), [victim.pid]);
    assert.ok(
      told.findIndex(({ warn }) => warn !== undefined) <
        told.findIndex(({ signal }) => signal !== undefined),
    );
    assert.ok(!told.some(({ how }) => how === 'end'), 'TERM was enough');
    assert.deepEqual(
      others.map(isRunning),
      others.map(() => true),
    );
    assert.equal(await countCrowd(), 1_000);
    assert.ok(isRunning(crowd));
  });

  it('ends one that ignores TERM by KILL, three seconds later', async () => {
    const victim = start(['env', '--ignore-signal=TERM', program('distractor'), '1000']);
    await hasStarted(victim, 'distractor');
    const { told } = guard([{ name: 'distractor', action: 'end' }]);
    await waitFor('the end', () => !isRunning(victim));
    const atMs = (sought: string): Promise<number> =>
      waitFor(`the signal to ${sought}`, () => told.find(({ how }) => how === sought)?.atMs);
    assert.ok((await atMs('end')) - (await atMs('ask')) > 2_900);
    assert.deepEqual(signals(told), [victim.pid]);
  });

  it('leaves its own children and its ancestors alone', async () => {
    const shell = program('ancestorapp', '/bin/dash');
    const { told } = guard(
      [
        { name: 'ancestorapp', action: 'end' },
        { name: 'distractor', action: 'end' },
      ],
      { child: program('distractor'), through: shell },
    );
    await waitFor('the guard', () => told.some(({ ready }) => ready !== undefined));
    const outside = start([program('distractor'), '1000']);
    await waitFor('the end of the one outside', () => !isRunning(outside));
    await pause(1_000);
    assert.deepEqual(signals(told), [outside.pid]);
    const child = told.find(({ ready }) => ready !== undefined)?.child;
    assert.ok(existsSync(`/proc/${child}`));
  });

  it('sends nothing to a process that has the number of the one it found', async () => {
    const victim = start([program('distractor'), '1000']);
    await hasStarted(victim, 'distractor');
    const { told, answer } = guard([{ name: 'distractor', action: 'end' }], { slow: true });
    await waitFor('the look', () => told.some(({ look }) => look === victim.pid));
    // Between the scan and the signal: the process ends, and another of the same name gets its number.
    assert.ok(victim.pid !== undefined);
    process.kill(victim.pid, 'SIGKILL');
    await waitFor('its end', () => !existsSync(`/proc/${victim.pid}`));
    let other: ChildProcess | undefined;
    await waitFor('the number to come again', () => {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(Number(victim.pid) - 1));
      const next = start([program('distractor'), '1000']);
      if (next.pid === victim.pid) {
        other = next;
        return true;
      }
      next.kill('SIGKILL');
      return false;
    });
    assert.ok(other !== undefined);
    await hasStarted(other, 'distractor');
    answer();
    await waitFor('the next look', () => told.filter(({ look }) => look === victim.pid).length > 1);
    assert.deepEqual(signals(told), []);
    assert.ok(isRunning(other));
  });

  it('does nothing at all as root', async () => {
    const victim = start([program('distractor'), '1000'], '0');
    await hasStarted(victim, 'distractor');
    const root = spawn(
      process.execPath,
      [guardian, JSON.stringify([{ name: 'distractor', action: 'end' }]), 'quick'],
      { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    started.push(root);
    let output = '';
    root.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    await waitFor('the guard', () => output.includes('ready'));
    await pause(1_500);
    assert.doesNotMatch(output, /warn|signal/);
    assert.ok(isRunning(victim));
  });
});
