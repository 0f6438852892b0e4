import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '../../files/fileLock.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';
import type { HostsHelper } from './hostsHelper.ts';
import {
  editHosts,
  finishTornEdit,
  probeHosts,
  removeHostsTemporary,
  systemHostsFile,
} from './hostsFile.ts';
import { addSection, findSections, removeSections, type HostsSection } from './hostsSection.ts';
import type { MachineBlocker } from '../undo/healLeftovers.ts';
import type { RestoreJournal } from '../undo/restoreJournal.ts';
import type { BlockerReadiness, SiteBlock } from '../sites/siteBlocker.ts';
import { hostsEntryKind, type HostsEntry } from './hostsEntry.ts';
import { hostNamesOf } from '../sites/siteName.ts';

export interface HostsBlockerOptions {
  readonly journal: RestoreJournal;
  /** Where the helper is installed, it is used when the file is not writable; `undefined`: never. */
  readonly helper: HostsHelper | undefined;
  readonly hostsFile?: string;
  readonly step?: StepHook;
}

/**
 * Blocks sites by entries of the hosts file: exact names only, `www.` added, in every program of the machine.
 * What it did is undone from the marks in the file itself; the journal says that there is something to undo,
 * heals an edit in place that was torn, and keeps the original bytes until then.
 */
export class HostsBlocker implements MachineBlocker {
  readonly method = 'hosts';
  readonly way = 'hosts';
  readonly kind = hostsEntryKind;
  readonly label = 'the hosts file';
  readonly #journal: RestoreJournal;
  readonly #helper: HostsHelper | undefined;
  readonly #file: string;
  readonly #owner: string;
  readonly #step: StepHook;

  constructor(options: HostsBlockerOptions) {
    this.#journal = options.journal;
    this.#helper = options.helper;
    this.#file = options.hostsFile ?? systemHostsFile();
    this.#owner = hostsOwner(options.journal.folder);
    this.#step = options.step ?? noSteps;
  }

  async probe(): Promise<BlockerReadiness> {
    const state = await probeHosts(this.#file);
    if (state === 'missing') {
      return { state: 'unavailable', detail: 'hostsMissing' };
    }
    try {
      findSections((await readFile(this.#file)).toString('latin1'));
    } catch (error) {
      if (FocusError.is(error, 'damagedSection')) {
        return { state: 'unavailable', detail: 'hostsDamaged' };
      }
      throw error;
    }
    if (state === 'writable') {
      return { state: 'ready', detail: 'hostsDirect' };
    }
    if (this.#helper === undefined) {
      return { state: 'unavailable', detail: 'hostsNotWritable' };
    }
    return (await this.#helper.isInstalled())
      ? { state: 'ready', detail: 'hostsHelper' }
      : { state: 'needsSetup', detail: 'hostsHelperMissing' };
  }

  block({ sites, deadlineMs }: SiteBlock): Promise<void> {
    return this.#exclusively(async () => {
      const names = sites.flatMap(hostNamesOf);
      const section = { owner: this.#owner, untilMs: deadlineMs, names };
      await this.#finishTorn(await this.#journal.read(this.kind));
      const text = (await readFile(this.#file)).toString('latin1');
      if (addSection(text, section) === text) {
        return;
      }
      const clean = removeSections(text, (one) => one.owner === this.#owner);
      const direct = (await probeHosts(this.#file)) === 'writable';
      const entry: HostsEntry = {
        target: 'hosts',
        version: 1,
        deadlineMs,
        owner: this.#owner,
        via: direct ? 'direct' : 'helper',
        file: await realpath(this.#file),
        temporaryName: this.#temporaryName,
        original: Buffer.from(clean, 'latin1').toString('base64'),
      };
      await this.#journal.write(this.kind, entry);
      try {
        if (direct) {
          await this.#edit(entry, (now) => addSection(now, section));
        } else {
          await this.#needHelper().on(section);
        }
      } catch (error) {
        // Nothing was changed, or the section is whole: either way releasing puts it right.
        await this.#release().catch(() => undefined);
        throw error;
      }
    });
  }

  release(): Promise<void> {
    return this.#exclusively(() => this.#release());
  }

  /** Nobody serves entries of a hosts file: they go with the session that asked for them. */
  isInUse(): Promise<boolean> {
    return Promise.resolve(false);
  }

  restore(): Promise<void> {
    return this.release();
  }

  /**
   * Takes out every section whose deadline has passed or, with `all`, every section there is, whoever made it:
   * what remains when storage with its journal is gone.
   * @returns how many were there
   */
  removeStray(nowMs: number, all: boolean): Promise<number> {
    return this.#exclusively(async () => {
      const isStray = (section: HostsSection): boolean => all || section.untilMs <= nowMs;
      const text = (await readFile(this.#file)).toString('latin1');
      const stray = findSections(text).filter(isStray);
      if (stray.length === 0) {
        return 0;
      }
      if ((await probeHosts(this.#file)) === 'writable') {
        const known = await this.#journal.read(this.kind);
        await this.#edit(known ?? this.#bareEntry(nowMs), (now) => removeSections(now, isStray));
        if (known === undefined) {
          await this.#journal.remove(this.kind);
        }
      } else {
        await this.#needHelper().off(all ? 'all' : 'expired');
      }
      return stray.length;
    });
  }

  async #release(): Promise<void> {
    const entry = await this.#journal.read(this.kind);
    await this.#finishTorn(entry);
    await removeHostsTemporary(this.#file, this.#temporaryName);
    const isOwn = (section: HostsSection): boolean => section.owner === this.#owner;
    const text = (await readFile(this.#file)).toString('latin1');
    if (findSections(text).some(isOwn)) {
      if ((await probeHosts(this.#file)) === 'writable') {
        await this.#edit(entry ?? this.#bareEntry(0), (now) => removeSections(now, isOwn));
      } else {
        await this.#needHelper().off(this.#owner);
      }
    }
    await this.#journal.remove(this.kind);
  }

  async #finishTorn(entry: HostsEntry | undefined): Promise<void> {
    if (entry?.intent !== undefined) {
      const { before, after } = entry.intent;
      await finishTornEdit(
        this.#file,
        { before: Buffer.from(before, 'base64'), after: Buffer.from(after, 'base64') },
        this.#step,
      );
    }
  }

  async #edit(entry: HostsEntry, change: (text: string) => string): Promise<void> {
    await editHosts({
      file: this.#file,
      change,
      temporaryName: this.#temporaryName,
      beforeInPlace: async ({ before, after }) => {
        const intent = { before: before.toString('base64'), after: after.toString('base64') };
        await this.#journal.write(this.kind, { ...entry, intent });
      },
      step: this.#step,
    });
  }

  /** For an undoing without an entry: the in-place edit still needs one to be safe. */
  #bareEntry(deadlineMs: number): HostsEntry {
    return {
      target: 'hosts',
      version: 1,
      deadlineMs,
      owner: this.#owner,
      via: 'direct',
      file: this.#file,
      temporaryName: this.#temporaryName,
    };
  }

  #needHelper(): HostsHelper {
    if (this.#helper === undefined) {
      throw new FocusError(
        'notWritable',
        'The hosts file is not writable for you. Use another way of blocking, or install the helper.',
      );
    }
    return this.#helper;
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return withLock(path.join(this.#journal.folder, 'hosts.lock'), work);
  }

  get #temporaryName(): string {
    return `.millrace-${this.#owner}.tmp`;
  }
}

/** Whose sections they are: the storage folder's, as a hash, since its path is nobody's business. */
export function hostsOwner(folder: string): string {
  return createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 8);
}
