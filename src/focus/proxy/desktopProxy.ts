import * as v from 'valibot';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';
import type { StrayWanted } from '../undo/healLeftovers.ts';
import type { JournalEntry, JournalKind, RestoreJournal } from '../undo/restoreJournal.ts';
import { isServed, type SystemProxy } from './systemProxy.ts';

/** How the values of a desktop that belong together stand, read at one moment. */
export interface ProxyStand {
  /** What the desktop goes by: no proxy, the address of a PAC file, or something else, such as a manual proxy. */
  readonly goesBy: 'nothing' | 'address' | 'other';
  /** The address, in force or not, exactly as it stands there, so that it can be put back. */
  readonly address: string | undefined;
}

const mostUrls = 20;

/** What entries about a desktop's proxy have in common; spread into `journalKind`. */
export const proxyEntryFields = {
  /** Every address that was set or was about to be, the latest last: any of them is ours to take away. */
  ourUrls: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(mostUrls)),
  /** The desktop was seen to go by our address: when it goes by none now, somebody has switched it off. */
  isPlaced: v.optional(v.literal(true)),
};

/** An entry about a desktop's proxy. */
export interface ProxyEntry extends JournalEntry {
  readonly ourUrls: string[];
  readonly isPlaced?: true | undefined;
  /** The address before, as it stood there. */
  readonly urlBefore?: string | undefined;
}

export interface DesktopProxyOptions {
  readonly journal: RestoreJournal;
  /** The token in the addresses that Millrace serves from this storage folder; `undefined` where it never did. */
  readonly token?: () => Promise<string | undefined>;
  readonly step?: StepHook;
}

const mostTries = 3;
// Ours, quoted or not: the token tells whose it is, whatever its port and list.
const ownPattern = /^'?http:\/\/127\.0\.0\.1:\d+\/([0-9A-Za-z]+)\/proxy\.pac(?:\?[^']*)?'?$/;

/**
 * A desktop's proxy setting among others who set it: a person, a VPN. All values that belong together are looked at
 * right before each single one is written, and again before anything is claimed. What is not ours, or not any more, is
 * left as it is: in setting, in renewing, in putting back.
 */
export abstract class DesktopProxy<Entry extends ProxyEntry> implements SystemProxy {
  readonly way = 'proxy';
  abstract readonly kind: JournalKind<Entry>;
  abstract readonly label: string;
  /** An address counts even beside a manual proxy, so that ours has to give way to one. */
  protected abstract readonly addressOutranks: boolean;
  /** What steps are called. */
  protected abstract readonly desktop: string;
  readonly #journal: RestoreJournal;
  readonly #token: () => Promise<string | undefined>;
  readonly #step: StepHook;

  constructor({ journal, token, step }: DesktopProxyOptions) {
    this.#journal = journal;
    this.#token = token ?? (() => Promise.resolve(undefined));
    this.#step = step ?? noSteps;
  }

  abstract isSupported(): Promise<boolean>;
  /** All values at once; `undefined` when there is no such setting here. @throws {FocusError} `notWritable` */
  protected abstract read(): Promise<ProxyStand | undefined>;
  /** An address as it would stand there. */
  protected abstract print(url: string): string;
  protected abstract entryOf(common: ProxyEntry): Entry;
  /** @throws {FocusError} `notWritable` */
  protected abstract putAddress(address: string | undefined): Promise<void>;
  /** Where the address alone decides, there is nothing to do. @throws {FocusError} `notWritable` */
  protected abstract goBy(what: 'nothing' | 'address'): Promise<void>;

