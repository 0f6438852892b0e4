import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PairingOffer } from '../../../src/focus/companion/companionPairings.ts';
import {
  companionStateMs,
  makePairingCode,
} from '../../../src/focus/companion/companionProtocol.ts';
import { CompanionServer } from '../../../src/focus/companion/companionServer.ts';
import { PeerUser } from '../../../src/focus/loopback/peerUser.ts';
import { CompanionClient, origin, otherOrigin } from '../../support/companionClient.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { waitFor } from '../../support/waitFor.ts';

/** Whoever else connects, the companion that is paired, or that has the right code, is served. */
describe('the bounds of the companion server', function () {
  this.timeout(60_000);
  let folder: string;
  let server: CompanionServer;
  let clock: ManualClock;
  let blocked: number;
  const clients: CompanionClient[] = [];
  const sockets: Socket[] = [];

  /** An extension's origin for each number. */
  const originOf = (number: number): string =>
    `chrome-extension://${number
      .toString(16)
      .padStart(32, '0')
      .replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16)))}`;
  const connect = async (from = origin): Promise<CompanionClient> => {
    const client = new CompanionClient(server.port, { from });
    clients.push(client);
    return client.opened();
  };
  const raw = (text: string): Socket => {
    const socket = connectTcp({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    // It never ends its half, and goes on talking: only what has ended both at the other end puts an end to it.
    socket.on('end', () => {
      const talking = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => {
        clearInterval(talking);
      });
    });
    if (text !== '') {
      socket.write(text);
    }
    return socket;
  };
  const paired = async (): Promise<string> => {
    const client = await connect();
    const secret = await client.pair(server.offerPairing());
    assert.ok(secret !== undefined);
    client.socket.terminate();
    await waitFor('it to go', () => server.connected === 0);
    return secret;
  };

  async function start(options: { peers?: PeerUser; handshakeMs?: number } = {}): Promise<void> {
    clock = new ManualClock(Date.now());
    blocked = 0;
    server = new CompanionServer({
      ...{ storageFolder: folder, port: 0, owner: '12345678', clock, log: new MemoryLog() },
      // None is over before a test is, however busy the machine.
      handshakeMs: 3_600_000,
      ...options,
      onBlocked: (count) => (blocked += count),
      onPaired: () => {},
    });
    await server.listen();
  }

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'millrace-companion-'));
    await start();
  });

  afterEach(async () => {
    clients.splice(0).forEach(({ socket }) => {
      socket.terminate();
    });
    sockets.splice(0).forEach((socket) => socket.destroy());
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('is not held shut by handshakes that another extension does not finish', async () => {
    const secret = await paired();
    const silent = await Promise.all(Array.from({ length: 16 }, () => connect(otherOrigin)));
    assert.equal(silent.filter(({ status }) => status === 403).length, 12, 'four at a time');
    const own = await connect();
    assert.ok((await own.hello(secret)) !== undefined);
    assert.equal(server.connected, 1);
  });

  it('is not held shut by many who do not finish, of as many origins', async () => {
    const secret = await paired();
    const strangers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => connect(originOf(at))),
    );
    assert.ok(strangers.every(({ status }) => status !== 403));
    const own = await connect();
    assert.ok((await own.hello(secret)) !== undefined);
    await waitFor(
      'the oldest to be shown out',
      () => strangers.filter(({ closed }) => closed).length >= 24,
    );
    // Nor does one that has shown that it is paired ever go for them.
    await Promise.all(Array.from({ length: 40 }, (_, at) => connect(originOf(100 + at))));
    assert.equal(server.connected, 1);
    assert.equal(own.closed, false);
  });

  it('shows out of the origin that has most, the oldest first', async () => {
    const greedy = await Promise.all(Array.from({ length: 4 }, () => connect(otherOrigin)));
    const others = await Promise.all(Array.from({ length: 12 }, (_, at) => connect(originOf(at))));
    await connect(originOf(50));
    await waitFor(
      'one of the greedy to go',
      () => greedy.filter(({ closed }) => closed).length === 1,
    );
    assert.ok(others.every(({ closed }) => !closed));
  });

  it('shows out who does not finish in time', async () => {
    await server.close();
    await start({ handshakeMs: 500 });
    const silent = await connect();
    const begun = await connect(otherOrigin);
    server.offerPairing();
    await begun.begin({ type: 'pair', browser: 'Test' });
    await waitFor('both to be shown out', () => silent.closed && begun.closed);
  });

  it('pairs by the right code whatever wrong ones strangers have tried', async () => {
    const code = server.offerPairing();
    for (let stranger = 0; stranger < 3; stranger += 1) {
      for (let attempt = 0; attempt < 6; attempt += 1) {
        const client = await connect(originOf(stranger));
        assert.equal(await client.pair(makePairingCode()), undefined);
        client.socket.terminate();
        await waitFor('it to go', () => client.closed);
      }
      // Five are all that an origin has.
      assert.equal(await (await connect(originOf(stranger))).pair(code), undefined);
    }
    assert.ok((await (await connect()).pair(code)) !== undefined);
    assert.equal(await (await connect(otherOrigin)).pair(code), undefined, 'the code is used up');
  });

  it('counts wrong codes by their origin, and remembers no more than it must', () => {
    let nowMs = 0;
    const offer = new PairingOffer(() => nowMs);
    const origins = fc.integer({ min: 0, max: 5 }).map(originOf);
    fc.assert(
      fc.property(fc.array(origins, { maxLength: 40 }), (tries) => {
        const code = offer.open();
        const counts = new Map<string, number>();
        for (const from of tries) {
          offer.refuse(from);
          counts.set(from, (counts.get(from) ?? 0) + 1);
          assert.equal(offer.code, code);
        }
        for (let number = 0; number <= 5; number += 1) {
          const left = (counts.get(originOf(number)) ?? 0) < 5;
          assert.equal(offer.codeFor(originOf(number)), left ? code : undefined);
        }
      }),
    );
    const code = offer.open();
    for (let number = 0; number < 100_000; number += 1) {
      offer.refuse(originOf(number));
    }
    assert.equal(offer.codeFor(origin), code);
    nowMs = 2 * 60_000;
    assert.equal(offer.codeFor(origin), undefined, 'its two minutes are over');
  });

  it('keeps no socket that is idle, says half, or does not end its half', async () => {
    const own = await connect();
    const secret = await own.pair(server.offerPairing());
    assert.ok(secret !== undefined);
    const idle = [
      '',
      'GET /ali',
      'GET /companion HTTP/1.1\r\nHost: x\r\n',
      'GET /alive HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx',
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      `GET /companion HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ].map((text) => new Promise((resolve) => raw(text).once('close', resolve)));
    await Promise.all(idle);
    assert.equal(own.closed, false);
  });

  it('is not held shut by sockets that say nothing', async () => {
    const secret = await paired();
    Array.from({ length: 200 }, () => raw(''));
    const own = await connect();
    assert.ok((await own.hello(secret)) !== undefined);
    Array.from({ length: 200 }, () => raw(''));
    await waitFor(
      'most of them to go',
      () => sockets.filter(({ destroyed }) => destroyed).length >= 300,
    );
    assert.equal(own.closed, false);
    assert.equal(server.connected, 1);
  });

  it('ends what was paired and answers no more, and not what answers', async () => {
    const secret = await paired();
    const [answering, silent] = [await connect(), await connect()];
    const link = await answering.hello(secret);
    assert.ok(link !== undefined && (await silent.hello(secret)) !== undefined);
    await waitFor('both', () => server.connected === 2);
    // A sleep in between is no silence: nobody was asked.
    clock.sleep(3_600_000, true);
    for (let beat = 0; beat < 8; beat += 1) {
      answering.heard.length = 0;
      clock.advance(companionStateMs);
      await waitFor('the state', () => answering.heard.length > 0);
      answering.say(await link.sealer.seal({ kind: 'blocked', count: 1 }));
      await waitFor('the answer to be heard', () => blocked === beat + 1);
    }
    await waitFor('the silent one to be shown out', () => silent.closed);
    assert.equal(answering.closed, false);
    assert.equal(server.connected, 1);
  });

  it('keeps four connections of one pairing, the latest', async () => {
    const secret = await paired();
    const own: CompanionClient[] = [];
    for (let count = 0; count < 7; count += 1) {
      const client = await connect();
      assert.ok((await client.hello(secret)) !== undefined);
      own.push(client);
    }
    await waitFor(
      'the first ones to be shown out',
      () => own.filter(({ closed }) => closed).length === 3,
    );
    assert.deepEqual(
      own.map(({ closed }) => closed),
      [true, true, true, false, false, false, false],
    );
  });

  it('serves its own user alone, where the system tells who is there', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const own = process.getuid?.() ?? 0;
    const hear = async (uid: number): Promise<string> => {
      const text = `GET /alive HTTP/1.1\\r\\nHost: 127.0.0.1:${server.port}\\r\\n\\r\\n`;
      const program =
        `const s = require('net').connect(${server.port}, '127.0.0.1', () => s.write("${text}"));` +
        `s.on('error', () => {}); s.on('data', (d) => process.stdout.write(d));`;
      const child = spawn(process.execPath, ['-e', program], { uid, cwd: '/' });
      let heard = '';
      child.stdout.on('data', (data: Buffer) => (heard += data.toString()));
      await once(child, 'close');
      return heard;
    };
    assert.match(await hear(own), /millrace 12345678/);
    if (own !== 0) {
      // Nobody else can be made here; so we are somebody else to the server.
      await server.close();
      await start({ peers: new PeerUser(own + 1) });
    }
    assert.equal(await hear(own === 0 ? 65_534 : own), '');
  });

  it('lets in extensions alone, whatever else is said to be the origin', async () => {
    const parts = fc.constantFrom(
      ...[
        'chrome-extension://',
        'moz-extension://',
        'https://',
        'null',
        '',
        '/',
        '.',
        '@',
        'a',
        'p',
        'q',
        'A',
      ],
      ...[
        'abcdefghijklmnop',
        '0123abcd-',
        'a'.repeat(32),
        origin,
        'x.example',
        ':443',
        '#',
        '?',
        '%00',
      ],
    );
    const given = fc.sample(
      fc.array(parts, { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
      60,
    );
    for (const from of new Set(given)) {
      const isExtension =
        /^(?:chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f-]{36})$/.test(from);
      const client = await connect(from);
      assert.equal(client.status, isExtension ? undefined : 403, from);
      client.socket.terminate();
      await waitFor('it to go', () => client.closed);
    }
  });
});
