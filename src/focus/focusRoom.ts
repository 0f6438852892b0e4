import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../base/emitter.ts';
import { describeError, runDetached, type Log } from '../base/log.ts';
import { AppGuard, type AppWarning } from './apps/appGuard.ts';
import { BlockKeeper } from './blockKeeper.ts';
import type { BreakRules } from './session/breakAdvisor.ts';
import type { CompanionBlocker } from './companion/companionBlocker.ts';
import { readIfThere, replaceFile } from '../files/durableFiles.ts';
import { FocusSessions, type FocusSurroundings } from './session/focusSessions.ts';
import { FocusStateFile } from './session/focusStateFile.ts';
import { healLeftovers, restoreEverything, type HealReport } from './undo/healLeftovers.ts';
import { hostsOwner } from './hosts/hostsBlocker.ts';
import { LinuxProcesses } from './apps/linuxProcesses.ts';
import { MacProcesses } from './apps/macProcesses.ts';
import type { ProcessTable } from './apps/processTable.ts';
import { ProxyBlocker } from './proxy/proxyBlocker.ts';
import type { BlockMethod, SiteBlocker } from './sites/siteBlocker.ts';
import { createUndoing, type Undoing, type UndoingOptions } from './undoing.ts';
import { startWarden } from './undo/warden.ts';
import { WindowsProcesses } from './apps/windowsProcesses.ts';

/** What the person has switched on; may change at any time. */
export interface BlockingChoice {
  /** Ports; `undefined` where the way is off. */
  readonly companionPort: number | undefined;
  readonly proxyPort: number | undefined;
  /** The names that the PAC file sends to the proxy: the list, blocked or not. */
  readonly sites: readonly string[];
}

export interface FocusRoomOptions {
  readonly storageFolder: string;
  /** The bundled command line, for the warden. */
  readonly cliFile: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly surroundings: FocusSurroundings;
  readonly breakRules?: BreakRules;
  readonly undoing?: Omit<UndoingOptions, 'storageFolder' | 'log'>;
  readonly executable?: string;
}

export interface BlockProblem {
  readonly method: BlockMethod;
  /** `undefined`: it works again. */
  readonly error: unknown;
}

const lookMs = 1_000;
/** Servers are opened again, and leases renewed, this often. */
const serveMs = 60_000;

/** The whole room, joined: what one window makes at its start and disposes at its end. */
export class FocusRoom implements Disposable {
  readonly sessions: FocusSessions;
  readonly undoing: Undoing;
  readonly guard: AppGuard;
  readonly keeper: BlockKeeper;
  readonly #options: FocusRoomOptions;
  readonly #store = new DisposableStore();
  readonly #stateFile: FocusStateFile;
  readonly #problems: Emitter<BlockProblem>;
  readonly #paired: Emitter<string>;
  #choice: BlockingChoice = { companionPort: undefined, proxyPort: undefined, sites: [] };
  #companion: CompanionBlocker | undefined;
  #proxy: ProxyBlocker | undefined;
  #servedMs = -Infinity;
  /** Ways whose server could not be opened at the last try; told once each. */
  readonly #unopened = new Set<BlockMethod>();

  constructor(options: FocusRoomOptions) {
    this.#options = options;
    const { storageFolder, cliFile, clock, log, executable = process.execPath } = options;
    this.#problems = this.#store.add(loggingEmitter('the focus room', log));
    this.#paired = this.#store.add(loggingEmitter('the focus room', log));
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
    this.keeper = new BlockKeeper({
      clock,
      log,
      sessions: this.sessions,
      blockers: () => this.blockers,
      guard: this.guard,
      journal: this.undoing.journal,
      startWarden: () => startWarden({ storageFolder, cliFile, log, executable }),
      onProblem: (method, error) => {
        this.#problems.fire({ method, error });
      },
    });
  }

