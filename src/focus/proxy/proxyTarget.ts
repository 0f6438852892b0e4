import { hostName } from '../sites/hostName.ts';

/** Where a request or a tunnel through the proxy leads. */
export interface ProxyTarget {
  /** In the form in which names are compared. */
  readonly host: string;
  /** What to connect to: as asked for, so with the dot at the end that keeps a resolver from adding domains. */
  readonly address: string;
  readonly port: number;
}

/** A request in absolute form (RFC 9112, 3.2.2). */
export interface RequestTarget extends ProxyTarget {
  /** What to send as `Host`. */
  readonly authority: string;
  /** Path and query exactly as they were sent. */
  readonly path: string;
}

/**
 * Ports at and above 1024 to which browsers do not connect, as a mail or chat server there could take a request for its own
 * (Fetch Standard, "port blocking"); the lower ones need not be named.
 */
const refusedPorts: ReadonlySet<number> = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061],
  ...[6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080],
]);

/** Whether the proxy connects to a port of a listed name: those of the Web, and those at which anybody may serve pages. */
export function isPassedPort(port: number): boolean {
  return (
    port === 80 || port === 443 || (port >= 1_024 && port <= 65_535 && !refusedPorts.has(port))
  );
}

/** Reads the target of a plain request, `http://host:port/path`; `undefined` for all else. */
export function requestTarget(target: string): RequestTarget | undefined {
  const [, authority = '', rest = ''] = /^http:\/\/([^/?#]*)([^#]*)/i.exec(target) ?? [];
  const written = `http://${authority}/`;
  if (authority === '' || !URL.canParse(written)) {
    return undefined;
  }
  const { hostname, host: withPort, port } = new URL(written);
  const host = hostName(hostname);
  return host === undefined
    ? undefined
    : {
        host,
        address: unbracketed(hostname),
        port: port === '' ? 80 : Number(port),
        authority: withPort,
        path: rest.startsWith('/') ? rest : `/${rest}`,
      };
}

/** Reads what CONNECT names, `host:port`; `undefined` for all else. */
export function tunnelTarget(authority: string): ProxyTarget | undefined {
  const [, written = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(authority) ?? [];
  const host = hostName(written);
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    return undefined;
  }
  const isAbsolute = written.endsWith('.') && !host.endsWith('.');
  return { host, address: unbracketed(isAbsolute ? `${host}.` : host), port };
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
