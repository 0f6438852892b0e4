/**
 * The ways of blocking sites, in the order in which they are offered, and what is to be known of each without loading it.
 * Settings, the choice of what blocks, the dashboard and the words all derive from this; what each one does is in
 * `focus/undoing.ts`, where it changes the machine, and in `focus/blockServers.ts`, where it is a server.
 */
export interface BlockWayFacts {
  /** The setting that turns it on. */
  readonly isOn: SettingName;
  /**
   * The setting of its port, where it is a server: then each window has one while the way is on, and it knows by itself when
   * a block is over. Else the way is written to the machine once, by the window that drives, for the time of a block.
   */
  readonly port: (SettingName & { readonly usual: number }) | undefined;
  /** It changes the machine, so that something has to be undone, also after a crash. */
  readonly changesMachine: boolean;
  /** What notices call it, and the dashboard: English, as in the keys of `l10n/`. */
  readonly name: string;
  readonly shortName: string;
}

/** What the code calls a setting, and its name below `millrace.`. */
interface SettingName {
  readonly key: string;
  readonly name: string;
}

export const blockWayFacts = {
  companion: {
    isOn: { key: 'companionIsOn', name: 'blocking.companion.enabled' },
    port: { key: 'companionPort', name: 'blocking.companion.port', usual: 47_148 },
    changesMachine: false,
    name: 'Browser companion',
    shortName: 'Browser extension',
  },
  proxy: {
    isOn: { key: 'proxyIsOn', name: 'blocking.proxy.enabled' },
    port: { key: 'proxyPort', name: 'blocking.proxy.port', usual: 47_147 },
    changesMachine: true,
    name: 'Loopback proxy',
    shortName: 'Proxy',
  },
  hosts: {
    isOn: { key: 'hostsFileIsOn', name: 'blocking.hostsFile.enabled' },
    port: undefined,
    changesMachine: true,
    name: 'Hosts file',
    shortName: 'Hosts file',
  },
} as const satisfies Readonly<Record<string, BlockWayFacts>>;

type AllFacts = typeof blockWayFacts;
/** One way of blocking sites, by its name in the shared state. */
export type BlockMethod = keyof AllFacts;
type WaysWith<Facts> = {
  [Way in BlockMethod]: AllFacts[Way] extends Facts ? Way : never;
}[BlockMethod];
/** The ways that are servers, each with a port. */
export type ServerWay = WaysWith<{ readonly port: object }>;
/** The ways that are written to the machine for the time of a block. */
export type MachineWay = Exclude<BlockMethod, ServerWay>;
/** The servers that besides change a setting of the machine while they are on. */
export type ChangingServerWay = ServerWay & WaysWith<{ readonly changesMachine: true }>;
/** What the code calls the settings that turn ways on. */
export type WaySwitchKey = AllFacts[BlockMethod]['isOn']['key'];
/** What the code calls the settings of ports. */
export type WayPortKey = AllFacts[ServerWay]['port']['key'];

/** The names of all ways, in the order in which they are offered. */
export const blockMethods: readonly BlockMethod[] = Object.keys(blockWayFacts).filter(isWay);
export const serverWays: readonly ServerWay[] = blockMethods.filter(isServer);

/** Whether a way is a server, or else written to the machine for the time of a block. */
export function isServer(way: BlockMethod): way is ServerWay {
  return blockWayFacts[way].port !== undefined;
}

/** The ways that some settings turn on. */
export function waysThatAreOn(
  settings: Readonly<Record<WaySwitchKey, boolean>>,
): readonly BlockMethod[] {
  return blockMethods.filter((way) => settings[blockWayFacts[way].isOn.key]);
}

function isWay(name: string): name is BlockMethod {
  return Object.hasOwn(blockWayFacts, name);
}
