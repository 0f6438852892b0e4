import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, Socket, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemErrorCode } from '../../base/errors.ts';
import { english, type Language } from '../../base/language.ts';
import { blockedPage } from './blockedReply.ts';
import { FocusError } from '../focusError.ts';
import type { PeerUser } from '../loopback/peerUser.ts';
import { ServerDoor } from '../loopback/serverDoor.ts';
import { OpenPassages } from './openPassages.ts';
import { pacFile } from './pacFile.ts';
import type { SiteBlock } from '../sites/siteBlocker.ts';
import { isDeadlineOver } from '../sites/blockDeadline.ts';
import { isWithinSite } from '../sites/hostName.ts';
import { isKept } from '../sites/keptNames.ts';
import { endSocket, joinSockets, limitConnecting } from './joinedSockets.ts';
import { passRequest } from './passedRequest.ts';
import { isPassedPort, requestTarget, tunnelTarget, type ProxyTarget } from './proxyTarget.ts';

export interface BlockingProxyOptions {
  readonly port: number;
  /** Stands in the PAC file's path, so that no web page can load it and learn the names. */
  readonly token: string;
  readonly wallMs: () => number;
  /** Somebody tried a blocked name. */
  readonly onBlocked: () => void;
  /** Of the page in the place of a blocked one; English where there is none. */
  readonly language?: Language | undefined;
  /** Finds the address of a name; the system's way where there is none. */
  readonly lookup?: LookupFunction;
  /** How long a half of a tunnel may be left alone; for tests. */
  readonly lingerMs?: number;
  /** How long a connection may say nothing; for tests. */
  readonly idleMs?: number;
  /** How long a browser may take to say what it wants; for tests. */
  readonly headMs?: number;
  /** Who may use it; programs of our own user where there is none. */
  readonly peers?: PeerUser;
}

/** Connections of browsers at a time. One browser has 32 to a proxy for pages and as many for WebSockets. */
const mostConnections = 512;
const usualHeadMs = 30_000;

/**
 * Loopback proxy for the configured names: passes everything through while nothing is blocked, answers 403 for
 * what is, and cuts the connections that are open when a block begins. No open proxy: other names are refused.
 */
export class BlockingProxy {
  readonly #options: BlockingProxyOptions;
  readonly #server: Server;
  readonly #door: ServerDoor;
  readonly #open = new OpenPassages();
  /** Connections that wait for an answer. */
  readonly #unanswered = new WeakSet<Duplex>();
  #sites: readonly string[] = [];
  #block: SiteBlock | undefined;

