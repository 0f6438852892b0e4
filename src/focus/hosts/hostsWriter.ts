import type { StepHook } from '../../files/stepHook.ts';
import type { RestoreJournal } from '../undo/restoreJournal.ts';
import { FocusError } from '../focusError.ts';
import type { HostsHelper } from './hostsHelper.ts';
import {
  editHosts,
  finishTornEdit,
  probeHosts,
  readHosts,
  removeHostsTemporary,
} from './hostsFile.ts';
import { hostsEntryKind, type HostsEntry } from './hostsEntry.ts';
import type { HostsSection } from './hostsMark.ts';
import { takeOut } from './hostsRemoval.ts';
import { addSection, type NewSection } from './hostsSection.ts';
import { refuseOldHelper } from './hostsVerdict.ts';
import type { KnownBlock } from './knownBlock.ts';

export interface HostsWriterOptions {
  readonly journal: RestoreJournal;
  readonly helper: HostsHelper | undefined;
  readonly file: string;
  readonly owner: string;
  readonly step: StepHook;
}

export interface HostsTaking {
  /** The entry of the journal, where there is one. */
  readonly entry: HostsEntry | undefined;
  readonly select: (section: HostsSection) => boolean;
  readonly known?: KnownBlock | undefined;
  /** What the helper is asked to take out, where the file is its to write. */
  readonly which: readonly string[];
}

/** How the hosts file is changed: by ourselves where we may write it, else by the helper. */
export class HostsWriter {
  readonly #options: HostsWriterOptions;

  constructor(options: HostsWriterOptions) {
    this.#options = options;
  }

  /** Whether we may write the file ourselves. */
  async isDirect(): Promise<boolean> {
    return (await probeHosts(this.#options.file)) === 'writable';
  }

  /** Puts a section into the file. @param entry what the journal says by now */
  async put(entry: HostsEntry, section: NewSection, known: KnownBlock | undefined): Promise<void> {
    if (entry.via === 'direct') {
      await this.#edit(entry, (now) => addSection(now, section, known));
    } else {
      await this.#needHelper().on(section);
    }
  }

  /** Takes sections out of the file. An entry that was made for it alone stays; removing it is the caller's. */
  async take({ entry, select, known, which }: HostsTaking): Promise<void> {
    const change = (text: string): string => takeOut(text, select, known).text;
    if (await this.isDirect()) {
      await this.#edit(entry ?? this.#bareEntry(), change);
      return;
    }
    const helper = this.#needHelper();
    if ((await helper.version()) === 'old') {
      refuseOldHelper(takeOut(await readHosts(this.#options.file), select, known));
    }
    for (const one of new Set(which)) {
      await helper.off(one);
    }
  }

  /** Finishes what a crash interrupted. */
  async finishTorn(entry: HostsEntry | undefined): Promise<void> {
    const { file, step } = this.#options;
    if (entry?.intent !== undefined) {
      const { before, after } = entry.intent;
      await finishTornEdit(
        file,
        { before: Buffer.from(before, 'base64'), after: Buffer.from(after, 'base64') },
        step,
      );
    }
  }

  /** Removes what a crash left beside the file. */
  removeTemporary(): Promise<void> {
    return removeHostsTemporary(this.#options.file, this.temporaryName);
  }

  get temporaryName(): string {
    return `.millrace-${this.#options.owner}.tmp`;
  }

  async #edit(entry: HostsEntry, change: (text: string) => string): Promise<void> {
    const { journal, file, step } = this.#options;
    await editHosts({
      file,
      change,
      temporaryName: this.temporaryName,
      beforeInPlace: async ({ before, after }) => {
        const intent = { before: before.toString('base64'), after: after.toString('base64') };
        await journal.write(hostsEntryKind, { ...entry, intent });
      },
      step,
    });
  }

  /** For an undoing without an entry: the in-place edit still needs one to be safe. */
  #bareEntry(): HostsEntry {
    const { owner, file } = this.#options;
    const { temporaryName } = this;
    return {
      target: 'hosts',
      version: 1,
      deadlineMs: 0,
      owner,
      via: 'direct',
      file,
      temporaryName,
    };
  }

  #needHelper(): HostsHelper {
    const { helper } = this.#options;
    if (helper === undefined) {
      throw new FocusError(
        'notWritable',
        'The hosts file is not writable for you. Use another way of blocking, or install the helper.',
      );
    }
    return helper;
  }
}
