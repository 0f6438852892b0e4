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
