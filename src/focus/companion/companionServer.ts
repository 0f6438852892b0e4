import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { systemErrorCode } from '../../base/errors.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Log } from '../../base/log.ts';
import { CompanionConnection } from './companionConnection.ts';
import { CompanionPairings, PairingOffer } from './companionPairings.ts';
import {
  companionPath,
  companionStateMs,
  longestCompanionRequest,
  type CompanionBlock,
} from './companionProtocol.ts';
import { FocusError } from '../focusError.ts';
import type { PeerUser } from '../loopback/peerUser.ts';
import { ServerDoor } from '../loopback/serverDoor.ts';
import { PendingHandshakes } from './pendingHandshakes.ts';
import { isDeadlineOver } from '../sites/blockDeadline.ts';

export interface CompanionServerOptions {
  readonly storageFolder: string;
  readonly port: number;
  /** Answers `/alive`, so that another window knows whose server has the port. 8 hex digits. */
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onBlocked: (count: number) => void;
  readonly onPaired: (browser: string) => void;
  /** Who may connect; programs of our own user where there is none. */
  readonly peers?: PeerUser;
  /** How long a handshake may take; for tests. */
  readonly handshakeMs?: number;
}

// The origins that browsers give the pages and workers of an extension, and no web page can have.
const originPattern = /^(?:chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f-]{36})$/;
/** Connections at a time, whatever they want. */
const mostConnections = 64;
/** Of one pairing; a browser that starts its extension again may not yet have given up the one before. */
const mostOfOnePairing = 4;
/** How long a request may take, which is a few lines. */
const headMs = 5_000;
const penaltyMs = 10_000;
const mostPenalties = 100;

/** The editor's end: a WebSocket server on the loopback address, for extensions of browsers alone. */
export class CompanionServer {
  readonly #options: CompanionServerOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #door: ServerDoor;
  readonly #pending = new PendingHandshakes();
  readonly #pairings: CompanionPairings;
  readonly #offer: PairingOffer;
  readonly #connections = new Set<CompanionConnection>();
  /** Origins that offended, until when they are not let in. Monotonic milliseconds. */
  readonly #penalties = new Map<string, number>();
  #beat: Disposable | undefined;
  #block: CompanionBlock | undefined;

  constructor(options: CompanionServerOptions) {
    this.#options = options;
    this.#pairings = new CompanionPairings(options.storageFolder);
    this.#offer = new PairingOffer(() => options.clock.monotonicMs());
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: longestCompanionRequest,
      perMessageDeflate: false,
      clientTracking: true,
    });
    this.#http = createServer({
      maxHeaderSize: 8_192,
      headersTimeout: headMs,
      requestTimeout: headMs,
      connectionsCheckingInterval: 1_000,
    });
    this.#http.on('request', (incoming, answer) => {
      const isOurs = this.#hasOwnHost(incoming) && incoming.url === '/alive';
      answer.writeHead(isOurs ? 200 : 404, { Connection: 'close' });
      answer.end(isOurs ? `millrace ${options.owner}` : '');
    });
    this.#http.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(incoming, socket, head);
    });
    this.#http.on('clientError', (_error, socket) => {
      socket.destroy();
    });
    this.#door = new ServerDoor(this.#http, { most: mostConnections, peers: options.peers });
  }

  /** @throws {FocusError} `portTaken` */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error) => {
        reject(
          systemErrorCode(error) === 'EADDRINUSE'
            ? new FocusError('portTaken', 'The port for the browser companion is in use.', error)
            : error,
        );
      });
      this.#http.listen(this.#options.port, '127.0.0.1', () => {
        resolve();
      });
    });
    this.#beat = this.#options.clock.every(companionStateMs, () => {
      const block = this.#presentBlock;
      this.#connections.forEach((connection) => {
        connection.beat(block);
      });
    });
  }

  get port(): number {
    const address = this.#http.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  /** Browsers that are connected and have shown that they are paired. */
  get connected(): number {
    return [...this.#connections].filter(({ isReady }) => isReady).length;
  }

  get pairings(): CompanionPairings {
    return this.#pairings;
  }

  /** A one-time code to show; good for two minutes. */
  offerPairing(): string {
    return this.#offer.open();
  }

  /** What is blocked from now on; told at once. */
  setBlock(block: CompanionBlock | undefined): void {
    this.#block = block;
    this.#tellAll();
  }

  async close(): Promise<void> {
    this.#beat?.dispose();
    this.#block = undefined;
    for (const socket of this.#sockets.clients) {
      socket.terminate();
    }
    this.#door.closeAll();
    await new Promise<void>((resolve) => {
      this.#http.close(() => {
        resolve();
      });
      this.#http.closeAllConnections();
    });
  }

  #tellAll(): void {
    const block = this.#presentBlock;
    for (const connection of this.#connections) {
      connection.tell(block);
    }
  }

  get #presentBlock(): CompanionBlock | undefined {
    const block = this.#block;
    const nowMs = this.#options.clock.wallMs();
    return block !== undefined && !isDeadlineOver(block.deadlineMs, nowMs) ? block : undefined;
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {
      socket.destroy();
    });
    const { origin = '' } = incoming.headers;
    const isWelcome =
      incoming.url === companionPath &&
      this.#hasOwnHost(incoming) &&
      originPattern.test(origin) &&
      !this.#isPunished(origin) &&
      this.#pending.hasRoom(origin);
    if (!isWelcome) {
      // Whoever does not end their half does not keep the other.
      socket.once('finish', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(incoming, socket, head, (opened) => {
      const { clock, log, onBlocked, onPaired, handshakeMs } = this.#options;
      const connection = new CompanionConnection({
        socket: opened,
        handshakeMs,
        origin,
        pairings: this.#pairings,
        offer: this.#offer,
        wallMs: () => clock.wallMs(),
        monotonicMs: () => clock.monotonicMs(),
        onReady: () => {
          handshakeIsOver();
          this.#door.markBusy(socket);
          this.#endEarlier(connection);
          this.#tellAll();
        },
        onBlocked,
        onPaired: ({ browser }) => {
          onPaired(browser);
        },
        onOffence: () => {
          this.#punish(origin);
          log.warn('A browser companion was cut off: it said too much, or what none says');
        },
      });
      const handshakeIsOver = this.#pending.add(origin, () => {
        connection.end();
      });
      this.#connections.add(connection);
      opened.on('close', () => {
        handshakeIsOver();
        this.#connections.delete(connection);
      });
    });
  }

  /** Of one pairing only the latest few stay. */
  #endEarlier(added: CompanionConnection): void {
    const own = [...this.#connections].filter(
      ({ isReady, keyId }) => isReady && keyId === added.keyId,
    );
    own.slice(0, -mostOfOnePairing).forEach((connection) => {
      connection.end();
    });
  }

  /** Another name in Host would be a page that had its own name point here (DNS rebinding). */
  #hasOwnHost(incoming: IncomingMessage): boolean {
    return incoming.headers.host === `127.0.0.1:${this.port}`;
  }

  #punish(origin: string): void {
    this.#penalties.delete(origin);
    const [oldest] = this.#penalties.keys();
    if (this.#penalties.size >= mostPenalties && oldest !== undefined) {
      this.#penalties.delete(oldest);
    }
    this.#penalties.set(origin, this.#options.clock.monotonicMs() + penaltyMs);
  }

  #isPunished(origin: string): boolean {
    return (this.#penalties.get(origin) ?? 0) > this.#options.clock.monotonicMs();
  }
}
