import type { Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PeerUser } from './peerUser.ts';

export interface ServerDoorOptions {
  /** Connections at a time. */
  readonly most: number;
  /** Who may come in; programs of our own user where there is none. */
  readonly peers?: PeerUser | undefined;
}

/**
 * Stands before a server on the loopback address: lets in nobody of another user, and no more connections than can be
 * served. Whoever is in and has nothing under way waits; where it is full, the one that has waited longest goes, so that
 * silent connections keep nobody out.
 */
export class ServerDoor {
  readonly #most: number;
  readonly #peers: PeerUser;
  readonly #waiting = new Set<Socket>();
  readonly #busy = new Set<Socket>();

  /** Takes the place of the server's own listeners for connections; the server calls them through this. */
  constructor(server: Server, { most, peers = new PeerUser() }: ServerDoorOptions) {
    this.#most = most;
    this.#peers = peers;
    const serve = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      void this.#letIn(socket).then((isIn) => {
        if (isIn && !socket.destroyed) {
          serve.forEach((listener) => {
            Reflect.apply(listener, server, [socket]);
          });
        }
      });
    });
  }

  /** Connections that are in. */
  get size(): number {
    return this.#waiting.size + this.#busy.size;
  }

  /** Something is under way: it does not go for the sake of others. */
  markBusy(socket: Duplex | null): void {
    if (socket instanceof Socket && this.#waiting.delete(socket)) {
      this.#busy.add(socket);
    }
  }

  /** It waits again, as the last in the line. */
  markWaiting(socket: Duplex | null): void {
    if (socket instanceof Socket && this.#busy.delete(socket)) {
      this.#waiting.add(socket);
    }
  }

  /** Ends all connections. */
  closeAll(): void {
    [...this.#waiting, ...this.#busy].forEach((socket) => socket.destroy());
  }

  async #letIn(socket: Socket): Promise<boolean> {
    // Nobody else hears of an error before the server does.
    socket.on('error', () => {
      socket.destroy();
    });
    if (this.size >= this.#most) {
      const [oldest] = this.#waiting;
      (oldest ?? socket).destroy();
    }
    if (socket.destroyed) {
      return false;
    }
    this.#waiting.add(socket);
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#busy.delete(socket);
    });
    const isOurs = await this.#peers.isOurs(socket);
    if (!isOurs) {
      socket.destroy();
    }
    return isOurs;
  }
}
