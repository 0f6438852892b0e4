import type { Language } from '../base/language.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CompanionBlocker } from './companion/companionBlocker.ts';
import { hostsOwner } from './hosts/hostsBlocker.ts';
import { ProxyBlocker } from './proxy/proxyBlocker.ts';
import { proxyToken } from './proxy/proxyToken.ts';
import type { ServerWay } from './sites/blockWayFacts.ts';
import type { ServerBlocker } from './sites/siteBlocker.ts';
import type { Undoing } from './undoing.ts';

/** What the servers are built from. */
export interface BlockServerOptions {
  readonly storageFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly undoing: Undoing;
  /** Somebody tried to reach what is blocked, so many times. */
  readonly onBlocked: (tries: number) => void;
  /** A browser was paired; its name. */
  readonly onPaired: (browser: string) => void;
  /** Of the page in the place of a blocked one; English where there is none. */
  readonly language?: Language | undefined;
}

/** What the server of each way is. */
export interface BlockServers {
  companion: CompanionBlocker;
  proxy: ProxyBlocker;
}

/** Makes the server of each way that is one; nothing is opened yet. */
export const blockServers: {
  readonly [Way in ServerWay]: (
    options: BlockServerOptions,
    port: number,
  ) => Promise<BlockServers[Way] & ServerBlocker>;
} = {
  companion: async (options, port) => {
    // Loaded when first needed: it brings a WebSocket library with it.
    const { CompanionBlocker } = await import('./companion/companionBlocker.ts');
    return new CompanionBlocker({ ...options, port, owner: hostsOwner(options.storageFolder) });
  },
  proxy: async ({ storageFolder, clock, undoing, onBlocked, language }, port) => {
    const { systemProxy } = undoing;
    return new ProxyBlocker({
      port,
      token: await proxyToken(storageFolder),
      wallMs: () => clock.wallMs(),
      systemProxy: (await systemProxy.isSupported()) ? systemProxy : undefined,
      onBlocked: () => {
        onBlocked(1);
      },
      language,
    });
  },
};
