import * as v from 'valibot';
import { FocusError } from '../focusError.ts';
import { journalKind } from '../undo/restoreJournal.ts';
import { runCommand, type CommandRunner } from '../runCommand.ts';
import {
  DesktopProxy,
  proxyEntryFields,
  type DesktopProxyOptions,
  type ProxyEntry,
  type ProxyStand,
} from './desktopProxy.ts';

const schema = 'org.gnome.system.proxy';
// Desktops whose browsers ask GSettings for the proxy (Chromium: base/nix/xdg_util.cc and its proxy service).
const desktops = /gnome|unity|cinnamon|pantheon|budgie|deepin|xfce/i;
/** No address, as `gsettings` prints it. */
const noAddress = "''";
const modes: Readonly<Record<string, ProxyStand['goesBy']>> = {
  "'none'": 'nothing',
  "'auto'": 'address',
};

const gnomeProxyEntry = journalKind('gnomeProxy', {
  /** The values before, as `gsettings get` prints them. */
  modeBefore: v.string(),
  urlBefore: v.string(),
  ...proxyEntryFields,
});

type GnomeProxyEntry = v.InferOutput<typeof gnomeProxyEntry.schema>;

export interface GnomeProxyOptions extends DesktopProxyOptions {
  readonly run?: CommandRunner;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * GNOME's proxy setting, through its own `gsettings`. `mode` alone decides what is in force; the hosts and ports of a
 * manual proxy are another's, and are never written.
 */
export class GnomeProxy extends DesktopProxy<GnomeProxyEntry> {
  readonly kind = gnomeProxyEntry;
  readonly label = 'the proxy setting of the desktop';
  protected readonly addressOutranks = false;
  protected readonly desktop = 'gnome';
  readonly #run: CommandRunner;
  readonly #environment: NodeJS.ProcessEnv;

  constructor({ run, environment, ...options }: GnomeProxyOptions) {
    super(options);
    this.#run = run ?? runCommand;
    this.#environment = environment ?? process.env;
  }

  async isSupported(): Promise<boolean> {
    return (
      process.platform === 'linux' &&
      desktops.test(this.#environment['XDG_CURRENT_DESKTOP'] ?? '') &&
      (await this.read().catch(() => undefined)) !== undefined
    );
  }

  protected async read(): Promise<ProxyStand | undefined> {
    // One call for all values: between two, another program could change one of them.
    const { code, output } = await this.#run('gsettings', ['list-recursively', schema]);
    if (code === undefined) {
      throw new FocusError('notWritable', 'The proxy setting of the desktop could not be read.');
    }
    const values = new Map(
      output.split('\n').flatMap((line) => {
        const [, name = '', value] = /^(\S+ \S+) (.*)$/.exec(line) ?? [];
        return value === undefined ? [] : [[name, value.trim()] as const];
      }),
    );
    const mode = values.get(`${schema} mode`);
    return code !== 0 || mode === undefined
      ? undefined
      : { goesBy: modes[mode] ?? 'other', address: values.get(`${schema} autoconfig-url`) };
  }

  /** A string as GVariant prints it; our addresses hold nothing that would be escaped. */
  protected print(url: string): string {
    return `'${url}'`;
  }

  protected entryOf(common: ProxyEntry): GnomeProxyEntry {
    const { urlBefore = noAddress } = common;
    // Nothing else is ever replaced.
    return { ...common, target: this.kind.target, version: 1, urlBefore, modeBefore: "'none'" };
  }

  protected putAddress(address: string | undefined): Promise<void> {
    return this.#put('autoconfig-url', address ?? noAddress);
  }

  protected goBy(what: 'nothing' | 'address'): Promise<void> {
    return this.#put('mode', what === 'nothing' ? "'none'" : "'auto'");
  }

  async #put(key: string, value: string): Promise<void> {
    const { code } = await this.#run('gsettings', ['set', schema, key, value]);
    if (code !== 0) {
      throw new FocusError('notWritable', 'The proxy setting of the desktop could not be changed.');
    }
  }
}
