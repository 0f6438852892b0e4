import path from 'node:path';
import * as v from 'valibot';
import { readIfOurs, replaceFile } from '../../files/durableFiles.ts';
import { makePairingCode } from './companionProtocol.ts';

const pairing = v.strictObject({
  keyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** The companion's own origin: the only one that may use this secret. */
  origin: v.string(),
  /** `Firefox`, `Chromium`: what the browser calls itself. */
  browser: v.pipe(v.string(), v.maxLength(40)),
  pairedMs: v.number(),
});
const file = v.strictObject({
  format: v.literal('millrace-companions'),
  version: v.literal(1),
  pairings: v.pipe(v.array(pairing), v.maxLength(50)),
});

export type CompanionPairing = v.InferOutput<typeof pairing>;

const mostPairings = 20;

/** The browsers that are paired: one private file in the storage folder, read anew for each connection. */
export class CompanionPairings {
  readonly #file: string;

  constructor(storageFolder: string) {
    this.#file = path.join(storageFolder, 'companions.json');
  }

  async all(): Promise<readonly CompanionPairing[]> {
    const text = (await readIfOurs(this.#file))?.toString('utf8') ?? '';
    try {
      const parsed = v.safeParse(file, JSON.parse(text));
      return parsed.success ? parsed.output.pairings : [];
    } catch {
      return [];
    }
  }

  async find(keyId: string, origin: string): Promise<CompanionPairing | undefined> {
    return (await this.all()).find((one) => one.keyId === keyId && one.origin === origin);
  }

  /** Keeps a pairing; an older one of the same companion goes. */
  async add(added: CompanionPairing): Promise<void> {
    const others = (await this.all()).filter(({ origin }) => origin !== added.origin);
    await this.#write([...others, added].slice(-mostPairings));
  }

  /** Forgets every browser. */
  async clear(): Promise<void> {
    await this.#write([]);
  }

  async #write(pairings: readonly CompanionPairing[]): Promise<void> {
    const text = JSON.stringify({ format: 'millrace-companions', version: 1, pairings });
    await replaceFile(this.#file, Buffer.from(`${text}\n`), { makesFolder: true });
  }
}

const codeLifeMs = 2 * 60_000;
const mostWrongCodes = 5;
/** Origins whose wrong tries are remembered. */
const mostWrongOrigins = 100;

/**
 * The one-time code that is shown: good for one pairing, two minutes, and five wrong tries of each origin. Browsers let no
 * extension speak for another, so that a stranger's wrong codes don't void the right one. A program that makes up origins
 * has tries without end, and two minutes for 50 bits.
 */
export class PairingOffer {
  readonly #nowMs: () => number;
  #code: string | undefined;
  #endsMs = 0;
  /** Wrong tries, by their origin. */
  readonly #wrong = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Makes a new code; an older one is void. */
  open(): string {
    this.#code = makePairingCode();
    this.#endsMs = this.#nowMs() + codeLifeMs;
    this.#wrong.clear();
    return this.#code;
  }

  /** The code, while it is good. */
  get code(): string | undefined {
    if (this.#nowMs() >= this.#endsMs) {
      this.#code = undefined;
    }
    return this.#code;
  }

  /** The code, while it is good and this origin may try it. */
  codeFor(origin: string): string | undefined {
    return (this.#wrong.get(origin) ?? 0) < mostWrongCodes ? this.code : undefined;
  }

  /** Somebody tried a wrong one. */
  refuse(origin: string): void {
    const count = (this.#wrong.get(origin) ?? 0) + 1;
    // Again as the last, so that the first is who has not tried for longest.
    this.#wrong.delete(origin);
    this.#wrong.set(origin, count);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > mostWrongOrigins && oldest !== undefined) {
      this.#wrong.delete(oldest);
    }
  }

  /** The code was used, or is no longer wanted. */
  close(): void {
    this.#code = undefined;
  }
}
