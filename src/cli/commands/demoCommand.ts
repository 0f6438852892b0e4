import * as l10n from '@vscode/l10n';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import { toError } from '../../base/errors.ts';
import { makeDemoHistory } from '../../vault/history/demoHistory.ts';
import type { VaultRecord } from '../../vault/record.ts';
import { Vault } from '../../vault/vault.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { findNamedVault, type NamedVault } from '../../vault/folder/namedVault.ts';
import {
  segmentsFolderName,
  snapshotsFolderName,
  vaultFileName,
} from '../../vault/folder/vaultFolder.ts';
import { defineCommand, exitCodes, type CommandIo } from '../command.ts';
import { translated } from '../commandLanguage.ts';
import { optional, required, somePath, type OptionsOf } from '../options.ts';
import { besideProgram } from '../programFolder.ts';
import { streamLog } from '../streamLog.ts';
import { keyFileOf, keysFolderOf } from '../transferPlace.ts';

const defaultDays = 90;
const mostDays = 10_000;
/** Records given to the writer at once. */
const batchRecords = 1_000;

interface DemoPlace {
  /** Of the keeper's bundle. */
  readonly keeperPath: string;
  readonly clock: Clock;
}

const options = {
  storage: required('DIR', somePath),
  days: optional(String(defaultDays), (text) => wholeNumber(text, 1, mostDays)),
  seed: optional('N', (text) =>
    wholeNumber(text, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  ),
};

/** `millrace demo`: a new vault full of made-up history, marked as such. */
export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Fill a new, empty vault with made-up history; its key file goes to DIR/../keys.',
  options,
  place: (): DemoPlace => ({ keeperPath: besideProgram('keeper.js'), clock: systemClock }),
  run: makeDemo,
});

async function makeDemo(
  given: OptionsOf<typeof options>,
  io: CommandIo,
  place: DemoPlace,
): Promise<number> {
  try {
    // Where a vault was restored in the place of one that is gone by now, this is where it is.
    return await makeDemoIn(await findNamedVault(given.storage), given, io, place);
  } catch (error) {
    io.errors.write(`millrace demo: ${translated(toError(error).message)}\n`);
    return exitCodes.failed;
  }
}

async function makeDemoIn(
  { folder, storage }: NamedVault,
  { days = defaultDays, seed }: OptionsOf<typeof options>,
  io: CommandIo,
  { keeperPath, clock }: DemoPlace,
): Promise<number> {
  const taken = [vaultFileName, segmentsFolderName, snapshotsFolderName];
  if (taken.some((name) => existsSync(path.join(folder, name)))) {
    const words = l10n.t('this folder already holds a vault; nothing was changed');
    io.errors.write(`millrace demo: ${words}\n`);
    return exitCodes.badInput;
  }
  const vault = new Vault({
    folder,
    keysFolder: keysFolderOf(storage),
    protectors: [keyFileOf(storage)],
    keeperPath,
    clock,
    log: streamLog(io.errors),
  });
  try {
    await vault.start();
    if (vault.condition !== 'ready') {
      throw new VaultError('unusable', l10n.t('The vault could not be made: {0}', vault.condition));
    }
    const count = await fill(vault, days, seed ?? clock.wallMs() % 0x1_0000_0000, clock);
    const { file, sizeBytes } = await vault.makeSnapshot();
    io.output.write(
      `${l10n.t(
        '{0} sessions with {1} minutes of made-up history over {2} days; snapshot {3}, {4} bytes',
        ...[count.sessions, count.minutes, days, file, sizeBytes],
      )}\n`,
    );
    return exitCodes.done;
  } finally {
    await vault.close();
    vault.dispose();
  }
}

async function fill(
  vault: Vault,
  days: number,
  seed: number,
  clock: Clock,
): Promise<{ sessions: number; minutes: number }> {
  const count = { sessions: 0, minutes: 0 };
  let batch: VaultRecord[] = [];
  const history = makeDemoHistory({
    days,
    seed,
    endMs: clock.wallMs(),
    zoneOffsetMinutes: (atWallMs) => clock.zoneOffsetMinutes(atWallMs),
  });
  for (const record of history) {
    count[record.type === 'session' ? 'sessions' : 'minutes']++;
    batch.push(record);
    if (batch.length === batchRecords) {
      await vault.append(batch);
      batch = [];
    }
  }
  await vault.append(batch);
  return count;
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
