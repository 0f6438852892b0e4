import type { Language } from '../base/language.ts';
import type { Clock } from '../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../base/emitter.ts';
import { describeError, runDetached, type Log } from '../base/log.ts';
import { AppGuard, type AppWarning } from './apps/appGuard.ts';
import { BlockEnforcer } from './blockEnforcer.ts';
import type { BreakRules } from './session/breakAdvisor.ts';
import { blockServers, type BlockServers, type BlockServerOptions } from './blockServers.ts';
import { FocusSessions, type FocusSurroundings } from './session/focusSessions.ts';
import { FocusStateFile } from './session/focusStateFile.ts';
import { healLeftovers, restoreEverything, type HealReport } from './undo/healLeftovers.ts';
import { LinuxProcesses } from './apps/linuxProcesses.ts';
import { MacProcesses } from './apps/macProcesses.ts';
import type { ProcessTable } from './apps/processTable.ts';
import {
  blockMethods,
  blockWayFacts,
  isServer,
  serverWays,
  type BlockMethod,
  type ServerWay,
  type WayPortKey,
} from './sites/blockWayFacts.ts';
import type { ServerBlocker, SiteBlocker } from './sites/siteBlocker.ts';
import { createUndoing, type Undoing, type UndoingOptions } from './undoing.ts';
import { startWarden } from './undo/warden.ts';
import { WindowsProcesses } from './apps/windowsProcesses.ts';

/** What the person has switched on; may change at any time. */
export interface BlockingChoice extends PortChoice {
  /** The names that the PAC file sends to the proxy: the list, blocked or not. */
  readonly sites: readonly string[];
}

/** The port of each server; `undefined` where that way is off. */
type PortChoice = Readonly<Record<WayPortKey, number | undefined>>;

export interface FocusServiceOptions {
  readonly storageFolder: string;
  /** The bundled command line, for the warden. */
  readonly cliFile: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly surroundings: FocusSurroundings;
  readonly breakRules?: BreakRules;
  readonly undoing?: Omit<UndoingOptions, 'storageFolder' | 'log'>;
  readonly executable?: string;
  /** Of the page in the place of a blocked one; English where there is none. */
  readonly language?: Language;
}

export interface BlockProblem {
  readonly method: BlockMethod;
  /** `undefined`: it works again. */
  readonly error: unknown;
}

const lookMs = 1_000;
/** Servers are opened again, and leases renewed, this often. */
const serveMs = 60_000;

/** Sessions and blocking, joined: what one window makes at its start and disposes at its end. */
export class FocusService implements Disposable {
  readonly sessions: FocusSessions;
  readonly undoing: Undoing;
  readonly guard: AppGuard;
  readonly enforcer: BlockEnforcer;
  readonly #options: FocusServiceOptions;
  readonly #store = new DisposableStore();
  readonly #stateFile: FocusStateFile;
  readonly #problems: Emitter<BlockProblem>;
  readonly #paired: Emitter<string>;
  #choice: BlockingChoice | undefined;
  readonly #servers: Partial<BlockServers> = {};
  #servedMs = -Infinity;
  /** Ways whose server could not be opened at the last try; told once each. */
  readonly #unopened = new Set<BlockMethod>();

