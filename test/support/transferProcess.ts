/**
 * One job in a process of its own, which ends itself with -9 at a step, for tests of what is left then.
 *
 *     node transferProcess.mjs WASM-FILE < '{"folder", "secret", "nowMs", "name", "params", "killAt"}'
 *
 * `killAt` is the number of the step, or its kind. Without it the process prints the names of all steps.
 */
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { isJobName, jobGuard } from '../../src/transfer/transferContract.ts';
import { makeJobPlace } from '../../src/transfer/transferJob.ts';
import { runTransfer } from '../../src/transfer/transferJobs.ts';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { identityFromSecret } from '../../src/vault/age/identity.ts';
import { kindOfStep } from './killPoints.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';

// First what takes long, for whoever starts this ahead.
const sqlite = await loadSqlite(process.argv[2] ?? '');
const task = v.parse(
  v.object({
    folder: v.string(),
    secret: v.string(),
    nowMs: v.number(),
    name: v.string(),
    params: v.unknown(),
    killAt: v.optional(v.union([v.number(), v.string()])),
  }),
  JSON.parse(await text(process.stdin)),
);
const identity = identityFromSecret(Uint8Array.from(Buffer.from(task.secret, 'hex')));
const steps: string[] = [];
const place = makeJobPlace({
  folder: task.folder,
  keyring: [identity],
  keysFolder: `${task.folder}.keys`,
  sqlite,
  clock: new ManualClock(task.nowMs),
  log: new MemoryLog(),
  step: (name) => {
    if (task.killAt === steps.length || task.killAt === kindOfStep(name)) {
      process.kill(process.pid, 'SIGKILL');
    }
    steps.push(name);
  },
});
if (!isJobName(task.name) || !jobGuard(task.name, 'params')(task.params)) {
  throw new Error('This is no job');
}
await runTransfer(task.name, task.params, place);
place.dispose();
process.stdout.write(JSON.stringify({ steps }));
