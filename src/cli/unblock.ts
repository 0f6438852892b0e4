import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { FocusStateFile } from '../focus/session/focusStateFile.ts';
import { blockNothing, giveOrder } from '../focus/session/focusState.ts';
import { FocusError } from '../focus/focusError.ts';
import { healLeftovers, restoreEverything, type HealReport } from '../focus/undo/healLeftovers.ts';
import { createUndoing, type Undoing } from '../focus/undoing.ts';
import { keepWatch } from '../focus/undo/warden.ts';
import { exitCodes } from './command.ts';

export const unblockUsage = '[--storage DIR]... [--leftovers] [--hosts-file FILE]';
export const unblockSummary =
  'Undoes every block that Millrace made on this computer: the hosts file and the proxy settings.';

export const unblockHelp = `Usage: millrace unblock ${unblockUsage}
  ${unblockSummary}
  Works with no editor running. A session's timer goes on.
  --storage DIR      Millrace's storage folder; else those of every VS Code of yours are looked at
  --leftovers        only what is past its time or belongs to no running session
  --hosts-file FILE  another hosts file than the system's
  --watch            stay until nothing is left to undo (used by Millrace itself; needs --storage)
`;

const targetNames = {
  hosts: 'the hosts file',
  gnomeProxy: 'the proxy setting of the desktop',
  windowsProxy: 'the proxy setting of Windows',
} as const;

/**
 * `millrace unblock`. Says in plain sentences what was undone and what could not be.
 * @returns 0 when nothing is left to undo, 1 when something is, 2 for arguments that make no sense
 */
export async function runUnblock(
  args: readonly string[],
  stdout: Writable,
  stderr: Writable,
): Promise<number> {
  let options;
  try {
    options = parseArgs({
      args: [...args],
      options: {
        storage: { type: 'string', multiple: true },
        leftovers: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        'hosts-file': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    stderr.write(`${toError(error).message}\n${unblockHelp}`);
    return exitCodes.badInput;
  }
  if (options.help) {
    stdout.write(unblockHelp);
    return exitCodes.done;
  }
  const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
  const hostsFile = options['hosts-file'];
  const undoingOf = (storageFolder: string): Undoing =>
    createUndoing({ storageFolder, log, ...(hostsFile === undefined ? {} : { hostsFile }) });
  const missing = [
    ...(options.storage ?? []),
    ...(hostsFile === undefined ? [] : [hostsFile]),
  ].find((named) => !existsSync(named));
  if (missing !== undefined) {
    stderr.write(
      `There is no ${missing}: nothing was undone. Without --storage, the folders of every VS Code of yours are looked at.\n`,
    );
    return exitCodes.badInput;
  }
  const folders = options.storage ?? storageFolders();
  if (options.watch) {
    const [folder] = folders;
    if (options.storage === undefined || folder === undefined || folders.length !== 1) {
      stderr.write(`--watch needs one --storage.\n`);
      return exitCodes.badInput;
    }
    await keepWatch(folder, undoingOf(folder), () => Date.now());
    return exitCodes.done;
  }
  const reports: HealReport[] = [];
  for (const folder of folders) {
    reports.push(await undoIn(folder, undoingOf(folder), options.leftovers));
  }
  if (folders.length === 0) {
    // No storage is left: the marks in the hosts file still say what is Millrace's.
    reports.push(await undoStray(undoingOf(path.join(homedir(), '.millrace'))));
  }
  return tell(reports, stdout, stderr);
}

async function undoIn(folder: string, undoing: Undoing, leftovers: boolean): Promise<HealReport> {
  const store = new FocusStateFile(folder);
  const state = await store.read();
  if (leftovers) {
    return healLeftovers(undoing, state, Date.now());
  }
  if (state !== undefined && state.order !== null) {
    // A running editor would block again at its next look; this order tells it not to.
    await store.write(
      giveOrder(state, Date.now(), { by: 'flow', untilMs: 0, ...blockNothing }),
      true,
    );
  }
  return restoreEverything(undoing, Date.now());
}

async function undoStray(undoing: Undoing): Promise<HealReport> {
  try {
    const count = await undoing.hosts.removeStray(Date.now(), true);
    return { restored: count > 0 ? ['hosts'] : [], failed: [] };
  } catch (error) {
    return { restored: [], failed: [{ target: 'hosts', error }] };
  }
}

function tell(reports: readonly HealReport[], stdout: Writable, stderr: Writable): number {
  const restored = new Set(reports.flatMap((report) => report.restored));
  const failed = reports.flatMap((report) => report.failed);
  for (const target of restored) {
    stdout.write(`Restored ${targetNames[target]}.\n`);
  }
  for (const { target, error } of failed) {
    const why = FocusError.is(error) ? error.message : toError(error).message;
    stderr.write(`Could not restore ${targetNames[target]}: ${why}\n`);
  }
  if (failed.length > 0) {
    return exitCodes.failed;
  }
  if (restored.size === 0) {
    stdout.write('Nothing was blocked.\n');
  }
  return exitCodes.done;
}

/** The extension's global storage in every VS Code and its kin that this user has. */
function storageFolders(): string[] {
  const home = homedir();
  const products = ['Code', 'Code - Insiders', 'VSCodium', 'Code - OSS', 'Cursor', 'Windsurf'];
  const configuration =
    process.platform === 'win32'
      ? (process.env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Application Support')
        : (process.env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'));
  const servers = ['.vscode-server', '.vscode-server-insiders', '.vscodium-server'];
  const users = [
    ...products.map((product) => path.join(configuration, product, 'User')),
    ...servers.map((server) => path.join(home, server, 'data', 'User')),
    path.join(home, '.local', 'share', 'code-server', 'User'),
  ];
  return users.flatMap((user) => {
    const folder = path.join(user, 'globalStorage', 'millrace.millrace');
    // Each profile of the editor has settings of its own, but one global storage.
    return existsSync(folder) && readdirSync(folder).length > 0 ? [folder] : [];
  });
}
