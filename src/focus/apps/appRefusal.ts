import { foldName, type ProcessEntry } from './processTable.ts';
import { familyOf, type ProgramFamily } from './programFamily.ts';

/** Why a process is never touched, whatever the list says. `unseen`: the table does not even show ourselves. */
export type AppRefusal =
  | 'system'
  | 'kernel'
  | 'self'
  | 'ancestor'
  | 'editor'
  | 'otherUser'
  | 'protected'
  | 'root'
  | 'unseen';

// Where systems keep what runs them: daemons, helpers of the desktop, input methods. Not where apps are.
const systemPlaces =
  /^(?:\/usr)?\/(?:libexec|sbin|lib\/systemd)\/|^\/System\/Library\/|^[a-z]:\\windows\\/i;

export interface RefusalFacts {
  readonly ownPid: number;
  /** The user's number; `undefined` where the platform has none (Windows, where the session's stands for it). */
  readonly ownUserId: number | undefined;
  readonly ownExecutable: string;
}

/** Tells which processes of one table must not be touched. Made anew for each table: parents change. */
export class AppRefusals {
  readonly #facts: RefusalFacts;
  readonly #byPid: ReadonlyMap<number, ProcessEntry>;
  readonly #ancestors = new Set<number>();
  readonly #editorRoot: number;
  readonly #userId: number | undefined;
  readonly #isSeen: boolean;
  readonly #editorFolder: string | undefined;

  constructor(table: readonly ProcessEntry[], facts: RefusalFacts) {
    this.#facts = facts;
    this.#byPid = new Map(table.map((entry) => [entry.pid, entry]));
    const own = this.#byPid.get(facts.ownPid);
    this.#userId = facts.ownUserId ?? own?.userId;
    this.#isSeen = own !== undefined;
    this.#editorFolder = applicationFolder(facts.ownExecutable);
    // The editor's root: the topmost of our ancestors, without a gap, that is of the same application as we are.
    let root = facts.ownPid;
    let isEditor = true;
    for (const entry of this.#linesUp(facts.ownPid)) {
      this.#ancestors.add(entry.pid);
      isEditor &&= entry.pid > 1 && this.#isEditors(entry);
      root = isEditor ? entry.pid : root;
    }
    this.#editorRoot = root;
  }

  /** Why this process is not touched, or `undefined` when it may be. */
  refusal(entry: ProcessEntry): AppRefusal | undefined {
    const { ownPid } = this.#facts;
    if (this.#userId === undefined || this.#facts.ownUserId === 0) {
      // As root nothing would stop a mistake.
      return 'root';
    }
    if (!this.#isSeen) {
      return 'unseen';
    }
    if (entry.pid <= 1 || !Number.isInteger(entry.pid)) {
      return 'system';
    }
    if (entry.pid === ownPid) {
      return 'self';
    }
    if (this.#ancestors.has(entry.pid)) {
      return 'ancestor';
    }
    if (entry.parentPid === 2 && process.platform === 'linux' && entry.executable === undefined) {
      return 'kernel';
    }
    if (entry.userId !== this.#userId) {
      return 'otherUser';
    }
    if (
      entry.name === '' ||
      familyOf(entry.name) !== undefined ||
      systemPlaces.test(entry.executable ?? '')
    ) {
      return 'protected';
    }
    if (this.#isEditors(entry)) {
      return 'editor';
    }
    for (const parent of this.#linesUp(entry.pid)) {
      if (parent.pid === this.#editorRoot || parent.pid === ownPid) {
        return 'editor';
      }
    }
    return undefined;
  }

  /** Whether a process is of the editor's own application, helpers under other names among them. */
  #isEditors({ executable }: ProcessEntry): boolean {
    return (
      executable !== undefined &&
      (executable === this.#facts.ownExecutable ||
        (this.#editorFolder !== undefined && executable.startsWith(this.#editorFolder)))
    );
  }

  /** The parents of a process, nearest first; ends at the top, at a gap, or where the table is a circle. */
  *#linesUp(pid: number): Generator<ProcessEntry> {
    const seen = new Set([pid]);
    let entry = this.#byPid.get(pid);
    while (entry !== undefined && !seen.has(entry.parentPid)) {
      seen.add(entry.parentPid);
      entry = this.#byPid.get(entry.parentPid);
      if (entry !== undefined) {
        yield entry;
      }
    }
  }
}

/** Why a name can't be put on the list; `undefined` when it can. */
export function appNameRefusal(name: string): 'malformed' | ProgramFamily | undefined {
  const folded = foldName(name);
  return folded === '' || folded.length > 255 || /[/\\*?]/.test(folded)
    ? 'malformed'
    : familyOf(folded);
}

/** Whether a name may be put on the list at all. */
export function isBlockableApp(name: string): boolean {
  return appNameRefusal(name) === undefined;
}

/**
 * The folder that holds an application and nothing else, with the mark that ends it: the outermost `.app` on macOS,
 * elsewhere that of the executable. `undefined` where programs of all kinds lie side by side.
 */
function applicationFolder(executable: string): string | undefined {
  const bundle = /^.*?\.app\//.exec(executable)?.[0];
  const folder = bundle ?? /^.*[\\/]/.exec(executable)?.[0];
  return folder === undefined || /(?:^|[\\/])(?:s?bin|local|opt|usr|[a-z]:)?[\\/]$/i.test(folder)
    ? undefined
    : folder;
}
