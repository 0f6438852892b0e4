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
}

// The origins that browsers give the pages and workers of an extension, and no web page can have.
const originPattern = /^(?:chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f-]{36})$/;
const mostConnections = 16;
const penaltyMs = 10_000;
const mostPenalties = 100;

/** The editor's end: a WebSocket server on the loopback address, for extensions of browsers alone. */
export class CompanionServer {
  readonly #options: CompanionServerOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
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
    this.#http = createServer({ maxHeaderSize: 8_192, headersTimeout: 5_000 });
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
      this.#tellAll();
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
    await new Promise<void>((resolve) => {
      this.#http.close(() => {
        resolve();
      });
      this.#http.closeAllConnections();
    });
  }

  #tellAll(): void {
    const block = this.#block;
    const nowMs = this.#options.clock.wallMs();
    const holds = block !== undefined && !isDeadlineOver(block.deadlineMs, nowMs);
    for (const connection of this.#connections) {
      connection.tell(holds ? block : undefined);
    }
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
      this.#sockets.clients.size < mostConnections;
    if (!isWelcome) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(incoming, socket, head, (opened) => {
      const { clock, log, onBlocked, onPaired } = this.#options;
      const connection = new CompanionConnection({
        socket: opened,
        origin,
        pairings: this.#pairings,
        offer: this.#offer,
        wallMs: () => clock.wallMs(),
        monotonicMs: () => clock.monotonicMs(),
        onReady: () => {
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
      this.#connections.add(connection);
      opened.on('close', () => this.#connections.delete(connection));
    });
  }

  /** Another name in Host would be a page that had its own name point here (DNS rebinding). */
  #hasOwnHost(incoming: IncomingMessage): boolean {
    return incoming.headers.host === `127.0.0.1:${this.port}`;
  }

  #punish(origin: string): void {
    if (this.#penalties.size >= mostPenalties) {
      this.#penalties.clear();
    }
    this.#penalties.set(origin, this.#options.clock.monotonicMs() + penaltyMs);
  }

  #isPunished(origin: string): boolean {
    return (this.#penalties.get(origin) ?? 0) > this.#options.clock.monotonicMs();
  }
}
