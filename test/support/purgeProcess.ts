/**
 * A purge of everything in a process of its own, which ends itself with -9 at a step, for tests of what is left then.
 *
 *     node child.mjs '{"storage", "vaultFolder", "keys", "secrets", "nowMs", "killAt"}'
 *
 * Without `killAt` it prints how many steps there were.
 */
import * as v from 'valibot';
import { findVaults, purgeEverything } from '../../src/transfer/erase/purgeEverything.ts';
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
    killAt: v.optional(v.number()),
  }),
  JSON.parse(process.argv[2] ?? ''),
);
let steps = 0;
const report = await purgeEverything(await findVaults(task.storage, task.vaultFolder), {
  protectors: folderProtectors(task.secrets, task.keys),
  clock: new ManualClock(task.nowMs),
  log: new MemoryLog(),
  step: () => {
    if (steps++ === task.killAt) {
      process.kill(process.pid, 'SIGKILL');
    }
  },
});
process.stdout.write(JSON.stringify({ steps, ...report }));