  constructor(options: BlockingProxyOptions) {
    this.#options = options;
    const { headMs = usualHeadMs } = options;
    this.#server = createServer({
      keepAliveTimeout: 30_000,
      maxHeaderSize: 65_536,
      headersTimeout: headMs,
      connectionsCheckingInterval: Math.min(5_000, headMs),
      // How long a body takes is between the browser and the site.
      requestTimeout: 0,
    });
    this.#server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => {
      this.#serve(incoming, answer);
    });
    this.#server.on('connect', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#tunnel(incoming, socket, head);
    });
    this.#server.on('clientError', (_error, socket) => {
      socket.destroy();
    });
    this.#door = new ServerDoor(this.#server, { most: mostConnections, peers: options.peers });
  }

  /** @throws {FocusError} `portTaken` */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        reject(
          systemErrorCode(error) === 'EADDRINUSE'
            ? new FocusError('portTaken', 'The port of the blocking proxy is in use.', error)
            : error,
        );
      });
      this.#server.listen(this.#options.port, '127.0.0.1', () => {
        resolve();
      });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  get pacUrl(): string {
    return `http://127.0.0.1:${this.port}/${this.#options.token}/proxy.pac`;
  }

  /** The configured names, blocked or not. */
  setSites(sites: readonly string[]): void {
    this.#sites = sites;
  }

  /** Begins, changes or ends the block; what is open to a name that is now blocked is cut. */
  setBlock(block: SiteBlock | undefined): void {
    this.#block = block;
    this.#open.cut((host) => this.#isBlocked(host));
  }

  close(): Promise<void> {
    this.#open.cut(() => true);
    this.#door.closeAll();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  #serve(incoming: IncomingMessage, answer: ServerResponse): void {
    if (!this.#noteAnswer(incoming.socket, answer)) {
      return;
    }
    const target = incoming.url ?? '';
    if (target.startsWith('/')) {
      this.#serveOwn(target, incoming, answer);
      return;
    }
    const asked = requestTarget(target);
    if (asked === undefined || !this.#isPassed(asked)) {
      answer.writeHead(403, { Connection: 'close' }).end();
      return;
    }
    if (this.#isBlocked(asked.host)) {
      this.#refusePage(answer);
      return;
    }
    if (!this.#open.add(asked.host, answer)) {
      answer.writeHead(503, { Connection: 'close' }).end();
      return;
    }
    passRequest(incoming, answer, asked, this.#options);
  }

  /**
   * While a connection has an answer to come it is busy, and can't become a tunnel: the answer would be said into that. Nor
   * may it ask for more meanwhile, which no browser does: of what waits in line behind an answer nobody hears that it was
   * given up.
   */
  #noteAnswer(near: Socket, answer: ServerResponse): boolean {
    if (this.#unanswered.has(near)) {
      near.destroy();
      return false;
    }
    this.#door.markBusy(near);
    this.#unanswered.add(near);
    answer.once('close', () => {
      this.#unanswered.delete(near);
      this.#door.markWaiting(near);
    });
    return true;
  }

  #serveOwn(path: string, incoming: IncomingMessage, answer: ServerResponse): void {
    const { token } = this.#options;
    // Another name in Host would be a page that had its own name point here (DNS rebinding).
    const isOurs = incoming.headers.host === `127.0.0.1:${this.port}`;
    const [, given, file] = path.split(/[/?]/);
    if (!isOurs || given !== token || incoming.method !== 'GET') {
      answer.writeHead(404).end();
    } else if (file === 'proxy.pac') {
      answer
        .writeHead(200, {
          'Content-Type': 'application/x-ns-proxy-autoconfig',
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
        })
        .end(pacFile(this.#sites, this.port));
    } else if (file === 'alive') {
      answer.writeHead(200, { 'Content-Type': 'text/plain' }).end('millrace');
    } else {
      answer.writeHead(404).end();
    }
  }

  #tunnel(incoming: IncomingMessage, near: Duplex, head: Buffer): void {
    near.on('error', () => {
      near.destroy();
    });
    if (!(near instanceof Socket) || this.#unanswered.has(near)) {
      near.destroy();
      return;
    }
    this.#door.markBusy(near);
    const refuse = (status: string): void => {
      endSocket(near, `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    };
    const asked = tunnelTarget(incoming.url ?? '');
    if (asked === undefined || !this.#isPassed(asked)) {
      refuse('403 Forbidden');
      return;
    }
    const { host, address, port } = asked;
    if (this.#isBlocked(host)) {
      this.#options.onBlocked();
      refuse('403 Forbidden');
      return;
    }
    if (!this.#open.add(host, near)) {
      refuse('503 Service Unavailable');
      return;
    }
    const { lookup } = this.#options;
    const far = connect({
      ...{ host: address, port, allowHalfOpen: true },
      ...(lookup === undefined ? {} : { lookup }),
    });
    limitConnecting(far, () => {
      far.destroy();
      refuse('504 Gateway Timeout');
    });
    const fail = (): void => {
      refuse('502 Bad Gateway');
    };
    const giveUp = (): void => {
      far.destroy();
    };
    far.once('error', fail);
    near.once('close', giveUp);
    far.once('connect', () => {
      far.removeListener('error', fail);
      near.removeListener('close', giveUp);
      joinSockets(near, far, this.#options);
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) {
        far.write(head);
      }
      // The block may have begun while the far end was being reached.
      if (this.#isBlocked(host)) {
        near.destroy();
      }
    });
  }

  #refusePage(answer: ServerResponse): void {
    this.#options.onBlocked();
    answer.writeHead(403, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      Connection: 'close',
    });
    const { wallMs, language = english } = this.#options;
    answer.end(blockedPage(this.#block?.deadlineMs ?? 0, wallMs(), language));
  }

  /** Only what the list names, at the ports that browsers use. */
  #isPassed({ host, port }: ProxyTarget): boolean {
    return isPassedPort(port) && this.#isKnown(host);
  }

  #isKnown(host: string): boolean {
    return [...this.#sites, ...(this.#block?.sites ?? [])].some((name) => isWithinSite(host, name));
  }

  /** A deadline that has passed, or that nobody can have meant, blocks nothing, whoever forgot to end the block. */
  #isBlocked(host: string): boolean {
    const block = this.#block;
    return (
      block !== undefined &&
      !isDeadlineOver(block.deadlineMs, this.#options.wallMs()) &&
      !isKept(host) &&
      block.sites.some((name) => isWithinSite(host, name))
    );
  }
}
