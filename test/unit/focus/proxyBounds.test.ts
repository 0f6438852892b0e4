import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PeerUser } from '../../../src/focus/loopback/peerUser.ts';
import {
  BlockingProxy,
  type BlockingProxyOptions,
} from '../../../src/focus/proxy/blockingProxy.ts';
import { isPassedPort } from '../../../src/focus/proxy/proxyTarget.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { waitFor } from '../../support/waitFor.ts';

/** Whatever a site answers and whoever connects, the proxy lives, and serves the next one. */
describe('the bounds of the blocking proxy', function () {
  this.timeout(60_000);
  let site: Server;
  let sitePort: number;
  let behave: (socket: Socket) => void;
  const atSite = new Set<Socket>();
  const browsers = new Set<Socket>();
  let proxy: BlockingProxy;

  before(async () => {
    site = createServer({ allowHalfOpen: true }, (socket) => {
      atSite.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => atSite.delete(socket));
      behave(socket);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    sitePort = (site.address() as AddressInfo).port;
  });

  beforeEach(() => open({}));

  afterEach(async () => {
    browsers.forEach((socket) => socket.destroy());
    await proxy.close();
    await waitFor('the sockets at the site to close', () => atSite.size === 0);
  });

  after(async () => {
    await new Promise((resolve) => site.close(resolve));
  });

  async function open(options: Partial<BlockingProxyOptions>): Promise<void> {
    proxy = new BlockingProxy({
      ...{ port: 0, token: 'a'.repeat(32), wallMs: () => Date.now(), onBlocked: () => {} },
      lookup: (_host, { all }, callback) => {
        if (all === true) {
          callback(null, [{ address: '127.0.0.1', family: 4 }]);
        } else {
          callback(null, '127.0.0.1', 4);
        }
      },
      ...options,
    });
    await proxy.listen();
    proxy.setSites(['name.example']);
  }

  async function reopen(options: Partial<BlockingProxyOptions>): Promise<void> {
    await proxy.close();
    await open(options);
  }

  function browser(): Socket {
    const socket = connect(proxy.port, '127.0.0.1');
    browsers.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => browsers.delete(socket));
    return socket;
  }

  /** Says something and reads until the other end has ended. */
  async function say(text: string | Buffer): Promise<string> {
    const socket = browser();
    let heard = '';
    socket.setEncoding('latin1').on('data', (data: string) => (heard += data));
    socket.write(text);
    await once(socket, 'close').catch(() => undefined);
    return heard;
  }

  const get = (host = 'name.example', port = sitePort): string =>
    `GET http://${host}:${port}/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const tunnel = (host = 'name.example', port = sitePort): string =>
    `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';
  const answer = (reply: string) => (socket: Socket) => {
    socket.once('data', () => socket.end(reply, 'latin1'));
  };
  const listen = (socket: Socket): void => {
    socket.resume();
    socket.on('end', () => socket.end());
  };

  async function assertServes(): Promise<void> {
    const before = behave;
    behave = answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    assert.match(await say(get()), /\r\n\r\nok$/);
    behave = before;
  }

  /** Replies that no site may give, and whether something of the reply may have been passed on before that was seen. */
  const malformed: Readonly<Record<string, readonly [reply: string, isBegun?: boolean]>> = {
    'a status of zeros': ['HTTP/1.1 000 \r\n\r\n'],
    'a status too low': ['HTTP/1.1 099 x\r\n\r\n'],
    'a status too high': ['HTTP/1.1 1000 x\r\n\r\n'],
    'no status': ['HTTP/1.1  x\r\n\r\n'],
    'another protocol': ['SSH-2.0-x\r\n'],
    'another version': ['HTTP/9.9 200 OK\r\n\r\n'],
    'two lengths': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    'a length that is none': ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    'a length beyond all bounds': [`HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\n`],
    'a length and chunks': [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    'chunks of no size': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', true],
    'chunks beyond all bounds': [
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`,
      true,
    ],
    'a chunk with an endless remark': [
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\n`,
      true,
    ],
    'trailers without end': [
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'x: y\r\n'.repeat(20_000)}`,
      true,
    ],
    'headers without end': [`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    'a header without end': [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`],
    'a header of no name': ['HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    'a NUL in a header': ['HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    'a control character in its words': ['HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n'],
    'folded headers': ['HTTP/1.1 200 OK\r\nx: y\r\n z\r\n: \r\n\r\n'],
    'a switch that nobody asked for': [
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    ],
    'a promise again and again': ['HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n'.repeat(1_000)],
    'to go on, again and again': ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000)],
    nothing: [''],
  };
  for (const [what, [reply, isBegun = false]] of Object.entries(malformed)) {
    it(`lives through a site that answers with ${what}`, async () => {
      behave = answer(reply);
      const heard = await say(get());
      if (isBegun) {
        assert.ok(!heard.endsWith('0\r\n\r\n'), heard.slice(0, 200));
      } else {
        assert.match(heard, /^HTTP\/1\.1 502 /);
      }
      await assertServes();
    });
  }

  it('passes on what announces trailers and has none', async () => {
    behave = answer('HTTP/1.1 200 OK\r\nTrailer: X-Y\r\nContent-Length: 2\r\n\r\nok');
    assert.match(await say(get()), /\r\n\r\nok$/);
  });

  it('says nothing of its own into a tunnel, however the site ends and whatever else was asked for', async () => {
    const ends: readonly ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.destroy(),
    ];
    for (const end of ends) {
      behave = (socket) => {
        socket.once('data', () => {
          socket.write('part', () => {
            end(socket);
          });
        });
      };
      const heard = await say(`${tunnel()}hello`);
      assert.ok(`${established}part`.startsWith(heard) || heard === `${established}part`, heard);
    }
    // An answer that is still to come would be said into the tunnel, be it an error or the site's.
    let held: Socket | undefined;
    behave = (socket) => {
      held ??= socket;
      socket.resume();
    };
    const plainly = get().replace('Connection: close\r\n', '');
    for (const first of [plainly, plainly.replace(String(sitePort), '1'), plainly.repeat(3)]) {
      const heard = say(`${first}${tunnel()}hello`);
      await heard;
      held?.destroy();
      held = undefined;
      assert.doesNotMatch(await heard, /Established/);
    }
    await assertServes();
  });

  it('opens as many ways to one host as browsers do, and not more', async () => {
    behave = listen;
    const open: Socket[] = [];
    for (let count = 0; count < 64; count += 1) {
      const socket = browser();
      socket.write(`${tunnel()}x`);
      open.push(socket);
    }
    await waitFor('all tunnels', () => atSite.size === 64);
    assert.match(await say(tunnel()), /^HTTP\/1\.1 503 /);
    assert.match(await say(get()), /^HTTP\/1\.1 503 /);
    // Another host of the list has room.
    const other = browser();
    other.write(`${tunnel('other.name.example')}x`);
    await waitFor('another host', () => atSite.size === 65);
    other.destroy();
    open[0]?.destroy();
    await waitFor('the site to be let go', () => atSite.size === 63);
    await assertServes();
  });

  it('opens no more in all, to whatever hosts', async () => {
    behave = listen;
    for (let at = 0; at < 256; at += 1) {
      browser().write(`${tunnel(`h${at % 8}.name.example`)}x`);
    }
    await waitFor('all tunnels', () => atSite.size === 256);
    assert.match(await say(tunnel('h9.name.example')), /^HTTP\/1\.1 503 /);
    browsers.forEach((socket) => socket.destroy());
    await waitFor('the site to be let go', () => atSite.size === 0);
    await assertServes();
  });

  it('asks a site for one thing at a time for each connection, and lets it go with that', async () => {
    let reached = 0;
    behave = (socket) => {
      reached += 1;
      listen(socket);
    };
    const asked = Array.from({ length: 1_000 }, (_, at) =>
      get(`h${at}.name.example`).replace('Connection: close\r\n', ''),
    );
    assert.equal(await say(asked.join('')), '');
    await waitFor('the site to be let go', () => atSite.size === 0);
    assert.ok(reached <= 1, String(reached));
    // One after the other is as it always was.
    behave = (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    };
    const socket = browser();
    let heard = '';
    socket.setEncoding('latin1').on('data', (data: string) => (heard += data));
    for (let count = 1; count <= 20; count += 1) {
      socket.write(get().replace('Connection: close\r\n', ''));
      await waitFor('an answer', () => heard.split('\r\n\r\nok').length === count + 1);
    }
    socket.destroy();
  });

  it('is not held shut by connections that say nothing, or half a request', async () => {
    await reopen({ headMs: 3_600_000 });
    const silent = Array.from({ length: 600 }, (_, at) => {
      const socket = browser();
      if (at % 2 === 0) {
        socket.write('GET http://name.example/ HTTP/1.1\r\nHost: x');
      }
      return socket;
    });
    await waitFor(
      'the first ones to go',
      () => silent.filter(({ destroyed }) => destroyed).length >= 88,
    );
    for (let time = 0; time < 3; time += 1) {
      await assertServes();
    }
    assert.ok(browsers.size <= 512, String(browsers.size));
  });

  it('keeps what is under way while silent ones come and go', async () => {
    behave = listen;
    const busy = browser();
    busy.write(`${tunnel()}x`);
    await waitFor('the tunnel', () => atSite.size === 1);
    for (let count = 0; count < 600; count += 1) {
      browser();
    }
    await waitFor('the first ones to go', () => browsers.size <= 512);
    assert.equal(busy.destroyed, false);
    assert.equal(atSite.size, 1);
  });

  it('shows out who does not say what they want in time', async () => {
    await reopen({ headMs: 200 });
    for (const begun of ['', 'G', 'GET http://name.example/ HTTP/1.1\r\n', tunnel().slice(0, -2)]) {
      const socket = browser();
      socket.resume();
      const closed = once(socket, 'close');
      if (begun !== '') {
        socket.write(begun);
      }
      const drip = setInterval(() => socket.write('x'), 20);
      await closed;
      clearInterval(drip);
    }
    await reopen({});
    await assertServes();
  });

  it('refuses a head that is too long', async () => {
    const heard = await say(`GET http://name.example/ HTTP/1.1\r\nx: ${'y'.repeat(200_000)}`);
    assert.doesNotMatch(heard, /^HTTP\/1\.1 2/);
    await assertServes();
  });

  it('ends what says nothing for too long: a tunnel, a request', async () => {
    await reopen({ idleMs: 300 });
    behave = listen;
    assert.equal(await say(`${tunnel()}x`), established);
    await waitFor('the site to be let go', () => atSite.size === 0);
    assert.match(await say(get()), /^HTTP\/1\.1 502 /);
    await waitFor('the site to be let go', () => atSite.size === 0);
  });

  it('connects to the ports of the Web and of those who serve pages, and to no mail server', async () => {
    for (const port of [80, 443, 1_024, 3_000, 8_080, 8_443, 65_535]) {
      assert.ok(isPassedPort(port), String(port));
    }
    for (const port of [
      0, 1, 22, 25, 53, 110, 143, 445, 465, 587, 993, 1_023, 2_049, 5_060, 6_000, 6_667, 10_080,
    ]) {
      assert.ok(!isPassedPort(port), String(port));
      assert.match(await say(tunnel('name.example', port)), /^HTTP\/1\.1 403 /, String(port));
      assert.match(await say(get('name.example', port)), /^HTTP\/1\.1 403 /, String(port));
    }
    for (const port of [65_536, 99_999, 100_000]) {
      assert.ok(!isPassedPort(port));
      assert.match(await say(tunnel('name.example', port)), /^HTTP\/1\.1 403 /, String(port));
    }
  });

  describe('serves its own user alone', () => {
    const own = process.getuid?.() ?? 0;

    it('where the system tells who is there', async function () {
      if (process.platform !== 'linux') {
        this.skip();
      }
      await assertServes();
      const text = `GET /${'a'.repeat(32)}/alive HTTP/1.1\\r\\nHost: 127.0.0.1:${proxy.port}\\r\\nConnection: close\\r\\n\\r\\n`;
      const program = (port: number): string =>
        `const s = require('net').connect(${port}, '127.0.0.1', () => s.write("${text}"));` +
        `s.on('error', () => {}); s.on('data', (d) => process.stdout.write(d));`;
      const hear = async (uid: number): Promise<string> => {
        const child = spawn(process.execPath, ['-e', program(proxy.port)], { uid, cwd: '/' });
        let heard = '';
        child.stdout.on('data', (data: Buffer) => (heard += data.toString()));
        await once(child, 'close');
        return heard;
      };
      assert.match(await hear(own), /^HTTP\/1\.1 200 [^]*millrace/);
      if (own === 0) {
        assert.equal(await hear(65_534), '');
      } else {
        // Nobody else can be made here; so we are somebody else to the proxy.
        await reopen({ peers: new PeerUser(own + 1) });
        assert.equal(await hear(own), '');
      }
    });

    // 48000 is BB80, 50000 is C350.
    const ends = {
      ...{ localAddress: '127.0.0.1', localPort: 48_000 },
      ...{ remoteAddress: '127.0.0.1', remotePort: 50_000 },
    };
    const row = (local: string, remote: string, state: string, uid: number, inode = 77): string =>
      `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0 20 0 0 10 -1\n`;
    const server = row('0100007F:BB80', '00000000:0000', '0A', 1_000);
    const mapped = '0000000000000000FFFF0000';
    const cases: Readonly<Record<string, readonly [text: string, isOurs: boolean]>> = {
      'our own': [server + row('0100007F:C350', '0100007F:BB80', '01', 1_000), true],
      'our own, half closed': [server + row('0100007F:C350', '0100007F:BB80', '05', 1_000), true],
      'our own by IPv6': [
        server + row(`${mapped}0100007F:C350`, `${mapped}0100007F:BB80`, '01', 1_000),
        true,
      ],
      'root’s': [server + row('0100007F:C350', '0100007F:BB80', '01', 0), true],
      'somebody else’s': [server + row('0100007F:C350', '0100007F:BB80', '01', 1_001), false],
      'somebody else’s by IPv6': [
        server + row(`${mapped}0100007F:C350`, `${mapped}0100007F:BB80`, '01', 1_001),
        false,
      ],
      'somebody’s who has gone': [
        server + row('0100007F:C350', '0100007F:BB80', '04', 0, 0),
        false,
      ],
      'nobody’s': [server, false],
      'ours at another address, and somebody else’s at this': [
        server +
          row('0200007F:C350', '0100007F:BB80', '01', 1_000) +
          row('0100007F:C350', '0100007F:BB80', '01', 1_001),
        false,
      ],
      'only our own end': [server + row('0100007F:BB80', '0100007F:C350', '01', 1_000), false],
      'not told by the system': ['', true],
      'not told by a table of others': [row('0100007F:C350', '0100007F:BB80', '01', 1_001), true],
      'not told by nonsense': ['x y z\n1: 2\n\0', true],
    };
    for (const [what, [text, isOurs]] of Object.entries(cases)) {
      it(`tells what is ${what}`, async () => {
        const peers = new PeerUser(1_000, () => Promise.resolve(text));
        assert.equal(await peers.isOurs(ends), isOurs);
        // Where users have no numbers, nobody can tell.
        assert.equal(
          await new PeerUser(null, () => Promise.reject(new Error())).isOurs(ends),
          true,
        );
      });
    }

    it('looks again where a table that was read in haste lacks a row', async () => {
      let looks = 0;
      const peers = new PeerUser(1_000, () => {
        looks += 1;
        return Promise.resolve(
          looks < 3 ? server : server + row('0100007F:C350', '0100007F:BB80', '01', 1_000),
        );
      });
      assert.equal(await peers.isOurs(ends), true);
    });
  });

  it(titleOfForms('lives through anything that a site says or a browser asks'), async function () {
    this.timeout(0);
    const pieces = fc.constantFrom(
      ...[
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 000 \r\n',
        'HTTP/1.1 204 x\r\n',
        'HTTP/1.1 304 x\r\n',
        'HTTP/1.0 200\r\n',
      ],
      ...[
        'HTTP/1.1 100 x\r\n\r\n',
        'HTTP/1.1 101 x\r\n',
        'HTTP/1.1 103 x\r\n',
        'HTTP/1.1 999 x\r\n',
        'HTTP/1.1 600 \x80\r\n',
      ],
      ...[
        'Content-Length: 3\r\n',
        'Content-Length: 0\r\n',
        'Content-Length: x\r\n',
        'Transfer-Encoding: chunked\r\n',
      ],
      ...[
        'Transfer-Encoding: gzip\r\n',
        'Transfer-Encoding: x, chunked\r\n',
        'Trailer: a\r\n',
        'Connection: close, x\r\n',
      ],
      ...[
        'Connection: Trailer, Content-Length\r\n',
        'Connection: upgrade\r\n',
        'Upgrade: x\r\n',
        'a: \x00\r\n',
        'a:\x80\xff\r\n',
      ],
      ...[
        ' folded\r\n',
        ': x\r\n',
        'Set-Cookie: a\r\n',
        'Date: x\r\n',
        'Keep-Alive: x\r\n',
        'Expect: y\r\n',
        '\r\n',
        '\n',
        '\r',
      ],
      ...[
        '3\r\nabc\r\n',
        '0\r\n\r\n',
        'ffffffffffffffffff\r\n',
        '-1\r\n',
        '1;x=y\r\na\r\n',
        '0\r\na: b\r\n\r\n',
        'abc',
        '\0',
      ],
    );
    const requests = fc.constantFrom(
      ...['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'CONNECT', 'M-SEARCH'].flatMap((method) => [
        `${method} http://name.example:PORT/ HTTP/1.1\r\nHost: x\r\n`,
        `${method} name.example:PORT HTTP/1.1\r\nHost: x\r\n`,
      ]),
    );
    const texts = (first: fc.Arbitrary<string>) =>
      fc.tuple(
        first,
        fc.array(
          fc.oneof({ weight: 5, arbitrary: pieces }, { weight: 1, arbitrary: fc.string() }),
          { maxLength: 8 },
        ),
      );
    const cases = isLongForm ? 100_000 : 400;
    const scenes = fc.record({
      reply: fc
        .oneof(texts(pieces), texts(fc.constant('HTTP/1.1 200 OK\r\n')))
        .map(([first, rest]) => [first, ...rest]),
      asked: fc.oneof(
        fc.constant('GET http://name.example:PORT/ HTTP/1.1\r\nHost: x\r\n\r\n'),
        texts(requests).map(([first, rest]) => [first, ...rest, '\r\n'].join('')),
        requests.map((request) => `${request}\r\n`.repeat(2)),
      ),
      end: fc.constantFrom('end', 'destroy', 'resetAndDestroy'),
      leaves: fc.constantFrom('end', 'destroy', 'resetAndDestroy'),
    });
    const parallel = 20;
    for (const scene of inParts(fc.sample(scenes, cases), parallel)) {
      let at = 0;
      behave = (socket) => {
        const { reply, end } = scene[at % scene.length] ?? { reply: [], end: 'end' as const };
        at += 1;
        socket.once('data', () => {
          reply.forEach((part) => socket.write(part, 'latin1'));
          // Unasked data has nobody to read it.
          socket.resume();
          setImmediate(() => socket[end]());
        });
        socket.on('end', () => socket.end());
      };
      await Promise.all(
        scene.map(async ({ asked, leaves }) => {
          const socket = browser();
          let heard = '';
          socket.setEncoding('latin1').on('data', (data: string) => (heard += data));
          const closed = once(socket, 'close');
          socket.write(asked.replaceAll('PORT', String(sitePort)), 'latin1');
          const timer = setTimeout(() => socket[leaves](), 20);
          await Promise.race([
            closed,
            new Promise((resolve) => setTimeout(resolve, 60)).then(() => socket.destroy()),
          ]);
          clearTimeout(timer);
          assert.ok(heard === '' || /^HTTP\/1\.1 \d\d\d /.test(heard), heard);
          assert.doesNotMatch(heard.split(established)[1] ?? '', /^HTTP\/1\.1 502 Bad/);
        }),
      );
    }
    await waitFor('the sockets at the site to close', () => atSite.size === 0);
    await assertServes();
  });

  function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
      items.slice(at * size, (at + 1) * size),
    );
  }
});
