import { get } from 'node:http';
import { CompanionServer, type CompanionServerOptions } from './companionServer.ts';
import { FocusError } from '../focusError.ts';
import type { BlockerReadiness, ServerBlocker, SiteBlock } from '../sites/siteBlocker.ts';

/**
 * Blocks sites through the companion extension of the browser. Changes nothing of the machine: what a browser was
 * told ends by itself, at the deadline or when the editor has been silent. Of several windows the one that got
 * the port serves.
 */
export class CompanionBlocker implements ServerBlocker {
  readonly method = 'companion';
  readonly #options: CompanionServerOptions;
  #server: CompanionServer | undefined;
  #block: SiteBlock | undefined;

  constructor(options: CompanionServerOptions) {
    this.#options = options;
  }

  /** The server, where this window serves. */
  get server(): CompanionServer | undefined {
    return this.#server;
  }

  /**
   * Serves, or finds that another window does. Called at the start and every now and then, to take over.
   * @throws {FocusError} `portTaken` when another program has the port
   */
  async open(): Promise<void> {
    if (this.#server !== undefined) {
      return;
    }
    const server = new CompanionServer(this.#options);
    try {
      await server.listen();
    } catch (error) {
      if (FocusError.is(error, 'portTaken') && (await this.#isServedByUs())) {
        return;
      }
      throw error;
    }
    this.#server = server;
    server.setBlock(this.#block);
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.close();
  }

  async probe(): Promise<BlockerReadiness> {
    if (this.#server === undefined) {
      return (await this.#isServedByUs())
        ? { state: 'ready', detail: 'companionOtherWindow' }
        : { state: 'unavailable', detail: 'companionNotServed' };
    }
    if (this.#server.connected > 0) {
      return { state: 'ready', detail: 'companionConnected' };
    }
    const pairings = await this.#server.pairings.all();
    const detail = pairings.length > 0 ? 'companionNotConnected' : 'companionNotPaired';
    return { state: 'needsSetup', detail };
  }

  block(block: SiteBlock): Promise<void> {
    this.#block = block;
    this.#server?.setBlock(block);
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.#block = undefined;
    this.#server?.setBlock(undefined);
    return Promise.resolve();
  }

  #isServedByUs(): Promise<boolean> {
    const { port, owner } = this.#options;
    return new Promise((resolve) => {
      const asked = get({ host: '127.0.0.1', port, path: '/alive', timeout: 1_000 }, (reply) => {
        let text = '';
        reply.setEncoding('utf8');
        reply.on('data', (part: string) => {
          text = (text + part).slice(0, 100);
        });
        reply.on('end', () => {
          resolve(text === `millrace ${owner}`);
        });
        reply.on('error', () => {
          resolve(false);
        });
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => {
        resolve(false);
      });
    });
  }
}
