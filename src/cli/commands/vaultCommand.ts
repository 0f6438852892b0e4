import * as l10n from '@vscode/l10n';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { visibleText } from '../../base/visibleText.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { findNamedVault, type NamedVault } from '../../vault/folder/namedVault.ts';
import { loadSqlite, type Sqlite } from '../../vault/sqlite/database.ts';
import { createFile } from '../../files/durableFiles.ts';
import { wipe } from '../../vault/age/identity.ts';
import { Ledger } from '../../vault/ledger/ledger.ts';
import { exposureOf } from '../../vault/keys/kitPlace.ts';
import { formatRecoveryKit } from '../../vault/keys/recoveryKit.ts';
import { salvageVault } from '../../vault/upkeep/salvage.ts';
import { VaultError } from '../../vault/vaultError.ts';
import {
  segmentsFolderOf,
  snapshotsFolderName,
  trashFolderName,
} from '../../vault/folder/vaultFolder.ts';
import { openWithProtectors } from '../../vault/keys/vaultKeys.ts';
import { listFiles } from '../../vault/folder/vaultListing.ts';
import { openOrCreateVault, readVaultFile } from '../../vault/keys/vaultStore.ts';
import { hasMoreInReserve, takeReserve } from '../../vault/upkeep/uniteReadable.ts';
import { verifyVault } from '../../vault/upkeep/verify.ts';
import { defineCommand, type CommandIo } from '../command.ts';
import { systemFailureWords, vaultErrorWords } from '../failureWords.ts';
import { translated } from '../commandLanguage.ts';
import {
  anyText,
  flag,
  oneOf,
  operand,
  optional,
  required,
  somePath,
  type OptionsOf,
} from '../options.ts';
import { besideProgram } from '../programFolder.ts';
import { streamLog } from '../streamLog.ts';
import { keyFileOf, keysFolderOf } from '../transferPlace.ts';
import { demandVaultFile, openNamedKeys, type NamedKeys } from '../namedKeys.ts';
import { trustVaultFile } from '../trustVaultFile.ts';
import { vaultFileOfKit } from '../vaultFileOfKit.ts';
import { describeReport } from '../vaultReport.ts';

/** What `millrace vault` ends with. */
const vaultExitCodes = { whole: 0, damaged: 1, unusable: 2 } as const;

export interface VaultCommandPlace {
  /** Of `sql-wasm.wasm`. */
  readonly wasmPath: string;
  readonly clock: Clock;
}

const actionNames = ['create', 'info', 'verify', 'salvage', 'trust', 'export-sqlite'] as const;
type Action = (typeof actionNames)[number];

const actions: Readonly<Record<Action, (job: Job) => Promise<number>>> = {
  create,
  info,
  verify,
  salvage,
  trust,
  'export-sqlite': exportSqlite,
};

const options = {
  action: operand(actionNames.join('|'), oneOf(actionNames)),
  /** The vault's folder as the person named it. */
  storage: required('DIR', somePath),
  identity: optional('FILE', anyText),
  output: optional('FILE', anyText),
  showIdentity: flag(),
  unsigned: flag(),
};

interface Job extends VaultCommandPlace, NamedVault {
  readonly options: OptionsOf<typeof options>;
  readonly io: CommandIo;
}

/** `millrace vault`: a vault without an editor. */
export const vaultCommand = defineCommand({
  name: 'vault',
  summary:
    'Make, describe, check, repair or export a vault. Its key is DIR/../keys, or the recovery kit FILE.',
  options,
  place: (): VaultCommandPlace => ({
    wasmPath: besideProgram('sql-wasm.wasm'),
    clock: systemClock,
  }),
  run: (given, io, place) =>
    given.unsigned && given.action !== 'salvage' ? undefined : act(given, io, place),
});

