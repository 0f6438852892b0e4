/**
 * One job in a process of its own, which ends itself with -9 at a step, for tests of what is left then.
 *
 *     node child.mjs '{"folder", "secret", "wasmPath", "nowMs", "name", "params", "killAt"}'
 *
 * Without `killAt` it prints how many steps there were.
 */
import * as v from 'valibot';
import { isJobName, jobGuard } from '../../src/transfer/transferContract.ts';
import { makeJobPlace } from '../../src/transfer/transferJob.ts';
import { runTransfer } from '../../src/transfer/transferJobs.ts';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { identityFromSecret } from '../../src/vault/age/identity.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';

const task = v.parse(
  v.object({
    folder: v.string(),
    secret: v.string(),
    wasmPath: v.string(),
    nowMs: v.number(),
    name: v.string(),
    params: v.unknown(),
    killAt: v.optional(v.number()),
  }),
  JSON.parse(process.argv[2] ?? ''),
);
const identity = identityFromSecret(Uint8Array.from(Buffer.from(task.secret, 'hex')));
let steps = 0;
const place = makeJobPlace({
  folder: task.folder,
  keyring: [identity],
  recipient: identity.recipient,
  sqlite: await loadSqlite(task.wasmPath),
  clock: new ManualClock(task.nowMs),
  log: new MemoryLog(),
  step: () => {
    if (steps++ === task.killAt) {
      process.kill(process.pid, 'SIGKILL');
    }
  },
});
if (!isJobName(task.name) || !jobGuard(task.name, 'params')(task.params)) {
  throw new Error('This is no job');
}
await runTransfer(task.name, task.params, place);
place.dispose();
process.stdout.write(`${steps}`);
