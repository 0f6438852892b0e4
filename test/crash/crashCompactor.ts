/**
 * A window that does nothing but compact, for the crash test to kill.
 *
 *     node crashCompactor.mjs VAULT-FOLDER KEY-FOLDER WASM-FILE LOG-FILE lock|no-lock
 */
import { openSync, writeSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { describeError } from '../../src/base/log.ts';
import { compact } from '../../src/vault/upkeep/compaction.ts';
import { withCompactionLock } from '../../src/vault/upkeep/compactionLock.ts';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { newLedger } from '../support/trusting.ts';
import { openWithProtectors } from '../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../src/vault/keys/vaultStore.ts';

const [, , folder = '', keyFolder = '', wasmFile = '', logFile = '', locking = 'lock'] =
  process.argv;
const output = openSync(logFile, 'a');
const log = {
  info: (): void => undefined,
  warn: (message: string): void => {
    writeSync(output, `warn ${message}\n`);
  },
  error: (message: string): void => {
    writeSync(output, `error ${message}\n`);
  },
};
const place = { folder, clock: systemClock, log };
const file = await readVaultFile(folder);
if (file !== undefined) {
  const { identities } = await openWithProtectors(file, [new KeyFileProtector(keyFolder)]);
  const ledger = newLedger({
    folder,
    keyring: identities,
    sqlite: await loadSqlite(wasmFile),
    log,
  });
  process.stdout.write('at work\n');
  for (;;) {
    try {
      const result =
        locking === 'lock'
          ? await withCompactionLock(folder, systemClock.wallMs(), () => compact(ledger, place))
          : await compact(ledger, place);
      writeSync(output, result === undefined ? 'busy\n' : `done ${result.discarded}\n`);
    } catch (error) {
      // The other compactor is at the same files; what it must not do is lose records.
      writeSync(output, `failed ${JSON.stringify(describeError(error))}\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