async function act(
  options: Job['options'],
  io: CommandIo,
  place: VaultCommandPlace,
): Promise<number> {
  try {
    const { folder, storage } = await findVault(options.storage);
    if (!isSamePlace(placeOf(folder), placeOf(options.storage))) {
      io.errors.write(
        `millrace vault ${options.action}: ${l10n.t('a restore put this in its place: {0}', visibleText(folder))}\n`,
      );
    }
    return await actions[options.action]({ ...place, options, folder, storage, io });
  } catch (error) {
    const words = systemFailureWords(error);
    if (!VaultError.is(error) && words === undefined) {
      throw error;
    }
    const reason = VaultError.is(error)
      ? `${vaultErrorWords(error)} (${error.reason})`
      : (words ?? '');
    io.errors.write(`millrace vault ${options.action}: ${reason}\n`);
    return VaultError.is(error, 'damaged') ? vaultExitCodes.damaged : vaultExitCodes.unusable;
  }
}

/** Makes a vault with a key file; `--identity FILE` saves its recovery kit there. */
async function create({ options, folder, storage, io, clock }: Job): Promise<number> {
  const { identity, showIdentity } = options;
  if ((await readVaultFile(folder)) !== undefined) {
    const words = l10n.t('there is a vault already; nothing was changed');
    io.errors.write(`millrace vault create: ${words}\n`);
    return vaultExitCodes.unusable;
  }
  const protectors = [keyFileOf(storage)];
  const file = await openOrCreateVault({
    folder,
    keysFolder: keysFolderOf(storage),
    protectors,
    clock,
    log: streamLog(io.errors),
  });
  const { identities } = await openWithProtectors(file, protectors);
  try {
    const kit = formatRecoveryKit(file, identities, { translate: translated });
    if (identity !== undefined && !(await createFile(identity, Buffer.from(kit)))) {
      const words = l10n.t('the recovery kit was not saved, its file exists');
      io.errors.write(`millrace vault create: ${words}\n`);
      return vaultExitCodes.unusable;
    }
    const exposure = identity === undefined ? undefined : await exposureOf(identity);
    if (exposure !== undefined) {
      const words = l10n.t(
        'the recovery kit lies in a repository, {0}: whoever gets it can read everything in the vault',
        visibleText(exposure.folder),
      );
      io.errors.write(`millrace vault create: ${words}\n`);
    }
    io.output.write(showIdentity ? kit : `vault ${file.vault}\n`);
  } finally {
    wipe(...identities);
  }
  return vaultExitCodes.whole;
}