  /** The ways that are there, in the order in which they are offered. */
  get blockers(): readonly SiteBlocker[] {
    return [this.#companion, this.#proxy, this.undoing.hosts].filter((one) => one !== undefined);
  }

  get companion(): CompanionBlocker | undefined {
    return this.#companion;
  }

  get proxy(): ProxyBlocker | undefined {
    return this.#proxy;
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
    const report = await healLeftovers(this.undoing, this.sessions.state, clock.wallMs());
    this.#store.add(
      this.sessions.onDidChange(() => {
        runDetached(log, 'A change of blocking', this.keeper.look());
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
    await this.keeper.look();
    return report;
  }

  /** Takes over what the person switched on or off. */
  async choose(choice: BlockingChoice): Promise<void> {
    const before = this.#choice;
    this.#choice = choice;
    if (choice.companionPort !== before.companionPort) {
      await this.#companion?.close();
      this.#companion = undefined;
    }
    if (choice.proxyPort !== before.proxyPort) {
      await this.#proxy?.close();
      this.#proxy = undefined;
    }
    this.#servedMs = -Infinity;
    await this.#serve();
  }

  /**
   * Lifts every block now; the timer goes on. The proxy's address is taken away too, and stays away until
   * `choose` is called again.
   */
  async restoreEverything(): Promise<HealReport> {
    await this.sessions.liftBlocks();
    await this.keeper.look();
    this.#choice = { ...this.#choice, proxyPort: undefined };
    await this.#proxy?.close();
    this.#proxy = undefined;
    return restoreEverything(this.undoing, this.#options.clock.wallMs());
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #look(): Promise<void> {
    if (this.#options.clock.monotonicMs() - this.#servedMs >= serveMs) {
      await this.#serve();
    }
    await this.keeper.look();
  }

  async #serve(): Promise<void> {
    this.#servedMs = this.#options.clock.monotonicMs();
    const { companionPort, proxyPort, sites } = this.#choice;
    if (companionPort !== undefined) {
      await this.#try('companion', async () => {
        this.#companion ??= await this.#makeCompanion(companionPort);
        await this.#companion.open();
      });
    }
    if (proxyPort !== undefined) {
      await this.#try('proxy', async () => {
        this.#proxy ??= await this.#makeProxy(proxyPort);
        await this.#proxy.open(sites);
      });
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

  async #makeCompanion(port: number): Promise<CompanionBlocker> {
    // Loaded when first needed: it brings a WebSocket library with it.
    const { CompanionBlocker } = await import('./companion/companionBlocker.ts');
    const { storageFolder, clock, log } = this.#options;
    return new CompanionBlocker({
      storageFolder,
      port,
      owner: hostsOwner(storageFolder),
      clock,
      log,
      onBlocked: (blockedTries) => {
        this.sessions.count({ blockedTries });
      },
      onPaired: (browser) => {
        this.#paired.fire(browser);
      },
    });
  }

  async #makeProxy(port: number): Promise<ProxyBlocker> {
    const { systemProxy } = this.undoing;
    return new ProxyBlocker({
      port,
      token: await this.#proxyToken(),
      wallMs: () => this.#options.clock.wallMs(),
      systemProxy: (await systemProxy.isSupported()) ? systemProxy : undefined,
      onBlocked: () => {
        this.sessions.count({ blockedTries: 1 });
      },
    });
  }

  /** Part of the PAC file's address; kept, so that an address that was pasted stays right. */
  async #proxyToken(): Promise<string> {
    const file = path.join(this.#options.storageFolder, 'proxy-token');
    const kept = (await readIfThere(file))?.toString() ?? '';
    if (/^[0-9a-f]{32}$/.test(kept)) {
      return kept;
    }
    const token = randomBytes(16).toString('hex');
    await replaceFile(file, Buffer.from(token), { makesFolder: true });
    return token;
  }

  async #closeServers(): Promise<void> {
    const [companion, proxy] = [this.#companion, this.#proxy];
    this.#companion = undefined;
    this.#proxy = undefined;
    await companion?.close();
    await proxy?.close();
  }
}

function processTable(): ProcessTable {
  return process.platform === 'linux'
    ? new LinuxProcesses()
    : process.platform === 'darwin'
      ? new MacProcesses()
      : new WindowsProcesses();
}
