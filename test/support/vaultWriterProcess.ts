/**
 * A window of its own, for tests that kill it: opens the vault, appends one minute after the other, and writes
 * a line to its acknowledgement file for each that was acknowledged. Says on standard output that it is at work.
 *
 *     node vaultWriterProcess.mjs VAULT-FOLDER KEY-FOLDER ACK-FILE SESSION FIRST-INDEX [COUNT]
 */
import { openSync, writeSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../src/vault/vault.ts';
import { minuteRecord } from './minuteRecord.ts';

const [, , folder, keyFolder, ackFile, session, first, count] = process.argv;
if (
  folder === undefined ||
  keyFolder === undefined ||
  ackFile === undefined ||
  session === undefined
) {
  throw new Error('vault folder, key folder, acknowledgement file and session are needed');
}
const quiet = (): void => undefined;
const acks = openSync(ackFile, 'a');
const vault = new Vault({
  folder,
  keysFolder: keyFolder,
  protectors: [new KeyFileProtector(keyFolder)],
  keeperPath: '',
  clock: systemClock,
  log: {
    info: quiet,
    warn: () => {
      writeSync(acks, 'taken away\n');
    },
    error: quiet,
  },
  retryPausesMs: [20],
});
// The vault's own timers keep no process alive; a window has other reasons to.
const alive = setInterval(quiet, 1_000);
await vault.start();
const start = Number(first ?? 0);
const end = start + Number(count ?? Infinity);
for (let index = start; index < end; index++) {
  await vault.append([minuteRecord(index, session)]);
  // A synchronous write is in the kernel's hands before the next record begins.
  writeSync(acks, `${index}\n`);
  if (index === start) {
    process.stdout.write('at work\n');
  }
}
await vault.close();
clearInterval(alive);
