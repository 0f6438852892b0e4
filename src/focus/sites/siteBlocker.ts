import type { FocusError } from '../focusError.ts';
import type { BlockMethod } from './blockWayFacts.ts';

/** What shall be blocked now. Complete in itself; carries its own end. */
export interface SiteBlock {
  /** Names as `parseSiteName` gives them, without `www.`. */
  readonly sites: readonly string[];
  /** Wall-clock UTC milliseconds after which the block is a leftover that anybody may lift. */
  readonly deadlineMs: number;
}

/**
 * Whether a way can be used. `needsSetup`: the person has something to do first (pair a browser, paste an
 * address, run the helper's script). `detail` is a code for the words to show, never a name or path.
 */
export interface BlockerReadiness {
  readonly state: 'ready' | 'needsSetup' | 'unavailable';
  readonly detail: string;
}

/**
 * One way of blocking sites. Both calls can be made again and again, in any state and from several windows;
 * they bring the machine to what was asked, and do nothing when it is there already.
 */
export interface SiteBlocker {
  readonly method: BlockMethod;
  probe(): Promise<BlockerReadiness>;
  /** Blocks exactly these sites. @throws {FocusError} when that can't be; then nothing is left changed. */
  block(block: SiteBlock): Promise<void>;
  /**
   * Looks whether what was blocked is, as far as that can be seen.
   * @returns what the person should know, where it may not be
   */
  doubt?(block: SiteBlock): Promise<FocusError | undefined>;
  /** Lets everything through and puts back what was there. @throws {FocusError} when something remains. */
  release(): Promise<void>;
}

/**
 * A way that is a server of this window, which stands while the way is on. It may be opened again and again: to renew what
 * it has set, or to take over from a window that has gone.
 */
export interface ServerBlocker extends SiteBlocker {
  /** @param sites every name of the list, blocked or not. @throws {FocusError} */
  open(sites: readonly string[]): Promise<void>;
  /** Puts back what opening has set, and stops serving. */
  close(): Promise<void>;
}
