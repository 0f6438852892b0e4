import type { Log } from '../base/log.ts';
import { noSteps, type StepHook } from '../files/stepHook.ts';
import { GnomeProxy } from './proxy/gnomeProxy.ts';
import type { HealParts, Restorer } from './undo/healLeftovers.ts';
import { HostsBlocker } from './hosts/hostsBlocker.ts';
import { HostsHelper } from './hosts/hostsHelper.ts';
import { RestoreJournal } from './undo/restoreJournal.ts';
import { runCommand, type CommandRunner } from './runCommand.ts';
import type { SystemProxy } from './proxy/systemProxy.ts';
import { WindowsProxy } from './proxy/windowsProxy.ts';

export interface UndoingOptions {
  readonly storageFolder: string;
  readonly log: Log;
  readonly hostsFile?: string;
  readonly helper?: HostsHelper;
  readonly run?: CommandRunner;
  readonly environment?: NodeJS.ProcessEnv;
  readonly step?: StepHook;
}

/** Everything that changes the machine, and what undoes it, over one storage folder. */
export interface Undoing extends HealParts {
  readonly hosts: HostsBlocker;
  /** The one that fits this platform; ask it whether it is supported. */
  readonly systemProxy: SystemProxy;
}

/** Builds it; nothing is read or changed yet. */
export function createUndoing(options: UndoingOptions): Undoing {
  const {
    storageFolder,
    log,
    step = noSteps,
    run = runCommand,
    environment = process.env,
  } = options;
  const journal = new RestoreJournal(storageFolder, step);
  const helper = process.platform === 'win32' ? undefined : (options.helper ?? new HostsHelper());
  const hosts = new HostsBlocker({
    journal,
    helper,
    step,
    ...(options.hostsFile === undefined ? {} : { hostsFile: options.hostsFile }),
  });
  const gnome = new GnomeProxy({ journal, run, environment, step });
  const windows = new WindowsProxy({ journal, run, step });
  const hostsRestorer: Restorer = {
    target: 'hosts',
    isInUse: () => Promise.resolve(false),
    restore: () => hosts.release(),
  };
  return {
    journal,
    log,
    hosts,
    restorers: [hostsRestorer, gnome, windows],
    systemProxy: process.platform === 'win32' ? windows : gnome,
  };
}
