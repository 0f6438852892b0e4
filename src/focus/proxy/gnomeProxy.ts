import * as v from 'valibot';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';
import { journalKind, type RestoreJournal } from '../undo/restoreJournal.ts';
import { runCommand, type CommandRunner } from '../runCommand.ts';
import { isServed, ourUrls, withUrl, type SystemProxy } from './systemProxy.ts';

const schema = 'org.gnome.system.proxy';
// Desktops whose browsers ask GSettings for the proxy (Chromium: base/nix/xdg_util.cc and its proxy service).
const desktops = /gnome|unity|cinnamon|pantheon|budgie|deepin|xfce/i;

const gnomeProxyEntry = journalKind('gnomeProxy', {
  /** The values before, as `gsettings get` prints them. */
  modeBefore: v.string(),
  urlBefore: v.string(),
  ourUrls,
});

export interface GnomeProxyOptions {
  readonly journal: RestoreJournal;
  readonly run?: CommandRunner;
  readonly environment?: NodeJS.ProcessEnv;
  readonly step?: StepHook;
}

/** GNOME's proxy setting, through its own `gsettings`. */
export class GnomeProxy implements SystemProxy {
  readonly way = 'proxy';
  readonly kind = gnomeProxyEntry;
  readonly label = 'the proxy setting of the desktop';
  readonly #journal: RestoreJournal;
  readonly #run: CommandRunner;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #step: StepHook;

  constructor({ journal, run, environment, step }: GnomeProxyOptions) {
    this.#journal = journal;
    this.#run = run ?? runCommand;
    this.#environment = environment ?? process.env;
    this.#step = step ?? noSteps;
  }

  async isSupported(): Promise<boolean> {
    return (
      process.platform === 'linux' &&
      desktops.test(this.#environment['XDG_CURRENT_DESKTOP'] ?? '') &&
      (await this.#get('mode')) !== undefined
    );
  }

  async set(url: string, deadlineMs: number): Promise<void> {
    const [modeNow, urlNow] = [await this.#get('mode'), await this.#get('autoconfig-url')];
    if (modeNow === undefined || urlNow === undefined) {
      throw new FocusError('unsupported', 'This desktop has no proxy setting that Millrace knows.');
    }
    const known = await this.#journal.read(this.kind);
    if (known !== undefined && isOurs(urlNow, known.ourUrls)) {
      // The values before stay those of the first time.
      await this.#journal.write(this.kind, {
        ...known,
        ourUrls: withUrl(known.ourUrls, url),
        deadlineMs,
      });
    } else if (modeNow !== "'none'") {
      throw new FocusError('proxyInUse', 'A proxy is set already; Millrace does not replace it.');
    } else {
      await this.#journal.write(this.kind, {
        target: this.kind.target,
        version: 1,
        deadlineMs,
        modeBefore: modeNow,
        urlBefore: urlNow,
        ourUrls: [url],
      });
    }
    if (urlNow !== quote(url)) {
      await this.#put('autoconfig-url', quote(url));
    }
    this.#step('gnome: address set');
    await this.#put('mode', "'auto'");
    this.#step('gnome: mode set');
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
    // Somebody who has set another address since then meant it.
    if (isOurs((await this.#get('autoconfig-url')) ?? '', entry.ourUrls)) {
      if ((await this.#get('mode')) === "'auto'") {
        await this.#put('mode', entry.modeBefore);
        this.#step('gnome: mode restored');
      }
      await this.#put('autoconfig-url', entry.urlBefore);
      this.#step('gnome: address restored');
    }
    await this.#journal.remove(this.kind);
  }

  async #get(key: string): Promise<string | undefined> {
    const { code, output } = await this.#run('gsettings', ['get', schema, key]);
    return code === 0 ? output.trim() : undefined;
  }

  async #put(key: string, value: string): Promise<void> {
    const { code } = await this.#run('gsettings', ['set', schema, key, value]);
    if (code !== 0) {
      throw new FocusError('notWritable', 'The proxy setting of the desktop could not be changed.');
    }
  }
}

/** A string as GVariant prints it; our addresses hold nothing that would be escaped. */
function quote(text: string): string {
  return `'${text}'`;
}

function isOurs(printed: string, ourUrls: readonly string[]): boolean {
  return ourUrls.some((url) => printed === quote(url));
}
