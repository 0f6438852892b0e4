import { createHash } from 'node:crypto';
import type { Language } from '../../base/language.ts';
import { BlockingProxy } from './blockingProxy.ts';
import { FocusError } from '../focusError.ts';
import type { BlockerReadiness, ServerBlocker, SiteBlock } from '../sites/siteBlocker.ts';
import { isServed, type SystemProxy } from './systemProxy.ts';

export interface ProxyBlockerOptions {
  readonly port: number;
  /** 32 hex digits, kept in the storage folder, so that a pasted address stays right. */
  readonly token: string;
  readonly wallMs: () => number;
  /** The desktop's setting; `undefined` where the person pastes the address. */
  readonly systemProxy: SystemProxy | undefined;
  readonly onBlocked: () => void;
  /** Of the page in the place of a blocked one; English where there is none. */
  readonly language?: Language | undefined;
}

/** How long the desktop's setting may stay without a window that serves it; renewed by `open`. */
const proxyLeaseMs = 15 * 60_000;

/**
 * Blocks sites by a PAC file and a loopback proxy. Opt-in: `open` serves it and sets the desktop's address,
 * `close` puts back what was there; both stand apart from the single block, so that a session starts at once.
 * Of several windows the one that got the port serves; the others look on, and take over when it has gone.
 */
export class ProxyBlocker implements ServerBlocker {
  readonly method = 'proxy';
  readonly #options: ProxyBlockerOptions;
  #proxy: BlockingProxy | undefined;
  #block: SiteBlock | undefined;
  #sites: readonly string[] = [];

  constructor(options: ProxyBlockerOptions) {
    this.#options = options;
  }

  /** The address to paste where there is no desktop setting. */
  get pacUrl(): string {
    const { port, token } = this.#options;
    // Another list is another address, so that a browser that keeps the file asks again.
    const list = createHash('sha256').update(this.#sites.join('\n')).digest('hex').slice(0, 8);
    return `http://127.0.0.1:${this.#proxy?.port ?? port}/${token}/proxy.pac?list=${list}`;
  }

  /** The window serves the file and the proxy. */
  get isServing(): boolean {
    return this.#proxy !== undefined;
  }

  /**
   * Serves the PAC file for these names, or finds that another window does. Called at the start, when the list
   * changes, and every few minutes to renew.
   * @throws {FocusError} `portTaken`, `proxyInUse`, `notWritable`
   */
  async open(sites: readonly string[]): Promise<void> {
    this.#sites = sites;
    if (this.#proxy === undefined) {
      const { port, token, wallMs, onBlocked, language } = this.#options;
      const proxy = new BlockingProxy({ port, token, wallMs, onBlocked, language });
      try {
        await proxy.listen();
      } catch (error) {
        if (FocusError.is(error, 'portTaken') && (await isServed(this.pacUrl))) {
          return;
        }
        throw error;
      }
      this.#proxy = proxy;
    }
    this.#proxy.setSites(sites);
    this.#proxy.setBlock(this.#block);
    const { systemProxy, wallMs } = this.#options;
    if (systemProxy !== undefined && (await systemProxy.isSupported())) {
      await systemProxy.set(this.pacUrl, wallMs() + proxyLeaseMs);
    }
  }

  /** Puts back the desktop's setting and stops serving. */
  async close(): Promise<void> {
    const proxy = this.#proxy;
    this.#proxy = undefined;
    if (proxy !== undefined) {
      try {
        await this.#options.systemProxy?.restore();
      } finally {
        await proxy.close();
      }
    }
  }

  async probe(): Promise<BlockerReadiness> {
    if (!(await isServed(this.pacUrl))) {
      return { state: 'needsSetup', detail: 'proxyNotServed' };
    }
    const isSet = (await this.#options.systemProxy?.isSet()) === true;
    return isSet
      ? { state: 'ready', detail: 'proxySet' }
      : { state: 'needsSetup', detail: 'proxyAddressToPaste' };
  }

  block(block: SiteBlock): Promise<void> {
    this.#block = block;
    this.#proxy?.setBlock(block);
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.#block = undefined;
    this.#proxy?.setBlock(undefined);
    return Promise.resolve();
  }
}
