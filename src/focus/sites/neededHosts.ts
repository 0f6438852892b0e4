import { hostName, hostPart } from './hostName.ts';

/** Where a person's own connections go; from the editor's settings and the environment. */
export interface ConnectionFacts {
  /** `env.remoteName` and authority of the open remote: `ssh-remote+me@build.example.com`. */
  readonly remoteAuthorities: readonly string[];
  /** Proxy addresses: the setting `http.proxy`, and the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY. */
  readonly proxies: readonly string[];
  /** Other addresses that the editor can't do without: its gallery, an update server, a settings sync store. */
  readonly services: readonly string[];
}

/** The host names that no block may touch. What can't be read as a host is left out. */
export function neededHosts(facts: ConnectionFacts): ReadonlySet<string> {
  const hosts = new Set<string>();
  const all = [
    ...facts.remoteAuthorities.flatMap(hostsOfRemote),
    ...facts.proxies.flatMap(hostOfAddress),
    ...facts.services.flatMap(hostOfAddress),
  ];
  for (const host of all) {
    const name = hostName(host);
    if (name !== undefined) {
      hosts.add(name);
    }
  }
  return hosts;
}

/** The proxies that an environment names. */
export function proxiesOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  return ['http_proxy', 'https_proxy', 'all_proxy']
    .flatMap((name) => [environment[name], environment[name.toUpperCase()]])
    .filter((value): value is string => value !== undefined && value !== '');
}

/**
 * `ssh-remote+user@host:22`, `tunnel+name`, `codespaces+name`, `wsl+distribution`, and `ssh-remote+` with a hex
 * encoded JSON that holds the host (Remote - SSH does that for names with capitals).
 */
function hostsOfRemote(authority: string): string[] {
  const plus = authority.indexOf('+');
  const rest = plus === -1 ? authority : authority.slice(plus + 1);
  if (/^(?:[0-9a-f]{2})+$/i.test(rest)) {
    try {
      const decoded: unknown = JSON.parse(Buffer.from(rest, 'hex').toString('utf8'));
      if (
        typeof decoded === 'object' &&
        decoded !== null &&
        'hostName' in decoded &&
        typeof decoded.hostName === 'string'
      ) {
        return hostOfAddress(decoded.hostName);
      }
    } catch {
      // A name that happens to look like hex.
    }
  }
  const kind = plus === -1 ? '' : authority.slice(0, plus);
  const services: Readonly<Record<string, readonly string[]>> = {
    tunnel: ['global.rel.tunnels.api.visualstudio.com', 'github.com', 'vscode.dev'],
    codespaces: ['github.com', 'api.github.com', 'online.visualstudio.com', 'github.dev'],
  };
  return [...hostOfAddress(rest), ...(services[kind] ?? [])];
}

function hostOfAddress(address: string): string[] {
  const host = hostPart(address.trim());
  return host === '' ? [] : [host];
}
