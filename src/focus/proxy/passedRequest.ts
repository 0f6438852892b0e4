import {
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type ServerResponse,
} from 'node:http';
import type { LookupFunction } from 'node:net';
import { limitConnecting, usualIdleMs } from './joinedSockets.ts';
import type { RequestTarget } from './proxyTarget.ts';

// What concerns only one of the two connections (RFC 9110, 7.6.1).
const hopHeaders: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate'],
  ...['proxy-authorization', 'te', 'trailer', 'upgrade'],
]);

/** A site says once, or a few times, that an answer will come (RFC 9110, 15.2); one that goes on saying it has none. */
const mostInterimReplies = 16;

export interface PassingOptions {
  readonly lookup?: LookupFunction | undefined;
  /** How long neither end may say anything. */
  readonly idleMs?: number | undefined;
}

/**
 * Passes a plain request on, and the reply back, at the pace of the slower. Both ends end together: where the site breaks off,
 * so does the answer, which is not made to look whole; where the browser goes, the site is let go.
 */
export function passRequest(
  incoming: IncomingMessage,
  answer: ServerResponse,
  target: RequestTarget,
  { lookup, idleMs = usualIdleMs }: PassingOptions = {},
): void {
  const { address, port, path, authority } = target;
  const fail = (): void => {
    if (answer.headersSent) {
      breakOff(incoming, answer);
    } else if (!answer.destroyed) {
      // In words of its own: what was refused of the site's would be refused again.
      answer.writeHead(502, 'Bad Gateway', { Connection: 'close' }).end();
    }
  };
  let outgoing;
  try {
    outgoing = request({
      host: address,
      port,
      path,
      method: incoming.method ?? 'GET',
      headers: { ...passedHeaders(incoming.headers), host: authority },
      // A connection for each: none is kept that nobody waits for.
      agent: false,
      ...(lookup === undefined ? {} : { lookup }),
    });
  } catch {
    // A path with something in it that no request may hold.
    answer.writeHead(400, { Connection: 'close' }).end();
    return;
  }
  outgoing.on('socket', (socket) => {
    limitConnecting(socket, () => {
      socket.destroy();
    });
    socket.once('connect', () => {
      socket.setTimeout(idleMs, () => {
        socket.destroy();
      });
    });
  });
  let interimReplies = 0;
  outgoing.on('information', () => {
    interimReplies += 1;
    if (interimReplies > mostInterimReplies) {
      outgoing.destroy();
    }
  });
  outgoing.on('response', (reply) => {
    reply.on('error', () => {
      // The end follows, and says whether it was complete.
    });
    reply.once('close', () => {
      if (!reply.complete) {
        breakOff(incoming, answer);
      }
    });
    try {
      answer.writeHead(reply.statusCode ?? 0, reply.statusMessage ?? '', answerHeaders(reply));
      reply.pipe(answer);
    } catch {
      // A status or a header that no answer may have.
      reply.destroy();
      fail();
    }
  });
  outgoing.on('error', fail);
  // A site that switches to another protocol unasked ends without an error.
  outgoing.once('close', () => {
    if (!answer.headersSent) {
      fail();
    }
  });
  answer.once('close', () => {
    outgoing.destroy();
  });
  incoming.on('error', () => {
    // The answer closes, too.
  });
  incoming.pipe(outgoing);
}

function breakOff(incoming: IncomingMessage, answer: ServerResponse): void {
  if (incoming.httpVersion === '1.0') {
    // There the end of the connection may be the end of the answer: only a reset tells the two apart.
    answer.socket?.resetAndDestroy();
  }
  answer.destroy();
}

function passedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = namedByConnection(headers.connection);
  const entries = Object.entries(headers).filter(
    // We have said "continue" ourselves.
    ([name]) => !hopHeaders.has(name) && !named.has(name) && name !== 'expect',
  );
  return Object.fromEntries(entries);
}

function answerHeaders({ rawHeaders, headers }: IncomingMessage): OutgoingHttpHeader[] {
  const named = namedByConnection(headers.connection);
  // How it is sent in parts is a matter of each connection.
  const isLeftOut = (name: string): boolean =>
    hopHeaders.has(name) || named.has(name) || name === 'transfer-encoding';
  return rawHeaders.filter((_, index) => !isLeftOut((rawHeaders[index & ~1] ?? '').toLowerCase()));
}

function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
