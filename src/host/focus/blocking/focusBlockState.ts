import type { Clock } from '../../../base/clock.ts';
import { loggingEmitter, type Emitter, type Event } from '../../../base/emitter.ts';
import { runDetached, type Log } from '../../../base/log.ts';
import { SingleFlight } from '../../../base/singleFlight.ts';
import type { FocusService } from '../../../focus/focusService.ts';
import {
  blockMethods,
  isServer,
  waysThatAreOn,
  type BlockMethod,
} from '../../../focus/sites/blockWayFacts.ts';
import type { BlockerReadiness } from '../../../focus/sites/siteBlocker.ts';
import type { FocusReading } from '../../../readings/focusReading.ts';
import { shortMethodName } from '../focusSentences.ts';
import type { FocusSettings } from '../../settings/settingTable.ts';

type Way = FocusReading['ways'][number];

export interface FocusBlockStateOptions {
  readonly service: FocusService;
  readonly settings: () => FocusSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** The words for a probe's code. */
  readonly reasonOf: (detail: string) => string | undefined;
}

/** How blocking stands, as it was last looked at: looking asks the disk and our own servers. */
export class FocusBlockState {
  readonly #options: FocusBlockStateOptions;
  readonly #didChange: Emitter<void>;
  #ways: readonly Way[] = blockMethods.map(wayThatIsOff);
  #hasEntries = false;
  readonly #looking = new SingleFlight(() => this.#look());

  constructor(options: FocusBlockStateOptions) {
    this.#options = options;
    this.#didChange = loggingEmitter('the blocking state', options.log);
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  get ways(): readonly Way[] {
    return this.#ways;
  }

  /** Something is held off, or something of the machine is changed. */
  get isBlocking(): boolean {
    const { sites, apps } = this.counts;
    return sites + apps > 0 || this.#hasEntries || this.#options.service.enforcer.active.length > 0;
  }

  /** How many sites and apps are held off now. */
  get counts(): { readonly sites: number; readonly apps: number } {
    const { block } = this.#options.service.sessions;
    return block === undefined
      ? { sites: 0, apps: 0 }
      : { sites: block.methods.length > 0 ? block.sites.length : 0, apps: block.apps.length };
  }

  /** Looks again; never rejects. */
  refresh(): void {
    runDetached(this.#options.log, 'A look at the ways of blocking', this.#looking.join());
  }

  async #look(): Promise<void> {
    const { service, settings } = this.#options;
    const isOn = new Set(waysThatAreOn(settings()));
    const ways: Way[] = [];
    for (const way of blockMethods) {
      const blocker = service.blockers.find(({ method }) => method === way);
      ways.push(
        !isOn.has(way)
          ? wayThatIsOff(way)
          : blocker === undefined
            ? { ...wayThatIsOff(way), state: 'failed', reason: this.#reason(`${way}NotServed`) }
            : this.#wayOf(way, await blocker.probe()),
      );
    }
    this.#ways = ways;
    const { journal, restorers } = service.undoing;
    const left = new Set((await journal.all()).map(({ target }) => target));
    this.#hasEntries = restorers.some(
      // What a server has set stays as long as that way is on; it blocks nothing by itself.
      ({ kind, way }) => left.has(kind.target) && !(isServer(way) && isOn.has(way)),
    );
    this.#didChange.fire();
  }

  #wayOf(way: BlockMethod, { state, detail }: BlockerReadiness): Way {
    const reason = this.#reason(detail);
    if (state === 'ready' || detail === 'proxyAddressToPaste') {
      return { ...wayThatIsOff(way), state: 'ready', reason };
    }
    return {
      ...wayThatIsOff(way),
      state: detail === 'companionNotPaired' ? 'notPaired' : 'failed',
      reason,
    };
  }

  #reason(detail: string): string | null {
    return this.#options.reasonOf(detail) ?? null;
  }
}

function wayThatIsOff(way: BlockMethod): Way {
  return { way, name: shortMethodName(way), state: 'off', reason: null };
}
