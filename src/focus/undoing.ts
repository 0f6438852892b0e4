import type { Log } from '../base/log.ts';
import { noSteps, type StepHook } from '../files/stepHook.ts';
import { GnomeProxy } from './proxy/gnomeProxy.ts';
import { keptProxyToken } from './proxy/proxyToken.ts';
import type { HealOptions, MachineBlocker, Restorer } from './undo/healLeftovers.ts';
import type { ChangingServerWay, MachineWay } from './sites/blockWayFacts.ts';
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

/** What each way that changes the machine is built from. */
interface MachineOptions extends Pick<UndoingOptions, 'hostsFile' | 'helper'> {
  readonly journal: RestoreJournal;
  readonly run: CommandRunner;
  readonly environment: NodeJS.ProcessEnv;
  readonly step: StepHook;
  /** The token in the addresses of the proxy, where it was ever used. */
  readonly token: () => Promise<string | undefined>;
}

/** The ways that are written to the machine for the time of a block; each undoes what it did. */
const machineWays = {
  hosts: ({ journal, step, hostsFile, helper }: MachineOptions) =>
    new HostsBlocker({
      journal,
      helper: process.platform === 'win32' ? undefined : (helper ?? new HostsHelper()),
      step,
      ...(hostsFile === undefined ? {} : { hostsFile }),
    }),
} satisfies Readonly<Record<MachineWay, (options: MachineOptions) => MachineBlocker>>;

/** What servers have set of the machine while they are on: all that may be left of them, on whichever platform. */
const serverSettings = {
  proxy: (options: MachineOptions) => [new GnomeProxy(options), new WindowsProxy(options)] as const,
} satisfies Readonly<Record<ChangingServerWay, (options: MachineOptions) => readonly Restorer[]>>;

type MachineBlockers = {
  readonly [Way in MachineWay]: ReturnType<(typeof machineWays)[Way]>;
};

/** Everything that changes the machine, and what undoes it, over one storage folder. */
export interface Undoing extends HealOptions, MachineBlockers {
  /** The ways that are written to the machine, in the order in which they are offered. */
  readonly machineBlockers: readonly MachineBlocker[];
  /** The one that fits this platform; ask it whether it is supported. */
  readonly systemProxy: SystemProxy;
}

/** Builds it; nothing is read or changed yet. */
export function createUndoing(options: UndoingOptions): Undoing {
  const { storageFolder, log, step = noSteps } = options;
  const restorers: Restorer[] = [];
  const journal = new RestoreJournal(storageFolder, () => restorers.map(({ kind }) => kind), step);
  const token = (): Promise<string | undefined> => keptProxyToken(storageFolder);
  const shared = { run: runCommand, environment: process.env, ...options, journal, step, token };
  const machine = makeAll(machineWays, shared);
  const settings = makeAll(serverSettings, shared);
  const machineBlockers = Object.values(machine);
  restorers.push(...machineBlockers, ...Object.values(settings).flat());
  const [gnome, windows] = settings.proxy;
  return {
    ...machine,
    journal,
    log,
    machineBlockers,
    restorers,
    systemProxy: process.platform === 'win32' ? windows : gnome,
  };
}

function makeAll<Table extends Readonly<Record<string, (options: MachineOptions) => unknown>>>(
  table: Table,
  options: MachineOptions,
): { readonly [Name in keyof Table]: ReturnType<Table[Name]> } {
  const made = Object.entries(table).map(([name, make]) => [name, make(options)]);
  // `Object.entries` forgets which name goes with which function.
  return Object.fromEntries(made) as { readonly [Name in keyof Table]: ReturnType<Table[Name]> };
}