  constructor(options: FocusServiceOptions) {
    this.#options = options;
    const { storageFolder, cliFile, clock, log, executable = process.execPath } = options;
    this.#problems = this.#store.add(loggingEmitter('the focus service', log));
    this.#paired = this.#store.add(loggingEmitter('the focus service', log));
    this.#stateFile = new FocusStateFile(storageFolder);
    this.sessions = this.#store.add(new FocusSessions({ ...options, store: this.#stateFile }));
    this.undoing = createUndoing({ storageFolder, log, ...options.undoing });
    this.guard = this.#store.add(
      new AppGuard({
        table: processTable(),
        clock,
        log,
        facts: {
          ownPid: process.pid,
          ownUserId: process.getuid?.(),
          ownExecutable: process.execPath,
        },
      }),
    );
    this.enforcer = new BlockEnforcer({
      clock,
      log,
      sessions: this.sessions,
      blockers: () => this.blockers,
      guard: this.guard,
      undoing: this.undoing,
      startWarden: () => startWarden({ storageFolder, cliFile, log, executable }),
      onProblem: (method, error) => {
        this.#problems.fire({ method, error });
      },
    });
  }

  /** The ways that are there, in the order in which they are offered. */
  get blockers(): readonly SiteBlocker[] {
    const all = [...Object.values(this.#servers), ...this.undoing.machineBlockers];
    return all.sort(
      (one, other) => blockMethods.indexOf(one.method) - blockMethods.indexOf(other.method),
    );
  }

  get companion(): BlockServers['companion'] | undefined {
    return this.#servers.companion;
  }

  get proxy(): BlockServers['proxy'] | undefined {
    return this.#servers.proxy;
  }

  get onProblem(): Event<BlockProblem> {
    return this.#problems.event;
  }

  get onAppWarning(): Event<AppWarning> {
    return this.guard.onWarn;
  }

  /** A browser was paired; its name. */
  get onPaired(): Event<string> {
    return this.#paired.event;
  }

  /** Heals what an earlier window left, reads the shared state and begins to tick. */
  async start(): Promise<HealReport> {
    const { clock, log } = this.#options;
    await this.sessions.start();
    const report = await healLeftovers(
      { ...this.undoing, onlyUsed: this.sessions.state.order?.methods.every(isServer) !== false },
      this.sessions.state,
      clock.wallMs(),
    );
    this.#store.add(
      this.sessions.onDidChange(() => {
        runDetached(log, 'A change of blocking', this.enforcer.look());
      }),
    );
    this.#store.add(
      clock.every(lookMs, () => {
        runDetached(log, 'A look at blocking', this.#look());
      }),
    );
    this.#store.add(
      toDisposable(() => {
        runDetached(log, 'Closing the blocking servers', this.#closeServers());
      }),
    );
    await this.enforcer.look();
    return report;
  }

  /** Takes over what the person switched on or off. */
  async choose(choice: BlockingChoice): Promise<void> {
    const before = this.#choice;
    this.#choice = choice;
    for (const way of serverWays) {
      const { key } = blockWayFacts[way].port;
      if (choice[key] !== before?.[key]) {
        await this.#close(way);
      }
    }
    this.#servedMs = -Infinity;
    await this.#serve();
  }

  /**
   * Lifts every block now; the timer goes on. What servers have set of the machine is taken away too, and stays away
   * until `choose` is called again.
   */
  async restoreEverything(): Promise<HealReport> {
    await this.sessions.liftBlocks();
    await this.enforcer.look();
    for (const way of serverWays.filter((one) => blockWayFacts[one].changesMachine)) {
      this.#choice &&= { ...this.#choice, [blockWayFacts[way].port.key]: undefined };
      await this.#close(way);
    }
    return restoreEverything(this.undoing, this.#options.clock.wallMs());
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #look(): Promise<void> {
    if (this.#options.clock.monotonicMs() - this.#servedMs >= serveMs) {
      await this.#serve();
    }
    await this.enforcer.look();
  }

  async #serve(): Promise<void> {
    this.#servedMs = this.#options.clock.monotonicMs();
    const choice = this.#choice;
    for (const way of choice === undefined ? [] : serverWays) {
      const port = choice?.[blockWayFacts[way].port.key];
      if (port !== undefined) {
        await this.#try(way, async () => {
          const server: ServerBlocker = this.#servers[way] ?? (await this.#make(way, port));
          await server.open(choice?.sites ?? []);
        });
      }
    }
  }

  async #try(method: BlockMethod, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.#unopened.delete(method)) {
        this.#problems.fire({ method, error: undefined });
      }
    } catch (error) {
      if (this.#unopened.has(method)) {
        return;
      }
      this.#unopened.add(method);
      this.#options.log.error('A blocking server could not be opened', {
        method,
        ...describeError(error),
      });
      this.#problems.fire({ method, error });
    }
  }

  async #make<Way extends ServerWay>(way: Way, port: number): Promise<BlockServers[Way]> {
    const { storageFolder, clock, log, language } = this.#options;
    const parts: BlockServerOptions = {
      ...{ storageFolder, clock, log, undoing: this.undoing, language },
      onBlocked: (blockedTries) => {
        this.sessions.count({ blockedTries });
      },
      onPaired: (browser) => {
        this.#paired.fire(browser);
      },
    };
    const server = await blockServers[way](parts, port);
    this.#servers[way] = server;
    return server;
  }

  async #close(way: ServerWay): Promise<void> {
    const server = this.#servers[way];
    Reflect.deleteProperty(this.#servers, way);
    await server?.close();
  }

  async #closeServers(): Promise<void> {
    await Promise.all(serverWays.map((way) => this.#close(way)));
  }
}

function processTable(): ProcessTable {
  return process.platform === 'linux'
    ? new LinuxProcesses()
    : process.platform === 'darwin'
      ? new MacProcesses()
      : new WindowsProcesses();
}
