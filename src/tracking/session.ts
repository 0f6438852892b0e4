/** A stretch of work in one window: from the first edit until nobody touched it for the idle time. */
export interface Session {
  readonly id: string;
  readonly startMs: number;
  /** The last moment, wall-clock, at which a person was seen. */
  readonly endMs: number;
  /** One offset for the whole session; a change of zone or of daylight saving begins another. */
  readonly zoneOffsetMinutes: number;
}

export interface SessionRules {
  /** Without a touch for this long, the session is over. */
  readonly idleMs: number;
  /** Makes an id that no other session of any window has: 32 hex digits. */
  readonly newId: () => string;
}

/** Begins and ends sessions. All times are wall-clock. */
export class SessionTracker {
  readonly #newId: () => string;
  #idleMs: number;
  #current: Session | undefined;

  constructor(rules: SessionRules) {
    this.#newId = rules.newId;
    this.#idleMs = rules.idleMs;
  }

  get current(): Session | undefined {
    return this.#current;
  }

  setIdleTime(idleMs: number): void {
    this.#idleMs = idleMs;
  }

  /** An edit begins a session where there is none. Returns true when it did. */
  edited(wallMs: number, zoneOffsetMinutes: number): boolean {
    if (this.#current !== undefined) {
      this.touched(wallMs);
      return false;
    }
    this.#current = { id: this.#newId(), startMs: wallMs, endMs: wallMs, zoneOffsetMinutes };
    return true;
  }

  /** Anything else that a person does keeps a session going, but begins none. */
  touched(wallMs: number): void {
    if (this.#current !== undefined && wallMs > this.#current.endMs) {
      this.#current = { ...this.#current, endMs: wallMs };
    }
  }

  /** Whether the session has to end now: idle for too long, or the zone changed under it. */
  isOver(wallMs: number, zoneOffsetMinutes: number): boolean {
    const current = this.#current;
    return (
      current !== undefined &&
      (wallMs - current.endMs >= this.#idleMs || zoneOffsetMinutes !== current.zoneOffsetMinutes)
    );
  }

  /** Ends the session and returns it as it was. */
  end(): Session | undefined {
    const ended = this.#current;
    this.#current = undefined;
    return ended;
  }
}
