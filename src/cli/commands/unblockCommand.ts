import * as l10n from '@vscode/l10n';
import { existsSync, readdirSync } from 'node:fs';
import { homedir, uptime } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { visibleText } from '../../base/visibleText.ts';
import { clockWithUptime } from '../../base/clock.ts';
import { toError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { FocusError } from '../../focus/focusError.ts';
import { FocusStateFile } from '../../focus/session/focusStateFile.ts';
import { blockNothing, giveOrder } from '../../focus/session/focusState.ts';
import {
  healLeftovers,
  restoreEverything,
  type HealReport,
} from '../../focus/undo/healLeftovers.ts';
import { isDeadlineOver } from '../../focus/sites/blockDeadline.ts';
import { createUndoing, type Undoing } from '../../focus/undoing.ts';
import { runWarden } from '../../focus/undo/warden.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { translated } from '../commandLanguage.ts';
import { anyText, flag, optional, repeated, type OptionsOf } from '../options.ts';

const options = {
  storage: repeated('DIR', anyText, {
    about: "Millrace's storage folder; else those of every VS Code of yours are looked at",
  }),
  leftovers: flag({ about: 'only what is past its time or belongs to no running session' }),
  hostsFile: optional('FILE', anyText, { about: "another hosts file than the system's" }),
  watch: flag({
    about: 'stay until nothing is left to undo (used by Millrace itself; needs --storage)',
    isHidden: true,
  }),
};

const mostLines = 20;

/** `millrace unblock`. Says in plain sentences what was undone and what could not be. */
export const unblockCommand = defineCommand({
  name: 'unblock',
  summary:
    'Undoes every block that Millrace made on this computer: the hosts file and the proxy settings.',
  note: "Works with no editor running. A session's timer goes on.",
  options,
  place: () => undefined,
  run: (given, { output, errors }) => unblock(given, output, errors),
});

async function unblock(
  { storage, leftovers, hostsFile, watch }: OptionsOf<typeof options>,
  stdout: Writable,
  stderr: Writable,
): Promise<number> {
  const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
  const undoingOf = (storageFolder: string): Undoing =>
    createUndoing({ storageFolder, log, ...(hostsFile === undefined ? {} : { hostsFile }) });
  const missing = [...storage, ...(hostsFile === undefined ? [] : [hostsFile])].find(
    (named) => !existsSync(named),
  );
  if (missing !== undefined) {
    stderr.write(
      `${l10n.t(
        'There is no {0}: nothing was undone. Without {1}, the folders of every VS Code of yours are looked at.',
        visibleText(missing),
        '--storage',
      )}\n`,
    );
    return exitCodes.badInput;
  }
  const folders = storage.length > 0 ? storage : storageFolders();
  if (watch) {
    const [folder] = folders;
    if (storage.length !== 1 || folder === undefined) {
      stderr.write(`${l10n.t('{0} needs one {1}.', '--watch', '--storage')}\n`);
      return exitCodes.badInput;
    }
    await runWarden(folder, undoingOf(folder), clockWithUptime(uptime));
    return exitCodes.done;
  }
  const reports: HealReport[] = [];
  for (const folder of folders) {
    reports.push(await undoIn(folder, undoingOf(folder), leftovers));
  }
  const anywhere = undoingOf(path.join(homedir(), '.millrace'));
  if (folders.length === 0) {
    // No storage is left: marks of ours, as in the hosts file, still say what is Millrace's.
    reports.push(await undoStray(anywhere, !leftovers));
  }
  return tell(reports, labelsOf(anywhere), stdout, stderr);
}

async function undoIn(folder: string, undoing: Undoing, leftovers: boolean): Promise<HealReport> {
  const store = new FocusStateFile(folder);
  const state = await store.read();
  if (leftovers) {
    return healLeftovers(undoing, state, Date.now());
  }
  // What can't be read is told of as what can't be undone.
  const blocked = await undoing.journal.all().catch(() => []);
  if (state !== undefined && state.order !== null) {
    // A running editor would block again at its next look; this order tells it not to.
    await store.write(
      giveOrder(state, Date.now(), { by: 'flow', untilMs: 0, ...blockNothing }),
      true,
    );
  }
  const { restored, failed } = await restoreEverything(undoing, Date.now());
  // A running editor or the warden may have heard of the order first, and undone some of it before this could.
  const undone = blocked
    .map(({ target }) => target)
    .filter((target) => !failed.some((one) => one.target === target));
  return { restored: [...restored, ...undone], failed };
}

async function undoStray({ restorers }: Undoing, all: boolean): Promise<HealReport> {
  const restored: string[] = [];
  const failed: { target: string; error: unknown }[] = [];
  const nowMs = Date.now();
  const isOver = (deadlineMs: number): boolean => isDeadlineOver(deadlineMs, nowMs);
  const wanted = { isOver, all, isWanted: false };
  for (const restorer of restorers) {
    const { target } = restorer.kind;
    try {
      if (((await restorer.removeStray?.(wanted)) ?? 0) > 0) {
        restored.push(target);
      }
    } catch (error) {
      failed.push({ target, error });
    }
  }
  return { restored, failed };
}

/** What the journal's targets are called. */
function labelsOf({ restorers }: Undoing): ReadonlyMap<string, string> {
  return new Map(restorers.map(({ kind, label }) => [kind.target, label]));
}

function tell(
  reports: readonly HealReport[],
  labels: ReadonlyMap<string, string>,
  stdout: Writable,
  stderr: Writable,
): number {
  const restored = new Set(reports.flatMap((report) => report.restored));
  const failed = reports.flatMap((report) => report.failed);
  const nameOf = (target: string): string => translated(labels.get(target) ?? target);
  for (const target of restored) {
    stdout.write(`${l10n.t('Restored {0}.', nameOf(target))}\n`);
  }
  for (const { target, error } of failed) {
    const why = translated(toError(error).message);
    stderr.write(`${l10n.t('Could not restore {0}: {1}', nameOf(target), why)}\n`);
    if (FocusError.is(error) && error.lines.length > 0) {
      stderr.write(`${l10n.t('Lines to look at: {0}', listed(error.lines))}\n`);
    }
  }
  if (failed.length > 0) {
    return exitCodes.failed;
  }
  if (restored.size === 0) {
    stdout.write(`${l10n.t('Nothing was blocked.')}\n`);
  }
  return exitCodes.done;
}

function listed(lines: readonly number[]): string {
  const shown = lines.slice(0, mostLines).join(', ');
  return lines.length > mostLines ? `${shown}, …` : shown;
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
