/**
 * A window in a process of its own that makes a vault, takes one over or gives it a new key, and ends itself with -9 at a step, for
 * tests of what is left then. A step is whatever it does to a file.
 *
 *     node ownerProcess.mjs < '{"folder", "keys", "what", "minute", "killAt"}'
 *
 * `killAt` is the number of the step, or its kind. Without it the process prints the names of all steps.
 */
import fs, { type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../src/vault/vault.ts';
import { kindOfStep } from './killPoints.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { minuteRecord } from './minuteRecord.ts';

const task = v.parse(
  v.object({
    folder: v.string(),
    keys: v.string(),
    what: v.picklist(['open', 'rotate']),
    minute: v.number(),
    killAt: v.optional(v.union([v.number(), v.string()])),
  }),
  JSON.parse(await text(process.stdin)),
);
const steps: string[] = [];
function step(what: string, file: unknown): void {
  const name = `${what} ${typeof file === 'string' ? path.basename(file) : ''}`;
  if (task.killAt === steps.length || task.killAt === kindOfStep(name)) {
    process.kill(process.pid, 'SIGKILL');
  }
  steps.push(name);
}

const { open, rename, link, rm, unlink, mkdir } = fs;
const isToWrite = (flags: unknown): boolean =>
  typeof flags === 'number'
    ? (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0
    : flags !== undefined && flags !== 'r';
Object.assign(fs, {
  open: async (...args: Parameters<typeof open>): Promise<FileHandle> => {
    if (!isToWrite(args[1])) {
      return open(...args);
    }
    step('open', args[0]);
    const handle = await open(...args);
    for (const name of ['write', 'writeFile', 'sync', 'datasync'] as const) {
      const run = handle[name].bind(handle) as (...rest: unknown[]) => unknown;
      Object.assign(handle, {
        [name]: (...rest: unknown[]) => {
          step(name, args[0]);
          return run(...rest);
        },
      });
    }
    return handle;
  },
  rename: (...args: Parameters<typeof rename>) => {
    step('rename', args[1]);
    return rename(...args);
  },
  link: (...args: Parameters<typeof link>) => {
    step('link', args[1]);
    return link(...args);
  },
  rm: (...args: Parameters<typeof rm>) => {
    step('rm', args[0]);
    return rm(...args);
  },
  unlink: (...args: Parameters<typeof unlink>) => {
    step('unlink', args[0]);
    return unlink(...args);
  },
  mkdir: (...args: Parameters<typeof mkdir>) => {
    step('mkdir', args[0]);
    return mkdir(...args);
  },
});
syncBuiltinESMExports();

const vault = new Vault({
  folder: task.folder,
  keysFolder: task.keys,
  protectors: [new KeyFileProtector(task.keys)],
  keeperPath: '',
  clock: new ManualClock(1_790_000_100_000),
  log: new MemoryLog(),
  retryPausesMs: [20],
});
await vault.start();
await vault.access.unlock();
if (task.what === 'rotate') {
  await vault.secrets.rotate();
}
await vault.append([minuteRecord(task.minute)]);
await vault.close();
process.stdout.write(JSON.stringify({ steps }));
