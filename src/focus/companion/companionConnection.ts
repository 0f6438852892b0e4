import type { WebSocket } from 'ws';
import { SerialQueue } from '../../base/serialQueue.ts';
import type { CompanionPairing, CompanionPairings, PairingOffer } from './companionPairings.ts';
import {
  areEqual,
  companionVersion,
  CompanionOpener,
  CompanionSealer,
  connectionKey,
  isNonce,
  isRecord,
  keyIdOf,
  makeNonce,
  pairingSecret,
  parseJson,
  proofOf,
  type CompanionBlock,
} from './companionProtocol.ts';

export interface CompanionConnectionOptions {
  readonly socket: WebSocket;
  readonly origin: string;
  readonly pairings: CompanionPairings;
  readonly offer: PairingOffer;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  readonly onReady: (connection: CompanionConnection) => void;
  readonly onBlocked: (count: number) => void;
  readonly onPaired: (pairing: CompanionPairing) => void;
  /** Too much, or something that no companion says. */
  readonly onOffence: () => void;
  /** How long a handshake may take; for tests. */
  readonly handshakeMs?: number | undefined;
}

/** Messages in a burst, and a second, after which a companion is cut off: it has little to say. */
const burst = 40;
const perSecond = 5;
const usualHandshakeMs = 5_000;
/** How long the other end may take to close what we have closed. */
const closingMs = 1_000;
/** A companion answers each time that it is told the state; one that has not so often has gone. */
const mostUnanswered = 4;
// RFC 6455, 7.4.1: policy violation.
const policyViolation = 1008;

type Await =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'proof';
      readonly secret: string;
      readonly clientNonce: string;
      readonly serverNonce: string;
      /** The browser's name in a pairing; `undefined` where it is paired already. */
      readonly pairAs: string | undefined;
    }
  | { readonly kind: 'sealed'; readonly opener: CompanionOpener };

/** One browser's connection: the handshake, then sealed messages. Whatever is out of order ends it. */
export class CompanionConnection {
  readonly #options: CompanionConnectionOptions;
  readonly #queue = new SerialQueue();
  #timer: ReturnType<typeof setTimeout>;
  #sealer: CompanionSealer | undefined;
  #await: Await = { kind: 'first' };
  #tokens = burst;
  #filledMs: number;
  #ended = false;
  #unanswered = 0;
  #keyId: string | undefined;

