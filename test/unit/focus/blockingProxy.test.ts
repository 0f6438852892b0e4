import assert from 'node:assert/strict';
import { createServer as createHttpServer, request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BlockingProxy } from '../../../src/focus/proxy/blockingProxy.ts';
import { waitFor } from '../../support/waitFor.ts';

type Site = (socket: Socket) => void;

/** The proxy between real sockets: a site that does what a test says, and a browser that reads to the end. */
describe('the blocking proxy', function () {
  this.timeout(20_000);
  let site: Server;
  let sitePort: number;
  let behave: Site;
  const atSite = new Set<Socket>();
  let proxy: BlockingProxy;
  let blocked: number;

  beforeEach(async () => {
    blocked = 0;
    site = createServer({ allowHalfOpen: true }, (socket) => {
      atSite.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => atSite.delete(socket));
      behave(socket);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    sitePort = (site.address() as AddressInfo).port;
    await openProxy();
  });

  afterEach(async () => {
    // Nothing is left open by the proxy itself, before it is closed.
    await waitFor('the sockets at the site to close', () => atSite.size === 0);
    await proxy.close();
    await new Promise((resolve) => site.close(resolve));
  });

  /** @param lingerMs as long as usual where it is not told */
  async function openProxy(lingerMs?: number): Promise<void> {
    proxy = new BlockingProxy({
      port: 0,
      token: 'a'.repeat(32),
      wallMs: () => Date.now(),
      onBlocked: () => {
        blocked += 1;
      },
      lookup: (_host, options, callback) => {
        const found = { address: '127.0.0.1', family: 4 };
        if (options.all === true) {
          callback(null, [found]);
        } else {
          callback(null, found.address, found.family);
        }
      },
      ...(lingerMs === undefined ? {} : { lingerMs }),
    });
    await proxy.listen();
    proxy.setSites(['name.example']);
  }

  interface Heard {
    readonly text: string;
    readonly how: 'end' | 'reset';
  }

  /** Says something to the proxy and reads until that ends, one way or the other. */
  function say(text: string, { ends = false, slow = false } = {}): Promise<Heard> {
    return new Promise((resolve) => {
      const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
      let heard = '';
      let how: Heard['how'] = 'end';
      socket.setEncoding('latin1');
      socket.on('data', (data: string) => {
        heard += data;
        if (slow) {
          socket.pause();
          setTimeout(() => socket.resume(), 5);
        }
      });
      socket.on('error', () => (how = 'reset'));
      socket.on('end', () => socket.end());
      socket.on('close', () => {
        resolve({ text: heard, how });
      });
      socket.write(text, 'latin1');
      if (ends) {
        socket.end();
      }
    });
  }

  const get = (host = 'name.example', version = '1.1'): string =>
    `GET http://${host}:${sitePort}/x HTTP/${version}\r\nHost: ${host}:${sitePort}\r\nConnection: close\r\n\r\n`;
  const tunnel = (host = 'name.example'): string =>
    `CONNECT ${host}:${sitePort} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

  /** Ways in which a site breaks off in the middle of something. */
  const breaks: Readonly<Record<string, (socket: Socket) => void>> = {
    'an end': (socket) => socket.end(),
    'a reset': (socket) => socket.resetAndDestroy(),
    'a close': (socket) => socket.destroy(),
  };
  const beginnings: Readonly<Record<string, string>> = {
    'of a known length': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart',
    'in chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n',
    'in a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\npart',
  };

  for (const [way, breakOff] of Object.entries(breaks)) {
    for (const [kind, beginning] of Object.entries(beginnings)) {
      it(`breaks a reply ${kind} off where the site does, by ${way}`, async () => {
        behave = (socket) => {
          socket.once('data', () => {
            socket.write(beginning);
            setTimeout(() => {
              breakOff(socket);
            }, 50);
          });
        };
        const { text } = await say(get());
        assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
        assert.ok(text.includes('part'));
        // Not made to look whole.
        assert.ok(!text.endsWith('0\r\n\r\n'));
      });
    }

    it(`says so where the site ends before it has answered, by ${way}`, async () => {
      for (const said of ['', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nContent-Le']) {
        behave = (socket) => {
          socket.once('data', () => {
            socket.write(said, () => {
              breakOff(socket);
            });
          });
        };
        const { text } = await say(get());
        assert.match(text, /^HTTP\/1\.1 502 /, said);
      }
    });

    it(`ends a tunnel where the site does, by ${way}`, async () => {
      behave = (socket) => {
        socket.once('data', () => {
          socket.write('part');
          setTimeout(() => {
            breakOff(socket);
          }, 50);
        });
      };
      const { text, how } = await say(`${tunnel()}hello`);
      assert.equal(text, `${established}part`);
      assert.ok(way !== 'a reset' || how === 'reset', 'a break is passed on as one');
    });
  }

  it('breaks a reply off that goes on with nonsense', async () => {
    behave = (socket) => {
      socket.on('end', () => socket.end());
      socket.once('data', () => {
        socket.write(beginnings['in chunks'] ?? '');
        setTimeout(() => socket.write('zz\r\nzz\r\n'), 50);
      });
    };
    const { text } = await say(get());
    assert.ok(text.includes('part') && !text.endsWith('0\r\n\r\n'));
  });

  it('tells a reply without a length that was cut off from one that is whole, also for HTTP/1.0', async () => {
    for (const version of ['1.0', '1.1']) {
      behave = (socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nwhole'));
      };
      const whole = await say(get('name.example', version));
      assert.equal(whole.how, 'end');
      assert.match(whole.text, version === '1.0' ? /\r\n\r\nwhole$/ : /whole\r\n0\r\n\r\n$/);
      behave = (socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\npart');
          setTimeout(() => socket.resetAndDestroy(), 50);
        });
      };
      const cut = await say(get('name.example', version));
      assert.ok(version === '1.0' ? cut.how === 'reset' : !cut.text.endsWith('0\r\n\r\n'));
    }
  });

  it('answers what no answer may say with an error, and goes on', async () => {
    for (const reply of [
      'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
      'SSH-2.0-x\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    ]) {
      behave = (socket) => {
        socket.on('end', () => socket.end());
        socket.once('data', () => socket.write(reply));
      };
      assert.match((await say(get())).text, /^HTTP\/1\.1 502 /, reply);
    }
    behave = (socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nTrailer: X-Y\r\nContent-Length: 2\r\n\r\nok'),
      );
    };
    assert.match((await say(get())).text, /ok$/);
  });

  it('lets the site go when the browser goes, in the middle of a reply, of a body, of a tunnel', async () => {
    const flood =
      (first: string): Site =>
      (socket) => {
        socket.once('data', () => {
          socket.write(first);
          const more = setInterval(() => socket.write('x'), 5);
          socket.on('close', () => {
            clearInterval(more);
          });
        });
      };
    const listen: Site = (socket) => {
      socket.resume();
      socket.on('end', () => socket.end());
    };
    const upload = `POST http://name.example:${sitePort}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`;
    const cases: readonly (readonly [string, Site])[] = [
      [get(), flood('HTTP/1.1 200 OK\r\n\r\n')],
      [get(), listen],
      [upload, flood('HTTP/1.1 200 OK\r\n\r\n')],
      [upload, listen],
      [`${tunnel()}x`, flood('')],
      [`${tunnel()}x`, listen],
    ];
    for (const [text, site] of cases) {
      for (const leave of ['destroy', 'resetAndDestroy'] as const) {
        behave = site;
        const browser = connect(proxy.port, '127.0.0.1');
        browser.on('error', () => {});
        browser.write(text);
        await waitFor('the site to be reached', () => atSite.size === 1);
        await new Promise((resolve) => setTimeout(resolve, 30));
        browser[leave]();
        await waitFor('the site to be let go', () => atSite.size === 0);
      }
    }
  });

  it('lets a half finish after the other has ended, and not for ever', async () => {
    // The browser has said all; the site answers afterwards.
    behave = (socket) => {
      let asked = '';
      socket.on('data', (data) => (asked += data.toString()));
      socket.on('end', () => {
        setTimeout(() => socket.end(`heard ${asked}`), 100);
      });
    };
    assert.equal((await say(`${tunnel()}all`, { ends: true })).text, `${established}heard all`);
    await proxy.close();
    await openProxy(300);
    // The site hears the end, and neither says anything nor ends by itself.
    let leave = (): void => {};
    behave = (socket) => {
      socket.resume();
      leave = () => socket.destroy();
    };
    await say(`${tunnel()}all`, { ends: true });
    leave();
  });

  it('gives a slow browser all that a quick site said before it closed', async () => {
    const body = 'y'.repeat(3_000_000);
    behave = (socket) => {
      socket.once('data', () => socket.end(body));
    };
    const { text } = await say(`${tunnel()}x`, { slow: true });
    assert.equal(text.length, established.length + body.length);
    behave = (socket) => {
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      );
    };
    const plain = await say(get(), { slow: true });
    assert.ok(plain.text.endsWith(body));
  });

  it('reads from the site no faster than the browser does', async () => {
    let written = 0;
    behave = (socket) => {
      socket.once('data', () => {
        const block = Buffer.alloc(64 * 1024);
        const more = (): void => {
          while (!socket.destroyed && socket.write(block)) {
            written += block.length;
          }
          written += block.length;
        };
        socket.on('drain', more);
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        more();
      });
    };
    for (const text of [get(), `${tunnel()}x`]) {
      written = 0;
      const browser = connect(proxy.port, '127.0.0.1');
      browser.on('error', () => {});
      browser.pause();
      browser.write(text);
      await waitFor('the site to begin', () => written > 0);
      let before = -1;
      await waitFor('the site to have to wait', async () => {
        const isStill = written === before;
        before = written;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return isStill;
      });
      assert.ok(written < 40_000_000, `${written} bytes went to somebody who reads nothing`);
      browser.destroy();
      await waitFor('the site to be let go', () => atSite.size === 0);
    }
  });

  it('passes bodies, several headers of one name and paths on as they are', async () => {
    const seen: IncomingMessage[] = [];
    const whole = createHttpServer((incoming, answer) => {
      seen.push(incoming);
      let length = 0;
      incoming.on('data', (data: Buffer) => (length += data.length));
      incoming.on('end', () => {
        answer.setHeader('Set-Cookie', ['a=1', 'b=2']);
        answer.setHeader('Keep-Alive', 'timeout=5');
        answer.end(`got ${length}`);
      });
    });
    await new Promise<void>((resolve) => whole.listen(0, '127.0.0.1', resolve));
    const { port } = whole.address() as AddressInfo;
    for (const [isChunked, size] of [
      [true, 300_000],
      [false, 300_000],
      [false, 0],
    ] as const) {
      const body = Buffer.alloc(size, 'z');
      const reply = await new Promise<{ text: string; cookies: unknown; keepAlive: unknown }>(
        (resolve, reject) => {
          const asked = request(
            {
              host: '127.0.0.1',
              port: proxy.port,
              method: 'PUT',
              path: `http://NAME.example.:${port}/a%2Fb/../c?d=%20`,
              headers: {
                Expect: '100-continue',
                Host: 'elsewhere.example',
                'X-Hop': '1',
                Connection: 'X-Hop',
                ...(isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': size }),
              },
            },
            (answer) => {
              let text = '';
              answer.setEncoding('utf8');
              answer.on('data', (data: string) => (text += data));
              answer.on('end', () => {
                const { headers } = answer;
                resolve({ text, cookies: headers['set-cookie'], keepAlive: headers['keep-alive'] });
              });
            },
          );
          asked.on('error', reject);
          asked.end(body);
        },
      );
      assert.deepEqual(reply.cookies, ['a=1', 'b=2']);
      assert.equal(reply.text, `got ${size}`);
      const { url, headers } = seen.at(-1) ?? { url: '', headers: {} };
      assert.equal(url, '/a%2Fb/../c?d=%20');
      assert.equal(headers.host, `name.example.:${port}`);
      assert.equal(Object.hasOwn(headers, 'x-hop'), false);
    }
    whole.closeAllConnections();
    await new Promise((resolve) => whole.close(resolve));
  });

  it('knows a name however it is written, and blocks it so', async () => {
    behave = (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    };
    const names = [
      'name.example',
      'name.example.',
      'NAME.Example',
      'sub.name.example.',
      'a_b.name.example',
    ];
    for (const name of names) {
      assert.match((await say(get(name))).text, /\r\n\r\nok$/, name);
      assert.match((await say(`${tunnel(name)}x`)).text, /Established\r\n\r\nHTTP\/1\.1 200/, name);
    }
    for (const name of [
      'other.example',
      'xname.example',
      'example',
      '127.0.0.1',
      '[::1]',
      '0x7f.1',
    ]) {
      assert.match((await say(get(name))).text, /^HTTP\/1\.1 403 /, name);
      assert.match((await say(tunnel(name))).text, /^HTTP\/1\.1 403 /, name);
    }
    proxy.setBlock({ sites: ['name.example'], deadlineMs: Date.now() + 60_000 });
    for (const name of names) {
      assert.match((await say(get(name))).text, /asked for this page to wait/, name);
      assert.match((await say(tunnel(name))).text, /^HTTP\/1\.1 403 /, name);
    }
    assert.equal(blocked, names.length * 2);
  });

  it('cuts both halves of what is open when a block begins', async () => {
    behave = (socket) => {
      socket.on('end', () => socket.end());
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\npart'));
    };
    for (const text of [get(), `${tunnel()}x`]) {
      proxy.setBlock(undefined);
      const heard = say(text);
      await waitFor('the site to be reached', () => atSite.size === 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      proxy.setBlock({ sites: ['name.example'], deadlineMs: Date.now() + 60_000 });
      await heard;
      await waitFor('the site to be let go', () => atSite.size === 0);
    }
  });

  it('says so where the site can not be reached', async () => {
    behave = () => {};
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const at = (text: string): string => text.replaceAll(String(sitePort), String(port));
    assert.match((await say(at(get()))).text, /^HTTP\/1\.1 502 /);
    assert.match((await say(at(tunnel()))).text, /^HTTP\/1\.1 502 /);
  });
});
