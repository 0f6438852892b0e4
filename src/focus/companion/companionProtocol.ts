/**
 * What the companion in the browser and the editor say to each other, and the cryptography that both ends share.
 * Runs in Node and in a browser's extension, so it knows neither: Web Cryptography is in both.
 *
 *     pairing                                     every later connection
 *     C: pair  {nonce, name}                      C: hello {nonce, keyId}
 *     S: challenge {nonce}                        S: challenge {nonce, proof}
 *     C: proof {proof}                            C: proof {proof}
 *     S: paired {proof}                           S: welcome {}
 *     then, both ways: {seq, body, mac}
 *
 * The secret comes of the one-time code and both nonces by HKDF-SHA-256 (RFC 5869) and is never sent. Each later
 * connection has a key of its own, from the secret and both new nonces, so nothing of one can be replayed in
 * another; inside one, `seq` counts from 1 without gaps, so nothing can be replayed, dropped or swapped.
 */
export const companionVersion = 1;
export const companionPath = '/companion';
export const companionPort = 47_148;
/** The longest message either end accepts, in characters. 2,000 names fit. */
export const longestCompanionMessage = 262_144;
/** What the editor accepts; a companion has little to say. */
export const longestCompanionRequest = 4_096;
/** The editor says again what is blocked this often. */
export const companionStateMs = 10_000;
/** A companion that has heard nothing for this long lets everything through. */
export const companionSilenceMs = 30_000;

/** What is blocked, as the companion is told. Times are the editor's; it and the browser share a clock. */
export interface CompanionBlock {
  readonly sites: readonly string[];
  readonly deadlineMs: number;
}

/** Letters and digits that can't be taken for one another; 10 of them are 50 bits. */
const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLength = 10;

/** A new one-time code, as it is shown: `ABCDE-FGH23`. */
export function makePairingCode(): string {
  const random = crypto.getRandomValues(new Uint8Array(codeLength));
  const letters = Array.from(random, (byte) => codeAlphabet[byte % codeAlphabet.length]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** The code without what a person may add or leave out in typing it. */
function normalizePairingCode(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** 32 random bytes as hex. */
export function makeNonce(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}

export function isNonce(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The secret that two ends with the same code and nonces share; hex. */
export function pairingSecret(
  code: string,
  clientNonce: string,
  serverNonce: string,
): Promise<string> {
  return derive(toHex(encode(normalizePairingCode(code))), clientNonce + serverNonce, 'pair');
}

/** Names a secret without telling it. */
export async function keyIdOf(secret: string): Promise<string> {
  return (await derive(secret, '', 'id')).slice(0, 16);
}

/** What shows that an end has the secret. */
export function proofOf(
  secret: string,
  role: 'client' | 'server',
  clientNonce: string,
  serverNonce: string,
): Promise<string> {
  return sign(secret, `proof|${role}|${clientNonce}|${serverNonce}`);
}

/** The key of one connection. */
export function connectionKey(
  secret: string,
  clientNonce: string,
  serverNonce: string,
): Promise<string> {
  return derive(secret, clientNonce + serverNonce, 'connection');
}

interface SealedMessage {
  readonly seq: number;
  /** JSON. */
  readonly body: string;
  readonly mac: string;
}

/** One direction's sender; messages come out in the order in which they were given. */
export class CompanionSealer {
  readonly #key: string;
  readonly #role: 'client' | 'server';
  #seq = 0;

  constructor(key: string, role: 'client' | 'server') {
    this.#key = key;
    this.#role = role;
  }

  async seal(message: unknown): Promise<string> {
    this.#seq += 1;
    const seq = this.#seq;
    const body = JSON.stringify(message);
    const mac = await sign(this.#key, `${this.#role}|${seq}|${body}`);
    const sealed: SealedMessage = { seq, body, mac };
    return JSON.stringify(sealed);
  }
}

/** One direction's receiver. */
export class CompanionOpener {
  readonly #key: string;
  readonly #role: 'client' | 'server';
  #seq = 0;

  /** @param role the role of the end that sent what is opened here */
  constructor(key: string, role: 'client' | 'server') {
    this.#key = key;
    this.#role = role;
  }

  /** @returns the message, or `undefined` for one that is forged, replayed, or out of its turn */
  async open(message: unknown): Promise<unknown> {
    if (
      !isRecord(message) ||
      typeof message['body'] !== 'string' ||
      typeof message['mac'] !== 'string' ||
      message['seq'] !== this.#seq + 1
    ) {
      return undefined;
    }
    const { body, mac } = message;
    const expected = await sign(this.#key, `${this.#role}|${this.#seq + 1}|${body}`);
    if (!areEqual(mac, expected)) {
      return undefined;
    }
    this.#seq += 1;
    return parseJson(body);
  }
}

/** Compares without telling by its time where two texts differ. */
export function areEqual(one: unknown, other: string): boolean {
  if (typeof one !== 'string' || one.length !== other.length) {
    return false;
  }
  let difference = 0;
  for (let index = 0; index < other.length; index += 1) {
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  }
  return difference === 0;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text's JSON, or `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function derive(secretHex: string, saltHex: string, info: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', fromHex(secretHex), 'HKDF', false, [
    'deriveBits',
  ]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: fromHex(saltHex),
      info: encode(`millrace companion ${companionVersion} ${info}`),
    },
    key,
    256,
  );
  return toHex(new Uint8Array(bits));
}

async function sign(keyHex: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', fromHex(keyHex), algorithm, false, ['sign']);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, encode(text))));
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