  constructor(options: CompanionConnectionOptions) {
    this.#options = options;
    this.#filledMs = options.monotonicMs();
    const { handshakeMs = usualHandshakeMs } = options;
    this.#timer = setTimeout(() => {
      this.#end();
    }, handshakeMs);
    options.socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#receive(data, isBinary);
    });
    options.socket.on('close', () => {
      this.#ended = true;
      clearTimeout(this.#timer);
    });
    options.socket.on('error', () => {
      options.socket.terminate();
    });
  }

  get isReady(): boolean {
    return this.#sealer !== undefined && !this.#ended;
  }

  /** Names the pairing; `undefined` before the handshake is done. */
  get keyId(): string | undefined {
    return this.#keyId;
  }

  /** Tells the whole state once more, and ends where nobody has answered the last few times. */
  beat(block: CompanionBlock | undefined): void {
    if (this.#unanswered >= mostUnanswered) {
      this.end();
    } else if (this.isReady) {
      this.#unanswered += 1;
      this.tell(block);
    }
  }

  /** Shows the companion out; it may come again. */
  end(): void {
    if (!this.#ended) {
      this.#end();
    }
  }

  /** Tells the whole state. Does nothing before the handshake is done. */
  tell(block: CompanionBlock | undefined): void {
    const sealer = this.#sealer;
    if (sealer === undefined || this.#ended) {
      return;
    }
    void this.#queue.run(async () => {
      this.#options.socket.send(await sealer.seal({ kind: 'state', block: block ?? null }));
    });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    // Counted before anything is looked at, so that a flood costs nothing but this.
    if (this.#ended) {
      return;
    }
    if (isBinary || !this.#takeToken()) {
      this.#offend();
      return;
    }
    this.#unanswered = 0;
    void this.#queue.run(async () => {
      if (!this.#ended && !(await this.#hear(parseJson(data.toString('utf8'))))) {
        this.#offend();
      }
    });
  }

  /** @returns false for what ends the connection */
  async #hear(message: unknown): Promise<boolean> {
    if (!isRecord(message)) {
      return false;
    }
    switch (this.#await.kind) {
      case 'first':
        return this.#begin(message);
      case 'proof':
        return this.#prove(message, this.#await);
      case 'sealed':
        return this.#obey(await this.#await.opener.open(message));
    }
  }

  async #begin(message: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { type, version, nonce: clientNonce, keyId, browser } = message;
    if (version !== companionVersion || !isNonce(clientNonce)) {
      return false;
    }
    const serverNonce = makeNonce();
    const nonces = { clientNonce, serverNonce };
    if (type === 'pair' && typeof browser === 'string') {
      const code = this.#options.offer.codeFor(this.#options.origin);
      if (code === undefined) {
        // No attack yet: somebody was too late, or too early.
        this.#send({ type: 'refused' });
        this.#end();
        return true;
      }
      const secret = await pairingSecret(code, clientNonce, serverNonce);
      const pairAs = browser.replace(/[^\w .-]/g, '').slice(0, 40);
      this.#await = { kind: 'proof', secret, pairAs, ...nonces };
      this.#send({ type: 'challenge', nonce: serverNonce });
      return true;
    }
    if (type !== 'hello' || typeof keyId !== 'string') {
      return false;
    }
    const pairing = await this.#options.pairings.find(keyId, this.#options.origin);
    if (pairing === undefined) {
      // Told apart from an attack: a companion whose pairing was removed should ask to be paired.
      this.#send({ type: 'unknown' });
      this.#end();
      return true;
    }
    const { secret } = pairing;
    this.#await = { kind: 'proof', secret, pairAs: undefined, ...nonces };
    const proof = await proofOf(secret, 'server', clientNonce, serverNonce);
    this.#send({ type: 'challenge', nonce: serverNonce, proof });
    return true;
  }

  async #prove(
    message: Readonly<Record<string, unknown>>,
    waiting: Extract<Await, { kind: 'proof' }>,
  ): Promise<boolean> {
    const { secret, clientNonce, serverNonce, pairAs } = waiting;
    const { offer, origin, pairings, wallMs, onPaired } = this.#options;
    const expected = await proofOf(secret, 'client', clientNonce, serverNonce);
    const isRight = message['type'] === 'proof' && areEqual(message['proof'], expected);
    if (pairAs !== undefined) {
      // The code may have been used or voided while the proof was on its way.
      if (!isRight || offer.codeFor(origin) === undefined) {
        offer.refuse(origin);
        this.#send({ type: 'refused' });
        this.#end();
        return true;
      }
      offer.close();
      const keyId = await keyIdOf(secret);
      const pairing = { keyId, secret, origin, browser: pairAs, pairedMs: wallMs() };
      await pairings.add(pairing);
      const proof = await proofOf(secret, 'server', clientNonce, serverNonce);
      this.#send({ type: 'paired', proof });
      onPaired(pairing);
    } else if (!isRight) {
      return false;
    } else {
      this.#send({ type: 'welcome' });
    }
    const key = await connectionKey(secret, clientNonce, serverNonce);
    this.#keyId = await keyIdOf(secret);
    this.#await = { kind: 'sealed', opener: new CompanionOpener(key, 'client') };
    this.#sealer = new CompanionSealer(key, 'server');
    clearTimeout(this.#timer);
    this.#options.onReady(this);
    return true;
  }

  #obey(body: unknown): boolean {
    if (!isRecord(body)) {
      return false;
    }
    const { kind, count } = body;
    if (
      kind === 'blocked' &&
      Number.isInteger(count) &&
      Number(count) > 0 &&
      Number(count) <= 100
    ) {
      this.#options.onBlocked(Number(count));
      return true;
    }
    return kind === 'alive';
  }

  #send(message: unknown): void {
    if (!this.#ended) {
      this.#options.socket.send(JSON.stringify(message));
    }
  }

  /** Token bucket: a burst, then a steady trickle. */
  #takeToken(): boolean {
    const nowMs = this.#options.monotonicMs();
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond);
    this.#filledMs = nowMs;
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }

  #offend(): void {
    if (!this.#ended) {
      this.#options.onOffence();
      this.#ended = true;
      clearTimeout(this.#timer);
      this.#options.socket.close(policyViolation);
      // Whatever is still on its way is not read.
      this.#options.socket.terminate();
    }
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    const { socket } = this.#options;
    socket.close();
    this.#timer = setTimeout(() => {
      socket.terminate();
    }, closingMs);
  }
}
