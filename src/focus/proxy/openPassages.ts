/** What can be cut, and tells when it has ended: a socket, or an answer. */
interface Passage {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** More than all browsers together have open. */
const most = 256;
/** One browser has 32 to a proxy, whatever the host. */
const mostOfOneHost = 64;

/** What leads to sites through the proxy at this moment, by the host at the far end; no more than is sensible. */
export class OpenPassages {
  readonly #hosts = new Map<Passage, string>();

  /** Takes one in until it closes. @returns false where there are too many, in all or to that host */
  add(host: string, passage: Passage): boolean {
    const toHost = [...this.#hosts.values()].filter((one) => one === host).length;
    if (this.#hosts.size >= most || toHost >= mostOfOneHost) {
      return false;
    }
    this.#hosts.set(passage, host);
    passage.once('close', () => {
      this.#hosts.delete(passage);
    });
    return true;
  }

  /** Cuts those that lead to certain hosts. */
  cut(isChosen: (host: string) => boolean): void {
    for (const [passage, host] of this.#hosts) {
      if (isChosen(host)) {
        passage.destroy();
      }
    }
  }
}
