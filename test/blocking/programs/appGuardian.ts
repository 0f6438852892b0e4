import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../src/base/clock.ts';
import { AppGuard } from '../../../src/focus/apps/appGuard.ts';
import type { AppChoice } from '../../../src/focus/session/focusState.ts';
import { LinuxProcesses } from '../../../src/focus/apps/linuxProcesses.ts';

/**
 * Guards against apps until it is killed, quickly, and tells on standard output what it does. With `slow`, asks
 * before each look at one process and waits for a line on standard input.
 * node appGuardian.mjs 'JSON of AppChoice[]' [slow] [CHILD-PROGRAM]
 */
const [apps = '[]', mode, childProgram] = process.argv.slice(2);
const tell = (what: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(what)}\n`);
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

class Told extends LinuxProcesses {
  override async look(pid: number): ReturnType<LinuxProcesses['look']> {
    if (mode === 'slow' && pid !== process.pid) {
      tell({ look: pid });
      await lines.next();
    }
    return super.look(pid);
  }

  override signal(pid: number, how: 'ask' | 'end'): Promise<boolean> {
    tell({ signal: pid, how, atMs: performance.now() });
    return super.signal(pid, how);
  }
}

const child = childProgram === undefined ? undefined : spawn(childProgram, ['1000']);
const ignore = (): void => {};
const guard = new AppGuard({
  table: new Told(),
  clock: systemClock,
  log: { info: ignore, warn: ignore, error: ignore },
  facts: {
    ownPid: process.pid,
    ownUserId: process.getuid?.(),
    ownExecutable: process.execPath,
  },
  scanMs: 200,
  graceMs: 400,
});
guard.onWarn(({ name, endsInMs }) => {
  tell({ warn: name, endsInMs });
});
guard.onEnd((name) => {
  tell({ ended: name });
});
// A guard's JSON is the test's own.
guard.setApps(JSON.parse(apps) as AppChoice[]);
tell({ ready: process.pid, child: child?.pid });
setInterval(() => {}, 60_000);
