import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/base/clock.ts';
import { CompanionBlocker } from '../../../src/focus/companion/companionBlocker.ts';
import type { CompanionSealer } from '../../../src/focus/companion/companionProtocol.ts';
import { keyIdOf, makePairingCode } from '../../../src/focus/companion/companionProtocol.ts';
import { CompanionServer } from '../../../src/focus/companion/companionServer.ts';
import { FocusError } from '../../../src/focus/focusError.ts';
import { CompanionClient as Client, origin, otherOrigin } from '../../support/companionClient.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { processorMs } from '../../support/processorTime.ts';
import { waitFor } from '../../support/waitFor.ts';

describe('the companion server', () => {
  let folder: string;
  let server: CompanionServer;
  let blocked: number;
  const log = new MemoryLog();
  const clients: Client[] = [];

  const connect = async (options?: ConstructorParameters<typeof Client>[1]): Promise<Client> => {
    const client = new Client(server.port, options);
    clients.push(client);
    return client.opened();
  };
  const paired = async (): Promise<string> => {
    const client = await connect();
    const secret = await client.pair(server.offerPairing());
    assert.ok(secret !== undefined);
    client.socket.close();
    return secret;
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'millrace-companion-'));
    blocked = 0;
    server = new CompanionServer({
      storageFolder: folder,
      port: 0,
      owner: '12345678',
      clock: systemClock,
      log,
      onBlocked: (count) => (blocked += count),
      onPaired: () => {},
    });
    await server.listen();
  });

  afterEach(async () => {
    clients.splice(0).forEach(({ socket }) => {
      socket.terminate();
    });
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('pairs by the code it shows, as typed, once; and tells a paired one what is blocked', async () => {
    const code = server.offerPairing();
    assert.match(code, /^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
    const first = await connect();
    const secret = await first.pair(` ${code.toLowerCase().replace('-', '')} `);
    assert.ok(secret !== undefined);
    assert.equal(statSync(path.join(folder, 'companions.json')).mode & 0o077, 0);
    assert.equal(await (await connect()).pair(code), undefined, 'the code is used up');
    const again = await connect();
    const link = await again.hello(secret);
    assert.ok(link !== undefined);
    assert.deepEqual(await link.opener.open(await again.hear()), { kind: 'state', block: null });
    const block = { sites: ['a.example'], deadlineMs: Date.now() + 60_000 };
    server.setBlock(block);
    assert.deepEqual(await link.opener.open(await again.hear()), { kind: 'state', block });
    again.say(await link.sealer.seal({ kind: 'blocked', count: 3 }));
    await waitFor('the count', () => blocked === 3);
    server.setBlock({ sites: ['a.example'], deadlineMs: Date.now() - 1 });
    assert.deepEqual(await link.opener.open(await again.hear()), { kind: 'state', block: null });
  });

  it('refuses a wrong code, and voids the right one after five', async () => {
    const code = server.offerPairing();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const client = await connect();
      assert.equal(await client.pair(makePairingCode()), undefined);
    }
    assert.equal(await (await connect()).pair(code), undefined);
    assert.deepEqual(await server.pairings.all(), []);
  });

  it('refuses to pair when no code is shown', async () => {
    assert.equal(await (await connect()).pair('ABCDE-FGH23'), undefined);
  });

  it('lets in no web page, no other host name, no other path', async () => {
    const origins = [
      'https://evil.example',
      'null',
      'http://127.0.0.1',
      'chrome-extension://short',
      `${origin}.evil.example`,
      null,
    ];
    for (const from of origins) {
      const client = await connect({ from });
      assert.equal(client.status, 403, String(from));
    }
    assert.equal((await connect({ host: `evil.example:${server.port}` })).status, 403);
    assert.equal((await connect({ at: '/' })).status, 403);
    assert.equal(server.connected, 0);
  });

  it('lets no other extension use a secret that was given to one', async () => {
    const secret = await paired();
    const thief = await connect({ from: otherOrigin });
    assert.equal(await thief.hello(secret), undefined);
  });

  it('refuses what is replayed, from another connection and from its own', async () => {
    const secret = await paired();
    const first = await connect();
    const link = await first.hello(secret);
    assert.ok(link !== undefined);
    const message = await link.sealer.seal({ kind: 'blocked', count: 1 });
    first.say(message);
    await waitFor('the first', () => blocked === 1);
    first.say(message);
    await waitFor('the cut', () => first.closed);
    assert.equal(blocked, 1);

    // The penalty of an offence is over by itself; another server is quicker to test with.
    await server.close();
    server = new CompanionServer({
      storageFolder: folder,
      port: 0,
      owner: '12345678',
      clock: systemClock,
      log,
      onBlocked: (count) => (blocked += count),
      onPaired: () => {},
    });
    await server.listen();
    const second = await connect();
    await second.begin({ type: 'hello', keyId: await keyIdOf(secret) });
    second.say({ type: 'proof', proof: link.proof });
    assert.equal((await second.hear())['type'], 'closed');
    assert.equal(blocked, 1);
  });

  it('refuses a forged message, a message out of turn, and nonsense', async () => {
    const secret = await paired();
    const bad: ((sealer: CompanionSealer) => Promise<string>)[] = [
      async (sealer) =>
        (await sealer.seal({ kind: 'blocked', count: 1 })).replace('count\\":1', 'count\\":9'),
      async (sealer) => {
        await sealer.seal({ kind: 'alive' });
        return sealer.seal({ kind: 'blocked', count: 1 });
      },
      (sealer) => sealer.seal({ kind: 'blocked', count: 1e9 }),
      (sealer) => sealer.seal({ kind: 'unblock' }),
      () => Promise.resolve('nonsense'),
      () => Promise.resolve('[]'),
      () => Promise.resolve('x'.repeat(100_000)),
    ];
    for (const make of bad) {
      const client = await connect();
      const link = await client.hello(secret);
      assert.ok(link !== undefined);
      client.say(await make(link.sealer));
      await waitFor('the cut', () => client.closed);
      await server.close();
      server = new CompanionServer({
        storageFolder: folder,
        port: 0,
        owner: '12345678',
        clock: systemClock,
        log,
        onBlocked: (count) => (blocked += count),
        onPaired: () => {},
      });
      await server.listen();
    }
    assert.equal(blocked, 0);
  });

  it('survives a flood of 10,000 messages, and goes on serving others', async () => {
    const secret = await paired();
    const good = await connect();
    assert.ok((await good.hello(secret)) !== undefined);
    const flood = await connect({ from: otherOrigin });
    const startMs = processorMs();
    const usedBefore = process.memoryUsage().heapUsed;
    for (let count = 0; count < 10_000 && flood.socket.readyState === WebSocket.OPEN; count += 1) {
      flood.socket.send(`{"type":"hello","count":${count}}`);
    }
    await waitFor('the cut', () => flood.closed);
    assert.ok(processorMs() - startMs < 10_000);
    assert.ok(process.memoryUsage().heapUsed - usedBefore < 50_000_000);
    assert.equal((await connect({ from: otherOrigin })).status, 403, 'it waits outside');
    assert.equal(server.connected, 1);
    good.heard.length = 0;
    server.setBlock({ sites: ['a.example'], deadlineMs: Date.now() + 60_000 });
    assert.equal(typeof (await good.hear())['mac'], 'string');
  });

  it('lets in no more than a handful that say nothing', async () => {
    // All at once: who comes later may find that the first have been shown out already.
    const idle = await Promise.all(Array.from({ length: 20 }, () => connect()));
    assert.ok(idle.some(({ status }) => status === 403));
    await waitFor('the silent ones to be shown out', () => idle.every(({ closed }) => closed));
  });

  it('is one for all windows, and no stranger is taken for it', async () => {
    const options = {
      storageFolder: folder,
      port: server.port,
      clock: systemClock,
      log,
      onBlocked: () => {},
      onPaired: () => {},
    };
    const sameStorage = new CompanionBlocker({ ...options, owner: '12345678' });
    await sameStorage.open();
    assert.deepEqual(await sameStorage.probe(), {
      state: 'ready',
      detail: 'companionOtherWindow',
    });
    const stranger = new CompanionBlocker({ ...options, owner: '87654321' });
    await assert.rejects(stranger.open(), (error) => FocusError.is(error, 'portTaken'));
    await server.close();
    await sameStorage.open();
    assert.equal((await sameStorage.probe()).detail, 'companionNotPaired');
    await sameStorage.close();
    await server.listen();
  });
});
