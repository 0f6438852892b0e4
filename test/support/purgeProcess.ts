/**
 * A purge of everything in a process of its own, which ends itself with -9 at a step, for tests of what is left then.
 *
 *     node purgeProcess.mjs < '{"storage", "vaultFolder", "keys", "secrets", "nowMs", "killAt"}'
 *
 * `killAt` is the number of the step, or its kind. Without it the process prints the names of all steps, and the report.
 */
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { findVaults, purgeEverything } from '../../src/transfer/erase/purgeEverything.ts';
import { kindOfStep } from './killPoints.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { folderProtectors } from './folderProtectors.ts';

const task = v.parse(
  v.object({
    storage: v.string(),
    vaultFolder: v.string(),
    keys: v.string(),
    secrets: v.string(),
    nowMs: v.number(),
    killAt: v.optional(v.union([v.number(), v.string()])),
  }),
  JSON.parse(await text(process.stdin)),
);
const steps: string[] = [];
const report = await purgeEverything(await findVaults(task.storage, task.vaultFolder), {
  protectors: folderProtectors(task.secrets, task.keys),
  keysFolder: task.keys,
  clock: new ManualClock(task.nowMs),
  log: new MemoryLog(),
  step: (name) => {
    if (task.killAt === steps.length || task.killAt === kindOfStep(name)) {
      process.kill(process.pid, 'SIGKILL');
    }
    steps.push(name);
  },
});
process.stdout.write(JSON.stringify({ steps, ...report }));
