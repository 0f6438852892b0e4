import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import {
  companionPath,
  companionVersion,
  CompanionOpener,
  CompanionSealer,
  connectionKey,
  keyIdOf,
  makeNonce,
  pairingSecret,
  proofOf,
} from '../../src/focus/companion/companionProtocol.ts';
import { waitFor } from './waitFor.ts';

export const origin = `chrome-extension://${'abcdefghijklmnop'.repeat(2)}`;
export const otherOrigin = `chrome-extension://${'ponmlkjihgfedcba'.repeat(2)}`;

/** A client of the test's own: what a companion does, and what an attacker would. */
export class CompanionClient {
  readonly socket: WebSocket;
  readonly heard: Record<string, unknown>[] = [];
  status: number | undefined;
  closed = false;

  constructor(
    port: number,
    {
      from = origin,
      host,
      at = companionPath,
    }: { from?: string | null; host?: string; at?: string } = {},
  ) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${at}`, {
      ...(from === null ? {} : { origin: from }),
      ...(host === undefined ? {} : { headers: { Host: host } }),
    });
    this.socket.on('message', (data: Buffer) => {
      // The server's own JSON.
      this.heard.push(JSON.parse(data.toString()) as Record<string, unknown>);
    });
    this.socket.on('unexpected-response', (_request, { statusCode }) => {
      this.status = statusCode;
      this.closed = true;
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
    });
  }

  async opened(): Promise<this> {
    await waitFor('the connection', () => this.socket.readyState === WebSocket.OPEN || this.closed);
    return this;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async hear(): Promise<Record<string, unknown>> {
    return waitFor('an answer', () => this.heard.shift() ?? this.closed).then((message) =>
      message === true ? { type: 'closed' } : message,
    );
  }

  /** @returns the nonces */
  async begin(
    first: Readonly<Record<string, unknown>>,
  ): Promise<{ client: string; server: string; proof: unknown }> {
    const client = makeNonce();
    this.say({ version: companionVersion, nonce: client, ...first });
    const { nonce, proof } = await this.hear();
    return { client, server: String(nonce), proof };
  }

  async pair(code: string): Promise<string | undefined> {
    const { client, server } = await this.begin({ type: 'pair', browser: 'Test' });
    if (server === 'undefined') {
      return undefined;
    }
    const secret = await pairingSecret(code, client, server);
    this.say({ type: 'proof', proof: await proofOf(secret, 'client', client, server) });
    const answer = await this.hear();
    return answer['type'] === 'paired' &&
      answer['proof'] === (await proofOf(secret, 'server', client, server))
      ? secret
      : undefined;
  }

  async hello(
    secret: string,
  ): Promise<{ sealer: CompanionSealer; opener: CompanionOpener; proof: string } | undefined> {
    const {
      client,
      server,
      proof: shown,
    } = await this.begin({ type: 'hello', keyId: await keyIdOf(secret) });
    if (server === 'undefined') {
      return undefined;
    }
    assert.equal(shown, await proofOf(secret, 'server', client, server));
    const proof = await proofOf(secret, 'client', client, server);
    this.say({ type: 'proof', proof });
    assert.equal((await this.hear())['type'], 'welcome');
    const key = await connectionKey(secret, client, server);
    return {
      sealer: new CompanionSealer(key, 'client'),
      opener: new CompanionOpener(key, 'server'),
      proof,
    };
  }
}
