import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import path from 'node:path';

/**
 * Web sites on the loopback, with names of their own: every name below `.test` is at 127.0.0.2, over HTTP and
 * HTTPS. Not at 127.0.0.1, since 0.0.0.0, which a hosts file blocks with, is answered there.
 */
export interface TestSites {
  /** Requests that arrived for a host. */
  requests(host: string): number;
  close(): Promise<void>;
}

const address = '127.0.0.2';

/** Only in a network namespace of its own: takes the ports 53, 80 and 443, and writes /etc/resolv.conf. */
export async function openTestSites(folder: string): Promise<TestSites> {
  writeFileSync('/etc/resolv.conf', 'nameserver 127.0.0.1\n');
  writeFileSync('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  const counts = new Map<string, number>();
  const serve = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    counts.set(host, (counts.get(host) ?? 0) + 1);
    if (incoming.url === '/form') {
      answer.setHeader('Content-Type', 'text/html');
      answer.end(form);
      return;
    }
    answer.setHeader('Cache-Control', 'no-store');
    if (incoming.url === '/ping') {
      answer.end('pong');
      return;
    }
    answer.setHeader('Content-Type', 'text/html');
    answer.end(page(host));
  };
  const certificate = makeCertificate(folder);
  const servers = [createHttp(serve), createHttps(certificate, serve)];
  await Promise.all(servers.map((server, index) => listen(server, index === 0 ? 80 : 443)));
  const names = await openNames();
  return {
    requests: (host) => counts.get(host) ?? 0,
    async close() {
      names.close();
      await Promise.all(
        servers.map(
          (server) =>
            new Promise((resolve) => {
              server.close(resolve);
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}

/** A page in which somebody writes something that is not sent yet. */
const form = '<!doctype html><title>form</title><textarea id="draft"></textarea>';

/** A page that asks its server ten times a second over the connection that it has, and says how that went. */
function page(host: string): string {
  return `<!doctype html><title>start</title><h1 id="site">${host}</h1><script>
    let count = 0;
    setInterval(async () => {
      try {
        await fetch('/ping', { signal: AbortSignal.timeout(2000) });
        document.title = 'up ' + ++count;
      } catch { document.title = 'down'; }
    }, 100);
  </script>`;
}

function listen(server: HttpServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      resolve();
    });
  });
}

function makeCertificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat('-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=test')
      .concat('-addext', 'subjectAltName=DNS:*.test,DNS:distraction.test,DNS:work.test'),
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** A name server (RFC 1035) that knows one answer: A for names below `.test`, nothing for all else. */
async function openNames(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    let end = 12;
    const labels: string[] = [];
    while (query[end] !== 0 && end < query.length) {
      const length = query[end] ?? 0;
      labels.push(query.toString('latin1', end + 1, end + 1 + length));
      end += 1 + length;
    }
    const isAddress = query.readUInt16BE(end + 1) === 1 && labels.at(-1) === 'test';
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(labels.at(-1) === 'test' ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(isAddress ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const record = Buffer.concat([
      Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4]),
      Buffer.from(address.split('.').map(Number)),
    ]);
    const answer = [head, query.subarray(12, end + 5), ...(isAddress ? [record] : [])];
    socket.send(Buffer.concat(answer), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(53, '127.0.0.1', () => {
      resolve();
    });
  });
  return socket;
}
