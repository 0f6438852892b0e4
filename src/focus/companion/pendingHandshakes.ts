/** A browser's extension has one connection, and perhaps one that it has given up. */
const mostOfOneOrigin = 4;
const most = 16;

interface Pending {
  readonly origin: string;
  /** Shows it out. */
  readonly end: () => void;
}

/**
 * Who has connected and not yet shown that they are paired. An origin that has enough of them gets no more; where all together
 * are too many, the oldest of the origin that has most goes, so that nobody can hold the others out, also not by many origins.
 */
export class PendingHandshakes {
  /** In the order in which they came. */
  readonly #pending = new Set<Pending>();

  hasRoom(origin: string): boolean {
    return this.#of(origin).length < mostOfOneOrigin;
  }

  /** @returns what to call when it is over, one way or the other */
  add(origin: string, end: () => void): () => void {
    if (this.#pending.size >= most) {
      this.#endOne();
    }
    const added = { origin, end };
    this.#pending.add(added);
    return () => {
      this.#pending.delete(added);
    };
  }

  #endOne(): void {
    let chosen: readonly Pending[] = [];
    for (const { origin } of this.#pending) {
      const own = this.#of(origin);
      chosen = own.length > chosen.length ? own : chosen;
    }
    const [oldest] = chosen;
    if (oldest !== undefined) {
      this.#pending.delete(oldest);
      oldest.end();
    }
  }

  #of(origin: string): readonly Pending[] {
    return [...this.#pending].filter((one) => one.origin === origin);
  }
}
