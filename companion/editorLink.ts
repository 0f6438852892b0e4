import {
  areEqual,
  companionPath,
  companionPort,
  companionVersion,
  CompanionOpener,
  CompanionSealer,
  connectionKey,
  isNonce,
  isRecord,
  keyIdOf,
  longestCompanionMessage,
  makeNonce,
  pairingSecret,
  parseJson,
  proofOf,
  type CompanionBlock,
} from '../src/focus/companion/companionProtocol.ts';

/** What the companion keeps of its pairing. */
export interface Pairing {
  readonly port: number;
  readonly keyId: string;
  readonly secret: string;
}

export interface EditorLinkOptions {
  readonly pairing: Pairing;
  /** The editor has said what is blocked; `undefined` for nothing. */
  readonly onState: (block: CompanionBlock | undefined) => void;
  /** The connection is gone, or never came. */
  readonly onClosed: (why: 'lost' | 'unknown') => void;
}

const answerMs = 5_000;

/** A connection to the editor that the companion is paired with. */
export class EditorLink {
  readonly #socket: WebSocket;
  readonly #options: EditorLinkOptions;
  #sealer: CompanionSealer | undefined;
  #closed = false;

  constructor(options: EditorLinkOptions) {
    this.#options = options;
    this.#socket = open(options.pairing.port);
    this.#socket.addEventListener('close', () => {
      this.#close('lost');
    });
    void this.#run();
  }

  /** Tells how many pages were held back. */
  async tellBlocked(count: number): Promise<void> {
    if (this.#sealer !== undefined && !this.#closed) {
      this.#socket.send(await this.#sealer.seal({ kind: 'blocked', count: Math.min(100, count) }));
    }
  }

  async #run(): Promise<void> {
    const { secret, keyId } = this.#options.pairing;
    const incoming = messagesOf(this.#socket);
    try {
      await opened(this.#socket);
      const clientNonce = makeNonce();
      send(this.#socket, { type: 'hello', version: companionVersion, nonce: clientNonce, keyId });
      const challenge = await incoming.next();
      if (challenge['type'] === 'unknown') {
        this.#close('unknown');
        return;
      }
      const serverNonce = challenge['nonce'];
      // Whoever has taken the editor's port while it was away does not know the secret.
      if (
        !isNonce(serverNonce) ||
        !areEqual(challenge['proof'], await proofOf(secret, 'server', clientNonce, serverNonce))
      ) {
        this.#close('lost');
        return;
      }
      const proof = await proofOf(secret, 'client', clientNonce, serverNonce);
      send(this.#socket, { type: 'proof', proof });
      if ((await incoming.next())['type'] !== 'welcome') {
        this.#close('lost');
        return;
      }
      const key = await connectionKey(secret, clientNonce, serverNonce);
      const opener = new CompanionOpener(key, 'server');
      this.#sealer = new CompanionSealer(key, 'client');
      for (;;) {
        const body = await opener.open(await incoming.next(Infinity));
        const block = isRecord(body) && body['kind'] === 'state' ? body['block'] : undefined;
        if (block === undefined) {
          this.#close('lost');
          return;
        }
        this.#options.onState(asBlock(block));
        // The answer also keeps the browser from putting this worker to sleep.
        this.#socket.send(await this.#sealer.seal({ kind: 'alive' }));
      }
    } catch {
      this.#close('lost');
    }
  }

  #close(why: 'lost' | 'unknown'): void {
    if (!this.#closed) {
      this.#closed = true;
      this.#socket.close();
      this.#options.onClosed(why);
    }
  }
}

/**
 * Pairs with the editor by the code that it shows.
 * @returns what to keep, or why not: no editor there, or the code is not (or no longer) right
 */
export async function pair(
  typedCode: string,
  browser: string,
  port = companionPort,
): Promise<Pairing | 'noEditor' | 'wrongCode'> {
  const socket = open(port);
  const incoming = messagesOf(socket);
  try {
    await opened(socket);
  } catch {
    return 'noEditor';
  }
  try {
    const clientNonce = makeNonce();
    send(socket, { type: 'pair', version: companionVersion, nonce: clientNonce, browser });
    const serverNonce = (await incoming.next())['nonce'];
    if (!isNonce(serverNonce)) {
      return 'wrongCode';
    }
    const secret = await pairingSecret(typedCode, clientNonce, serverNonce);
    send(socket, {
      type: 'proof',
      proof: await proofOf(secret, 'client', clientNonce, serverNonce),
    });
    const { proof } = await incoming.next();
    return areEqual(proof, await proofOf(secret, 'server', clientNonce, serverNonce))
      ? { port, secret, keyId: await keyIdOf(secret) }
      : 'wrongCode';
  } catch {
    return 'wrongCode';
  } finally {
    socket.close();
  }
}

function open(port: number): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${companionPath}`);
}

function send(socket: WebSocket, message: unknown): void {
  socket.send(JSON.stringify(message));
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('close', () => {
      reject(new Error('No editor'));
    });
  });
}

interface Incoming {
  /** The next message. Rejects when the connection ends, or nothing comes in time. */
  next(timeoutMs?: number): Promise<Readonly<Record<string, unknown>>>;
}

function messagesOf(socket: WebSocket): Incoming {
  const waiting: string[] = [];
  let wake: (() => void) | undefined;
  let isClosed = false;
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && data.length <= longestCompanionMessage) {
      waiting.push(data);
      wake?.();
    } else {
      socket.close();
    }
  });
  socket.addEventListener('close', () => {
    isClosed = true;
    wake?.();
  });
  return {
    async next(timeoutMs = answerMs) {
      const timer = Number.isFinite(timeoutMs)
        ? setTimeout(() => {
            socket.close();
          }, timeoutMs)
        : undefined;
      while (waiting.length === 0 && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(timer);
      const message = parseJson(waiting.shift() ?? '');
      if (!isRecord(message)) {
        throw new Error('The connection has ended');
      }
      return message;
    },
  };
}

function asBlock(block: unknown): CompanionBlock | undefined {
  if (
    !isRecord(block) ||
    !Array.isArray(block['sites']) ||
    typeof block['deadlineMs'] !== 'number'
  ) {
    return undefined;
  }
  const sites = block['sites'].filter((site): site is string => typeof site === 'string');
  return { sites, deadlineMs: block['deadlineMs'] };
}
