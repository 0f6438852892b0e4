import type { EditorServer } from './editorServer.ts';
import { lookFromOutside, type OutsideView } from './hostProbe.ts';

/** What one look at one extension host saw. */
export interface WatchedView extends OutsideView {
  /** The port of the server whose host it is. */
  readonly serverPort: number;
}

/**
 * Looks from without at the extension hosts of a server, several times a second, until it is stopped. A look that
 * fails ends the watch, and {@link views} tells: nothing is thrown from the timer, where it would hit any test.
 */
export class OutsideWatch {
  readonly #seen: WatchedView[] = [];
  readonly #timer: NodeJS.Timeout;
  #failure: Error | undefined;

  constructor(server: EditorServer) {
    this.#timer = setInterval(() => {
      try {
        for (const { pid } of server.extensionHosts()) {
          const view = lookFromOutside(pid);
          if (view !== undefined) {
            this.#seen.push({ serverPort: server.port, ...view });
          }
        }
      } catch (error) {
        this.#failure = new Error('A look at the extension hosts failed', { cause: error });
        this.stop();
      }
    }, 200);
  }

  /** Ends the watch; to be called before the server is stopped. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Everything that was seen. @throws {Error} when a look failed. */
  views(): readonly WatchedView[] {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    return this.#seen;
  }
}
