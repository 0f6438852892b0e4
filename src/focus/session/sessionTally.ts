import {
  noCounts,
  sessionCountNames,
  type FocusSession,
  type SessionCounts,
} from '../../facts/focusSession.ts';
import { noteCounts } from './sessionSteps.ts';

/** What one window has counted of the running session and not yet written. */
export class SessionTally {
  readonly #windowId: string;
  #id = '';
  #counts = noCounts;

  constructor(windowId: string) {
    this.#windowId = windowId;
  }

  /** Adds to what this window saw of the session; negative numbers add nothing. */
  add(session: FocusSession, seen: Partial<SessionCounts>): void {
    if (this.#id !== session.id) {
      this.#id = session.id;
      // After a reload the window may go on under its old id.
      this.#counts = session.counts[this.#windowId] ?? noCounts;
    }
    const before = this.#counts;
    const sum = (name: keyof SessionCounts): number => before[name] + Math.max(0, seen[name] ?? 0);
    this.#counts = {
      seconds: sum('seconds'),
      focusedSeconds: sum('focusedSeconds'),
      inFlowSeconds: sum('inFlowSeconds'),
      unknownSeconds: sum('unknownSeconds'),
      interruptions: sum('interruptions'),
      blockedTries: sum('blockedTries'),
    };
  }

  /** Whether this window has counted what the session does not know yet. */
  hasNews(session: FocusSession): boolean {
    const known = session.counts[this.#windowId] ?? noCounts;
    return (
      this.#id === session.id && sessionCountNames.some((name) => this.#counts[name] > known[name])
    );
  }

  /** The session with this window's counts in it. */
  into(session: FocusSession): FocusSession {
    return this.#id === session.id ? noteCounts(session, this.#windowId, this.#counts) : session;
  }
}