/** What can be seen without a key. */
async function info({ folder, io }: Job): Promise<number> {
  const file = await demandVaultFile(folder);
  const lines = [
    `vault      ${file.vault}`,
    `format     ${file.format} ${file.version}`,
    `created    ${new Date(file.createdMs).toISOString()}`,
    `recipient  ${file.recipient}`,
    ...file.protectors.map(({ kind }) => `protector  ${kind}`),
    ...file.identities.map(({ state, recipient }) => `identity   ${state} ${recipient}`),
  ];
  for (const [name, there, ending] of [
    ['segments', segmentsFolderOf(folder), '.seg'],
    ['snapshots', path.join(folder, snapshotsFolderName), '.age'],
    ['trash', path.join(folder, trashFolderName), ''],
  ] as const) {
    const files = (await listFiles(there)).filter((each) => each.endsWith(ending));
    const sizes = await Promise.all(
      files.map(async (each) => (await stat(path.join(there, each))).size),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    lines.push(`${name.padEnd(10)} ${l10n.t('{0} files, {1} bytes', files.length, bytes)}`);
  }
  io.output.write(`${lines.join('\n')}\n`);
  return vaultExitCodes.whole;
}

async function verify(job: Job): Promise<number> {
  const { folder, io } = job;
  return withKeys(job, async ({ keyring, believe, isWithoutFile }, sqlite) => {
    const keys = { keyring, trust: await believe() };
    const { files, isWhole } = await verifyVault(folder, keys, sqlite);
    const hasMore = await hasMoreInReserve(folder, files, keys, sqlite);
    io.output.write(describeReport({ files, isWhole: isWhole && !hasMore }));
    if (hasMore) {
      const words = l10n.t(
        'The trash or the folder "damaged" holds records that nothing else does: "vault salvage" brings them back',
      );
      io.output.write(`${words}\n`);
    }
    return isWhole && !hasMore && !isWithoutFile ? vaultExitCodes.whole : vaultExitCodes.damaged;
  });
}

/** With a recovery kit a `vault.json` that can't be read is written anew as well. */
async function salvage(job: Job): Promise<number> {
  const { folder, storage, io, clock } = job;
  return withKeys(job, async ({ keyring, believe, isWithoutFile, kit }, sqlite) => {
    const keys = { keyring, trust: await believe() };
    const place = { folder, clock, log: streamLog(io.errors) };
    const newFile =
      isWithoutFile && kit !== undefined
        ? await vaultFileOfKit(kit, keyring, storage, place)
        : undefined;
    const { before, file, setAside, left, unsigned, rebuilt } = await salvageVault(
      place,
      keys,
      sqlite,
      { newFile, takesUnsigned: job.options.unsigned },
    );
    io.output.write(describeReport(before));
    if (newFile !== undefined) {
      await trustVaultFile(folder, storage, job.options.identity);
      io.output.write(`${l10n.t('vault.json was written anew, for vault {0}', newFile.vault)}\n`);
    }
    if (rebuilt?.keptAs !== undefined) {
      io.output.write(`${l10n.t('What was there is kept as {0}', visibleText(rebuilt.keptAs))}\n`);
    }
    if (file !== undefined) {
      io.output.write(
        `${l10n.t('What can be read is in snapshot {0}; {1} files were set aside.', visibleText(file), setAside.length)}\n`,
      );
    }
    if (left.length > 0) {
      const words = l10n.t(
        'Not set aside, as the recovery kit may lack the key of them: {0}',
        left.map(visibleText).join(', '),
      );
      io.output.write(`${words}\n`);
    }
    if (unsigned.length > 0) {
      const words = l10n.t(
        'Not taken, as neither the owner nor a device of the vault signed it: {0}. It is from before Millrace signed files and was damaged since, or somebody put it there. If you know where it comes from, "vault salvage --unsigned" takes what can be read of it',
        unsigned.join(', '),
      );
      io.output.write(`${words}\n`);
    }
    const after = await verifyVault(folder, keys, sqlite);
    return after.isWhole ? vaultExitCodes.whole : vaultExitCodes.damaged;
  });
}

/** Takes the `vault.json` that lies there for the vault's, as who can open it says. */
async function trust({ options, folder, storage, io }: Job): Promise<number> {
  await trustVaultFile(folder, storage, options.identity);
  io.output.write(`${l10n.t('This computer trusts vault.json as it is now.')}\n`);
  return vaultExitCodes.whole;
}

/** The whole vault as a plain SQLite file: to `--output FILE`, or to standard output. */
async function exportSqlite(job: Job): Promise<number> {
  const { options, folder, io } = job;
  return withKeys(job, async ({ keyring, believe, kit }, sqlite) => {
    const log = streamLog(io.errors);
    const ledger = new Ledger({ folder, keyring, believe, sqlite, log });
    try {
      await ledger.refresh();
      if (kit !== undefined) {
        await takeReserve(ledger, folder, sqlite);
      }
      const unreadable = ledger.unreadableFiles;
      const database = ledger.prepareSnapshot(new Set());
      if (options.output === undefined) {
        io.output.write(database);
      } else if (!(await createFile(options.output, database))) {
        const words = l10n.t('the output file exists already');
        io.errors.write(`millrace vault export-sqlite: ${words}\n`);
        return vaultExitCodes.unusable;
      }
      return unreadable === 0 ? vaultExitCodes.whole : vaultExitCodes.damaged;
    } finally {
      ledger.dispose();
    }
  });
}

async function withKeys(
  job: Job,
  work: (keys: NamedKeys, sqlite: Sqlite) => Promise<number>,
): Promise<number> {
  const { action, identity } = job.options;
  const keys = await openNamedKeys(job, action, identity);
  try {
    return await work(keys, await loadSqlite(job.wasmPath));
  } finally {
    wipe(...keys.keyring);
  }
}

/** @throws {VaultError} `unusable` when nobody can tell which vault is the current one */
async function findVault(named: string): Promise<NamedVault> {
  try {
    return await findNamedVault(named);
  } catch (cause) {
    if (!VaultError.is(cause)) {
      throw cause;
    }
    throw new VaultError('unusable', cause.message, { cause });
  }
}