  async set(url: string, deadlineMs: number): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (await this.#trySet(url, deadlineMs)) {
        return;
      }
    }
    await this.restore();
    throw new FocusError('contended', 'Another program kept changing the proxy setting.');
  }

  async isInUse(): Promise<boolean> {
    const entry = await this.#journal.read(this.kind);
    return entry !== undefined && (await isServed(entry.ourUrls.at(-1) ?? ''));
  }

  async isSet(): Promise<boolean> {
    const entry = await this.#journal.read(this.kind);
    const stand = entry && (await this.read().catch(() => undefined));
    return stand?.goesBy === 'address' && this.#isOurs(stand.address, entry?.ourUrls ?? []);
  }

  async restore(): Promise<void> {
    const entry = await this.#journal.read(this.kind);
    if (entry !== undefined) {
      await this.#takeOut(entry.ourUrls, entry.urlBefore);
      await this.#journal.remove(this.kind);
    }
  }

  /** An address of ours that another program put back after the end: known by its token. */
  async removeStray({ all }: StrayWanted): Promise<number> {
    const token = await this.#token();
    if (token === undefined || (await this.#journal.read(this.kind)) !== undefined) {
      return 0;
    }
    const address = (await this.read())?.address;
    if (address === undefined || ownPattern.exec(address)?.[1] !== token) {
      return 0;
    }
    const url = address.replace(/^'|'$/g, '');
    if (!all && (await isServed(url))) {
      return 0;
    }
    await this.#takeOut([url], undefined);
    return 1;
  }

  /** @returns false when somebody else changed something on the way: look again, from the start */
  async #trySet(url: string, deadlineMs: number): Promise<boolean> {
    const stand = await this.read();
    if (stand === undefined) {
      throw new FocusError('unsupported', 'This desktop has no proxy setting that Millrace knows.');
    }
    const known = await this.#journal.read(this.kind);
    const ourUrls = withUrl(known?.ourUrls ?? [], url);
    const isOurs = this.#isOurs(stand.address, ourUrls);
    const common = { target: this.kind.target, version: 1, deadlineMs, ourUrls } as const;
    // What stood there before the first time; our own address never did.
    const before = isOurs ? known?.urlBefore : stand.address;
    const entry = this.entryOf(before === undefined ? common : { ...common, urlBefore: before });
    if (isForeign(stand, isOurs)) {
      await this.#leaveToOthers(entry, isOurs, known !== undefined);
      throw new FocusError('proxyInUse', 'A proxy is set already; Millrace does not replace it.');
    }
    const isPlaced = known?.isPlaced === true;
    if (isPlaced && (stand.goesBy === 'nothing' || stand.address === this.print(url))) {
      // In force still, or switched off by somebody, who meant it.
      await this.#journal.write(this.kind, { ...entry, isPlaced });
      return true;
    }
    await this.#journal.write(this.kind, isPlaced ? { ...entry, isPlaced } : entry);
    return this.#place(stand, url, entry);
  }

  async #place(stand: ProxyStand, url: string, entry: Entry): Promise<boolean> {
    const printed = this.print(url);
    let now = await this.read();
    if (!isSame(now, stand)) {
      return false;
    }
    if (stand.address !== printed) {
      await this.putAddress(printed);
      this.#step(`${this.desktop}: address set`);
      now = await this.read();
    }
    if (isSame(now, { goesBy: 'nothing', address: printed })) {
      await this.goBy('address');
      this.#step(`${this.desktop}: mode set`);
      now = await this.read();
    }
    if (isSame(now, { goesBy: 'address', address: printed })) {
      await this.#journal.write(this.kind, { ...entry, isPlaced: true });
      return true;
    }
    if (now !== undefined && isForeign(now, this.#isOurs(now.address, entry.ourUrls))) {
      return false;
    }
    // Without effect, or undone at once: nothing is claimed, and nothing is left.
    await this.restore();
    throw new FocusError('notWritable', 'The proxy setting of the desktop did not stay.');
  }

  /** Somebody else's proxy is in force. The entry stays as long as something of ours stands there. */
  async #leaveToOthers(entry: Entry, isOurs: boolean, isKnown: boolean): Promise<void> {
    if (isOurs && this.addressOutranks) {
      await this.#takeOut(entry.ourUrls, entry.urlBefore);
    } else if (isOurs) {
      // Not in force, and it may be again when they have done: many put back what they found.
      await this.#journal.write(this.kind, entry);
      return;
    }
    if (isKnown) {
      await this.#journal.remove(this.kind);
    }
  }

  /** Takes away what is ours, and only that; sees that it is gone. */
  async #takeOut(ourUrls: readonly string[], before: string | undefined): Promise<void> {
    const stillOurs = async (): Promise<ProxyStand | undefined> => {
      const stand = await this.read();
      return stand !== undefined && this.#isOurs(stand.address, ourUrls) ? stand : undefined;
    };
    let stand = await stillOurs();
    if (stand?.goesBy === 'address' && !this.addressOutranks) {
      await this.goBy('nothing');
      this.#step(`${this.desktop}: mode restored`);
      stand = await stillOurs();
    }
    if (stand !== undefined) {
      const isOwnBefore = before !== undefined && this.#isOurs(before, ourUrls);
      await this.putAddress(isOwnBefore ? undefined : before);
      this.#step(`${this.desktop}: address restored`);
      if ((await stillOurs()) !== undefined) {
        throw new FocusError('notWritable', 'The proxy setting of the desktop did not go back.');
      }
    }
  }

  #isOurs(address: string | undefined, ourUrls: readonly string[]): boolean {
    const token = ownPattern.exec(address ?? '')?.[1];
    return (
      address !== undefined &&
      ourUrls.some(
        (url) =>
          address === this.print(url) ||
          (token !== undefined && token === ownPattern.exec(url)?.[1]),
      )
    );
  }
}

function isSame(one: ProxyStand | undefined, other: ProxyStand): boolean {
  return one?.goesBy === other.goesBy && one.address === other.address;
}

/** Whether a desktop goes by something that is not ours. */
function isForeign({ goesBy }: ProxyStand, isOurs: boolean): boolean {
  return goesBy === 'other' || (goesBy === 'address' && !isOurs);
}

/** Adds an address to those that are ours; the oldest go first. */
function withUrl(urls: readonly string[], url: string): string[] {
  return [...urls.filter((one) => one !== url), url].slice(-mostUrls);
}
