import * as v from 'valibot';
import { FocusError } from '../focusError.ts';
import { journalKind } from '../undo/restoreJournal.ts';
import { runCommand, type CommandRunner } from '../runCommand.ts';
import { parseConnectionSettings } from './connectionSettings.ts';
import {
  DesktopProxy,
  proxyEntryFields,
  type DesktopProxyOptions,
  type ProxyEntry,
  type ProxyStand,
} from './desktopProxy.ts';

const key = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

const windowsProxyEntry = journalKind('windowsProxy', {
  /** The registry's value before; absent when there was none. */
  urlBefore: v.optional(v.string()),
  ...proxyEntryFields,
});

type WindowsProxyEntry = v.InferOutput<typeof windowsProxyEntry.schema>;

export interface WindowsProxyOptions extends DesktopProxyOptions {
  readonly run?: CommandRunner;
  readonly platform?: NodeJS.Platform;
}

/**
 * The current user's proxy address in the registry of Windows, through its own `reg`. `AutoConfigURL` is the one value
 * that is written; it outranks a manual proxy, so it is taken out when somebody sets one.
 */
export class WindowsProxy extends DesktopProxy<WindowsProxyEntry> {
  readonly kind = windowsProxyEntry;
  readonly label = 'the proxy setting of Windows';
  protected readonly addressOutranks = true;
  protected readonly desktop = 'windows';
  readonly #run: CommandRunner;
  readonly #platform: NodeJS.Platform;

  constructor({ run, platform, ...options }: WindowsProxyOptions) {
    super(options);
    this.#run = run ?? runCommand;
    this.#platform = platform ?? process.platform;
  }

  async isSupported(): Promise<boolean> {
    return this.#platform === 'win32' && (await this.read().catch(() => undefined)) !== undefined;
  }

  protected async read(): Promise<ProxyStand | undefined> {
    // What the settings of Windows keep for themselves besides; a program may have changed only these.
    const kept = parseConnectionSettings(
      (await this.#values(`${key}\\Connections`))?.get('DefaultConnectionSettings') ?? '',
    );
    // Last, in one call: the values that programs change, right before one of them is written.
    const values = await this.#values(key);
    if (values === undefined) {
      return undefined;
    }
    const address = values.get('AutoConfigURL');
    const isManual = Number(values.get('ProxyEnable') ?? 0) !== 0 || kept.isManual;
    const hasAddress = address !== undefined && address !== '';
    const isKeptElsewhere = !hasAddress && kept.address !== '' && !isLoopback(kept.address);
    return {
      goesBy: isManual || isKeptElsewhere ? 'other' : hasAddress ? 'address' : 'nothing',
      address,
    };
  }

  protected print(url: string): string {
    return url;
  }

  protected entryOf(common: ProxyEntry): WindowsProxyEntry {
    return { ...common, target: this.kind.target, version: 1 };
  }

  protected async putAddress(address: string | undefined): Promise<void> {
    const args =
      address === undefined
        ? ['delete', key, '/v', 'AutoConfigURL', '/f']
        : ['add', key, '/v', 'AutoConfigURL', '/t', 'REG_SZ', '/d', address, '/f'];
    if ((await this.#run('reg', args)).code !== 0) {
      throw new FocusError('notWritable', 'The proxy setting of Windows could not be changed.');
    }
  }

  protected goBy(): Promise<void> {
    return Promise.resolve();
  }

  /** Values are printed as `    AutoConfigURL    REG_SZ    http://...`, the same in every language. */
  async #values(of: string): Promise<ReadonlyMap<string, string> | undefined> {
    const { code, output } = await this.#run('reg', ['query', of]);
    if (code === undefined) {
      throw new FocusError('notWritable', 'The proxy setting of Windows could not be read.');
    }
    const lines = code === 0 ? output.split(/\r?\n/) : [];
    const values = lines.flatMap((line) => {
      const [, name = '', value] = /^ {4}(\S.*?) {4}REG_[A-Z_]+(?: {4}(.*))?$/.exec(line) ?? [];
      return name === '' ? [] : [[name, (value ?? '').trim()] as const];
    });
    return code === 0 ? new Map(values) : undefined;
  }
}

/** Ours, or another local program's that has gone: no reason to keep away. */
function isLoopback(address: string): boolean {
  return /^http:\/\/127\.0\.0\.1[:/]/.test(address);
}
