import { createHash } from 'node:crypto';
import { access, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { replaceFile } from '../../files/durableFiles.ts';
import { withLock } from '../../files/fileLock.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';
import type { HostsHelper } from './hostsHelper.ts';
import { isHostsFileThere, probeHosts, readHosts, systemHostsFile } from './hostsFile.ts';
import { HostsLook } from './hostsLook.ts';
import { HostsWriter } from './hostsWriter.ts';
import { damagedMarks, type HostsSection } from './hostsMark.ts';
import { takeOut, textBefore } from './hostsRemoval.ts';
import { addSection, findSections, pinnedLines, removeSections } from './hostsSection.ts';
import type { KnownBlock } from './knownBlock.ts';
import { namesForHosts, ownHostNames } from './hostsNames.ts';
import { linesSince, notUndone, unsure } from './hostsVerdict.ts';
import type { MachineBlocker, StrayWanted } from '../undo/healLeftovers.ts';
import type { RestoreJournal } from '../undo/restoreJournal.ts';
import type { BlockerReadiness, SiteBlock } from '../sites/siteBlocker.ts';
import { hostsEntryKind, knownByEntry, type HostsEntry } from './hostsEntry.ts';
import { boundedDeadline } from '../sites/blockDeadline.ts';
import { hostNamesOf } from '../sites/siteName.ts';

export interface HostsBlockerOptions {
  readonly journal: RestoreJournal;
  /** Where the helper is installed, it is used when the file is not writable; `undefined`: never. */
  readonly helper: HostsHelper | undefined;
  readonly hostsFile?: string;
  readonly step?: StepHook;
  /** The wall clock; the system's where there is none. */
  readonly wallMs?: () => number;
}

type Select = (section: HostsSection) => boolean;

/**
 * Blocks sites by entries of the hosts file: exact names only, `www.` added, in every program of the machine.
 *
 * The file itself is the truth about what is blocked: sections of ours are known by their marks, whether there is an entry
 * in the journal or not. The entry knows what the marks can't tell once other tools have rewritten them: which names were
 * blocked, and which were led nowhere before. It heals an edit in place that was torn, and goes only when a look at the
 * file has found nothing of ours in it.
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
  readonly #writer: HostsWriter;
  readonly #look: HostsLook;
  readonly #wallMs: () => number;
  #isUsed = false;

  constructor(options: HostsBlockerOptions) {
    this.#journal = options.journal;
    this.#helper = options.helper;
    this.#file = options.hostsFile ?? systemHostsFile();
    this.#owner = hostsOwner(options.journal.folder);
    this.#writer = new HostsWriter({
      journal: options.journal,
      helper: options.helper,
      file: this.#file,
      owner: this.#owner,
      step: options.step ?? noSteps,
    });
    this.#look = new HostsLook(this.#file);
    this.#wallMs = options.wallMs ?? Date.now;
  }

  async probe(): Promise<BlockerReadiness> {
    const state = await probeHosts(this.#file);
    if (state === 'missing') {
      return { state: 'unavailable', detail: 'hostsMissing' };
    }
    const entry = await this.#journal.read(this.kind);
    const text = await readHosts(this.#file);
    if (takeOut(text, this.#isOwn(entry), this.#known(entry)).odd.length > 0) {
      return { state: 'unavailable', detail: 'hostsDamaged' };
    }
    const isPinned = pinnedLines(text, entry?.names ?? []).length > 0;
    if (state === 'writable') {
      return { state: 'ready', detail: isPinned ? 'hostsPinned' : 'hostsDirect' };
    }
    if (this.#helper === undefined) {
      return { state: 'unavailable', detail: 'hostsNotWritable' };
    }
    const helper = await this.#helper.version();
    return helper === 'current'
      ? { state: 'ready', detail: isPinned ? 'hostsPinned' : 'hostsHelper' }
      : { state: 'needsSetup', detail: helper === 'old' ? 'hostsHelperOld' : 'hostsHelperMissing' };
  }

  block({ sites, deadlineMs: wantedMs }: SiteBlock): Promise<void> {
    return this.#exclusively(async () => {
      await this.#markUsed();
      const deadlineMs = boundedDeadline(wantedMs, this.#wallMs());
      const earlier = await this.#journal.read(this.kind);
      await this.#writer.finishTorn(earlier);
      const text = await readHosts(this.#file);
      const names = namesForHosts(sites, ownHostNames(text, hostname()));
      if (names.length === 0) {
        // All that is asked for is kept reachable.
        await this.#release(false);
        return;
      }
      const section = { owner: this.#owner, untilMs: deadlineMs, names };
      const known = this.#known(earlier);
      const knowsAll = names.every((name) => known?.names.has(name));
      if (knowsAll && addSection(text, section, known) === text) {
        return;
      }
      const entry: HostsEntry = {
        target: 'hosts',
        version: 1,
        deadlineMs,
        owner: this.#owner,
        via: (await this.#writer.isDirect()) ? 'direct' : 'helper',
        file: await realpath(this.#file),
        temporaryName: this.#writer.temporaryName,
        original: Buffer.from(textBefore(text, this.#isOwn(earlier), known), 'latin1').toString(
          'base64',
        ),
        names: [...new Set([...(earlier?.names ?? []), ...names])],
        deadlines: [...new Set([...(earlier?.deadlines ?? []), Math.round(deadlineMs)])],
      };
      await this.#journal.write(this.kind, entry);
      try {
        await this.#writer.put(entry, section, known);
        await this.#verifyBlocked(section.untilMs);
      } catch (error) {
        // Nothing was changed, or the section is whole: either way releasing puts it right.
        await this.#release(false).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Whether other lines of the file give a name that is blocked an address: then many programs still reach it. */
  async doubt({ sites }: SiteBlock): Promise<FocusError | undefined> {
    const lines = pinnedLines(await readHosts(this.#file), sites.flatMap(hostNamesOf));
    return lines.length === 0
      ? undefined
      : new FocusError(
          'pinned',
          'Other lines of the hosts file give a name of the list an address, so that it can be reached.',
          undefined,
          lines,
        );
  }

  release(): Promise<void> {
    return this.#exclusively(() => this.#release(false));
  }

  /** Nobody serves entries of a hosts file: they go with the session that asked for them. */
  isInUse(): Promise<boolean> {
    return Promise.resolve(false);
  }

  restore(byPerson = false): Promise<void> {
    return this.#exclusively(() => this.#release(byPerson));
  }

  async wasUsed(): Promise<boolean> {
    this.#isUsed ||= await access(this.#usedFile).then(
      () => true,
      () => false,
    );
    return this.#isUsed || (await this.#journal.read(this.kind)) !== undefined;
  }

  async isLeft(): Promise<boolean> {
    return (
      (await this.wasUsed()) && (await this.#look.marks()).sections.some(this.#isOwn(undefined))
    );
  }

  /**
   * Takes out sections that no entry tells of: ours where no session wants it, those of others once their deadline has
   * passed and, with `all`, every section there is, whoever made it.
   * @returns how many were there
   */
  async removeStray({ isOver, all, isWanted }: StrayWanted): Promise<number> {
    const isOwn = this.#isOwn(undefined);
    const isStray: Select = (section) =>
      all || isOver(section.untilMs) || (isOwn(section) && !isWanted);
    const seen = await this.#look.marks();
    if (!seen.sections.some(isStray) && seen.odd.length === 0) {
      return 0;
    }
    return this.#exclusively(async () => {
      const { count, odd } = takeOut(await readHosts(this.#file), isStray);
      if (count > 0) {
        const entry = await this.#journal.read(this.kind);
        const which = [all ? 'all' : 'expired', ...(isWanted ? [] : [this.#owner])];
        await this.#writer.take({ entry, select: isStray, which });
        if (entry === undefined) {
          await this.#journal.remove(this.kind);
        }
        const now = await readHosts(this.#file);
        if (removeSections(now, isStray) !== now) {
          throw notUndone();
        }
      }
      if (odd.length > 0) {
        throw damagedMarks(takeOut(await readHosts(this.#file), isStray).odd);
      }
      return count;
    });
  }

  async #release(byPerson: boolean): Promise<void> {
    let entry = await this.#journal.read(this.kind);
    if (await isHostsFileThere(this.#file)) {
      await this.#writer.finishTorn(entry);
      await this.#writer.removeTemporary();
      const [select, known] = [this.#isOwn(entry), this.#known(entry)];
      const text = await readHosts(this.#file);
      const removal = takeOut(text, select, known);
      if (removal.text !== text) {
        if (entry !== undefined && removal.doubtful.length > 0) {
          // Once ours are gone, nothing but this tells that what is left is not.
          entry = { ...entry, found: [...removal.found] };
          await this.#journal.write(this.kind, entry);
        }
        const which = [this.#owner, entry?.owner ?? this.#owner];
        await this.#writer.take({ entry, select, known, which });
      }
      await this.#verifyReleased(entry, byPerson, removal.count > 0);
    }
    await this.#journal.remove(this.kind);
  }

  /** What counts is what the file says now: only then is the block forgotten, and called undone. */
  async #verifyReleased(
    entry: HostsEntry | undefined,
    byPerson: boolean,
    wasThere: boolean,
  ): Promise<void> {
    const [isOwn, known] = [this.#isOwn(entry), this.#known(entry)];
    const text = await readHosts(this.#file);
    const left = takeOut(text, isOwn, known);
    if (left.text !== text) {
      throw notUndone();
    }
    const odd = left.odd.filter(({ owner }) => owner === this.#owner || owner === entry?.owner);
    if (odd.length > 0) {
      throw damagedMarks(odd);
    }
    if (entry === undefined) {
      return;
    }
    const isOldEntry = known === undefined && !wasThere;
    const doubtful = isOldEntry ? linesSince(text, entry) : left.doubtful;
    const shown = doubtful.map((line) => line.text);
    // Who was shown just these lines and asks again has decided to keep them.
    if (shown.length === 0 || (byPerson && entry.shown?.join('\n') === shown.join('\n'))) {
      return;
    }
    if (byPerson) {
      await this.#journal.write(this.kind, { ...entry, shown });
    }
    throw unsure(doubtful.map(({ number }) => number));
  }

  /** Whether the section stands in the file as it was meant to. */
  async #verifyBlocked(untilMs: number): Promise<void> {
    const isThere = findSections(await readHosts(this.#file)).some(
      (section) => section.owner === this.#owner && section.untilMs === Math.round(untilMs),
    );
    if (!isThere) {
      throw new FocusError(
        'contended',
        'Another program keeps changing the hosts file. Try again in a moment.',
      );
    }
  }

  #known(entry: HostsEntry | undefined): KnownBlock | undefined {
    return entry && knownByEntry(entry, [this.#owner]);
  }

  #isOwn(entry: HostsEntry | undefined): Select {
    return ({ owner }) => owner === this.#owner || owner === entry?.owner;
  }

  /** From now on windows look at the file; those of somebody who never used it need not. */
  async #markUsed(): Promise<void> {
    if (!(await this.wasUsed())) {
      await replaceFile(this.#usedFile, Buffer.alloc(0), { makesFolder: true });
    }
    this.#isUsed = true;
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return withLock(path.join(this.#journal.folder, 'hosts.lock'), work);
  }

  get #usedFile(): string {
    return path.join(this.#journal.folder, 'hosts.used');
  }
}

/** Whose sections they are: the storage folder's, as a hash, since its path is nobody's business. */
export function hostsOwner(folder: string): string {
  return createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 8);
}
