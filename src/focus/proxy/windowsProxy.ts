import * as v from 'valibot';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';
import { journalKind, type RestoreJournal } from '../undo/restoreJournal.ts';
import { runCommand, type CommandRunner } from '../runCommand.ts';
import { isServed, ourUrls, withUrl, type SystemProxy } from './systemProxy.ts';

const key = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

const windowsProxyEntry = journalKind('windowsProxy', {
  /** The registry's value before; absent when there was none. */
  urlBefore: v.optional(v.string()),
  ourUrls,
});

export interface WindowsProxyOptions {
  readonly journal: RestoreJournal;
  readonly run?: CommandRunner;
  readonly step?: StepHook;
  readonly platform?: NodeJS.Platform;
}

/** The current user's proxy address in the registry of Windows, through its own `reg`. */
export class WindowsProxy implements SystemProxy {
  readonly way = 'proxy';
  readonly kind = windowsProxyEntry;
  readonly label = 'the proxy setting of Windows';
  readonly #journal: RestoreJournal;
  readonly #run: CommandRunner;
  readonly #step: StepHook;
  readonly #platform: NodeJS.Platform;

  constructor({ journal, run, step, platform }: WindowsProxyOptions) {
    this.#journal = journal;
    this.#run = run ?? runCommand;
    this.#step = step ?? noSteps;
    this.#platform = platform ?? process.platform;
  }

  async isSupported(): Promise<boolean> {
    return this.#platform === 'win32' && (await this.#run('reg', ['query', key])).code === 0;
  }

  async set(url: string, deadlineMs: number): Promise<void> {
    const urlNow = await this.#get('AutoConfigURL');
    const known = await this.#journal.read(this.kind);
    if (known !== undefined && urlNow !== undefined && known.ourUrls.includes(urlNow)) {
      await this.#journal.write(this.kind, {
        ...known,
        ourUrls: withUrl(known.ourUrls, url),
        deadlineMs,
      });
    } else {
      const enabled = await this.#get('ProxyEnable');
      if (
        (urlNow !== undefined && urlNow !== '') ||
        (enabled !== undefined && Number(enabled) !== 0)
      ) {
        throw new FocusError('proxyInUse', 'A proxy is set already; Millrace does not replace it.');
      }
      await this.#journal.write(this.kind, {
        target: this.kind.target,
        version: 1,
        deadlineMs,
        ...(urlNow === undefined ? {} : { urlBefore: urlNow }),
        ourUrls: [url],
      });
    }
    if (urlNow !== url) {
      await this.#put(url);
    }
    this.#step('windows: address set');
  }

  async isInUse(): Promise<boolean> {
    const entry = await this.#journal.read(this.kind);
    return entry !== undefined && (await isServed(entry.ourUrls.at(-1) ?? ''));
  }

  async restore(): Promise<void> {
    const entry = await this.#journal.read(this.kind);
    if (entry === undefined) {
      return;
    }
    if (entry.ourUrls.includes((await this.#get('AutoConfigURL')) ?? '')) {
      await this.#put(entry.urlBefore);
      this.#step('windows: address restored');
    }
    await this.#journal.remove(this.kind);
  }

  /** Values are printed as `    AutoConfigURL    REG_SZ    http://...`, the same in every language. */
  async #get(name: string): Promise<string | undefined> {
    const { code, output } = await this.#run('reg', ['query', key, '/v', name]);
    const line = output.split(/\r?\n/).find((one) => one.trim().startsWith(`${name} `));
    return code === 0 ? /REG_\w+\s*(.*)$/.exec(line ?? '')?.[1]?.trim() : undefined;
  }

  async #put(value: string | undefined): Promise<void> {
    const args =
      value === undefined
        ? ['delete', key, '/v', 'AutoConfigURL', '/f']
        : ['add', key, '/v', 'AutoConfigURL', '/t', 'REG_SZ', '/d', value, '/f'];
    if ((await this.#run('reg', args)).code !== 0) {
      throw new FocusError('notWritable', 'The proxy setting of Windows could not be changed.');
    }
  }
}
