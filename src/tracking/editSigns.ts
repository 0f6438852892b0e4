import { EditPlace } from './carets.ts';
import type { Classification } from './editClassifier.ts';
import { EventKind } from './eventKind.ts';

/** Takes what was decided, in the order in which it happened. The object is written over later. */
export type HandOn = (timeMs: number, edit: Classification) => void;

export interface EditSignsOptions<Document, Saved> {
  readonly handOn: HandOn;
  /** Whether a document is, or is a part of, what is saved: a cell is saved with its notebook. */
  readonly isPartOf: (document: Document, saved: Saved) => boolean;
}

/** A formatter's edit comes this long before VS Code tells of the save, at most. */
const beforeSaveMs = 500;
/** Blanks trimmed at the caret come this long before it. */
const trimBeforeSaveMs = 200;
/** A document that was edited is told to be unsaved within this time; one that was read from the disk again is not. */
const becomesDirtyMs = 250;
/** Formatters that run when the save is over (external ones, watchers) still belong to it for this long. */
const afterSaveMs = 1_000;
/** A save that never ends (it failed, or was cancelled) must not swallow edits for ever. */
const longestSaveMs = 10_000;
/** A key's selection event comes within moments; an edit waits for it no longer than this. */
const longestWaitMs = 250;
/** A key without its sign is still a key when the one before it was, so long ago at most. */
const sameSpellMs = 2_000;
/** After text that came to the caret without a key, a stream goes on within this time; a hand takes longer to go on. */
const streamGapMs = 150;
/** Edits kept back at one time; of more, the oldest is let go. */
const capacity = 128;

/** What the text of an edit says beside its kind. */
export const EditHint = {
  none: 0,
  /** It is blank, as that of Tab. */
  isBlank: 1,
  /** It stands in the place of what the edit before inserted, as that of an input method does. */
  composes: 2,
  /** It begins with a line break, as that of Enter, or indents several lines. */
  ofLines: 3,
} as const;

export type EditHint = (typeof EditHint)[keyof typeof EditHint];

/** What is known of an edit beside its kind. */
export interface EditSurroundings {
  /** The document's version after the edit. */
  version: number;
  place: EditPlace;
  hint: EditHint;
  /** Where the first caret was before the edit. */
  caretLine: number;
  caretCharacter: number;
  /** Nothing in the document was unsaved, as after it was read from the disk; then {@link EditSigns.becameDirty} tells that it was edited. */
  isClean: boolean;
}

/** What becomes of an edit that is kept back. */
const Verdict = {
  /** Nothing is known yet: it waits for the selection event. */
  waiting: 0,
  /** Settled, and it counts. */
  counts: 1,
  /** Counts, unless a save of its document begins soon. */
  unlessTrimmed: 2,
  unlessSaved: 3,
  /** Counts, if the document is told to be unsaved. */
  unlessReloaded: 4,
  /** A formatter's, or of the disk: it never happened. */
  dropped: 5,
} as const;

type Verdict = (typeof Verdict)[keyof typeof Verdict];

interface Kept<Document> {
  timeMs: number;
  readonly edit: Classification;
  document: Document | undefined;
  readonly around: EditSurroundings;
  /** The caret moved with it, though no key was told as the cause. */
  moved: boolean;
  verdict: Verdict;
}

interface Save<Saved> {
  readonly saved: Saved;
  /** Over: what comes now is only perhaps the formatter's. */
  hasEnded: boolean;
  untilMs: number;
}

/**
 * Decides which edits a hand made. What an edit looks like (`editClassifier.ts`) does not tell: an agent can write one
 * character at a time.
 *
 * The *signs* of a hand, as VS Code shows them:
 * - Text that is typed comes to a caret, and a selection event of kind Keyboard follows at once, at that version.
 * - Enter, Tab, Backspace and Delete bring no such event (what scrolls takes it away), but they are at the carets, one
 *   change for each; Enter moves the caret, where a final newline that was added does not. So is a character that wrapped a
 *   line: it counts if the key before it did.
 * - Undo and redo are told as such.
 *
 * An edit without a sign is never told as keys: it becomes `unknown`, or stays a `block`. If a save is around it, and it is
 * not where the carets are, it is a formatter's and not told at all; nor is what a document has that was read from the disk again. As the editor formats before it says that a save
 * begins, such an edit waits for a moment; all others behind it wait as well, so that the order stays.
 *
 * No timer: what waits goes on with the next event, or with {@link settle}. Nothing is allocated for a key.
 */
export class EditSigns<Document, Saved> {
  readonly #handOn: HandOn;
  readonly #isPartOf: (document: Document, saved: Saved) => boolean;
  readonly #kept: readonly Kept<Document>[] = Array.from({ length: capacity }, () => ({
    timeMs: 0,
    edit: { kind: EventKind.unknown, insertedChars: 0, deletedChars: 0, revisesLatest: false },
    document: undefined,
    around: {
      version: 0,
      place: EditPlace.elsewhere,
      hint: EditHint.none,
      caretLine: 0,
      caretCharacter: 0,
      isClean: false,
    },
    moved: false,
    verdict: Verdict.dropped,
  }));
  #first = 0;
  #count = 0;
  #saves: Save<Saved>[] = [];
  /** Where the latest edit was typed; undefined when a hand did not make it. */
  #typedIn: Document | undefined;
  #lastTypedMs = -Infinity;
  #lastStreamedMs = -Infinity;
  #wasRescued = false;

  constructor(options: EditSignsOptions<Document, Saved>) {
    this.#handOn = options.handOn;
    this.#isPartOf = options.isPartOf;
  }

  /** The document in front was edited. Copies what it is given. */
  edited(
    timeMs: number,
    edit: Classification,
    document: Document,
    around: Readonly<EditSurroundings>,
  ): void {
    if (edit.revisesLatest === true && this.#revise(edit, document, around.version)) {
      return;
    }
    this.#decideLatest();
    this.#handOnDue(timeMs);
    const kept = this.#append(timeMs, edit.kind, document);
    kept.edit.insertedChars = edit.insertedChars;
    kept.edit.deletedChars = edit.deletedChars;
    kept.edit.revisesLatest = edit.revisesLatest === true;
    const own = kept.around;
    own.version = around.version;
    own.place = around.place;
    own.hint = around.hint;
    own.caretLine = around.caretLine;
    own.caretCharacter = around.caretCharacter;
    own.isClean = around.isClean;
    if (around.place === EditPlace.elsewhere || edit.kind === EventKind.undo) {
      // No selection event would tell more.
      this.#decideLatest();
      this.#handOnDue(timeMs);
    }
  }

  /** The document is unsaved from now on: it was edited, not read from the disk. */
  becameDirty(document: Document): void {
    for (let at = 0; at < this.#count; at++) {
      const kept = this.#at(at);
      if (kept.document === document) {
        kept.around.isClean = false;
      }
    }
  }

  /**
   * The carets of the editor in front moved.
   * @param line and `character`: where the first caret is now
   */
  selected(
    timeMs: number,
    document: Document,
    version: number,
    byKeyboard: boolean,
    line: number,
    character: number,
  ): void {
    const latest = this.#latestWaiting();
    if (latest?.document !== document || latest.around.version !== version) {
      return;
    }
    if (byKeyboard) {
      this.#decide(latest, true);
      this.#handOnDue(timeMs);
    } else {
      // A key may still be told as the cause, by another event. After a final newline it moves back.
      const { caretLine, caretCharacter } = latest.around;
      latest.moved = line !== caretLine || character !== caretCharacter;
    }
  }

  /** A person moved a caret, and not by an edit. */
  navigated(timeMs: number): void {
    this.#decideLatest();
    const kept = this.#append(timeMs, EventKind.navigate, undefined);
    kept.edit.insertedChars = kept.edit.deletedChars = 0;
    kept.edit.revisesLatest = false;
    kept.verdict = Verdict.counts;
    this.#handOnDue(timeMs);
  }

  /**
   * The editor said that it is about to save.
   * @param trimsAtCarets whether blanks may have been trimmed where the carets are; a save by itself leaves them
   */
  saveBegan(timeMs: number, saved: Saved, trimsAtCarets: boolean): void {
    this.#decideLatest();
    this.#noteSave(timeMs, saved, longestSaveMs, false);
    for (let at = 0; at < this.#count; at++) {
      const kept = this.#at(at);
      if (
        kept.document !== undefined &&
        isOfSave(kept.verdict, trimsAtCarets) &&
        timeMs - kept.timeMs < waitOf(kept.verdict) &&
        this.#isPartOf(kept.document, saved)
      ) {
        kept.verdict = Verdict.dropped;
      }
    }
    this.#handOnDue(timeMs);
  }

  /** The editor said that it has saved. */
  saveEnded(timeMs: number, saved: Saved): void {
    this.#noteSave(timeMs, saved, afterSaveMs, true);
  }

  /** Hands on what need not wait any more. Call it before anything is made of what was handed on. */
  settle(timeMs: number): void {
    const latest = this.#latestWaiting();
    if (latest !== undefined && timeMs - latest.timeMs >= longestWaitMs) {
      this.#decideLatest();
    }
    this.#handOnDue(timeMs);
  }

  /** Hands on everything, as what comes next must not come before it: a pause, the loss of the focus, the end. */
  flush(): void {
    this.#decideLatest();
    this.#handOnDue(Infinity);
  }

  #at(index: number): Kept<Document> {
    const kept = this.#kept[(this.#first + index) % capacity];
    if (kept === undefined) {
      throw new RangeError(`No edit is kept at ${index}`);
    }
    return kept;
  }

  #append(timeMs: number, kind: EventKind, document: Document | undefined): Kept<Document> {
    if (this.#count === capacity) {
      this.#handOnFirst();
    }
    const kept = this.#at(this.#count);
    this.#count++;
    kept.timeMs = timeMs;
    kept.edit.kind = kind;
    kept.document = document;
    kept.moved = false;
    kept.verdict = Verdict.waiting;
    return kept;
  }

  /** Takes an edit for a further part of the latest, as long as that waits: one sign comes for all parts. */
  #revise(edit: Classification, document: Document, version: number): boolean {
    const latest = this.#latestWaiting();
    if (latest?.document !== document) {
      return false;
    }
    latest.edit.kind = edit.kind;
    latest.edit.insertedChars = edit.insertedChars;
    latest.edit.deletedChars = edit.deletedChars;
    latest.around.version = version;
    return true;
  }

  #latestWaiting(): Kept<Document> | undefined {
    if (this.#count === 0) {
      return undefined;
    }
    const latest = this.#at(this.#count - 1);
    return latest.verdict === Verdict.waiting ? latest : undefined;
  }

  /** No sign of the latest edit can come any more. */
  #decideLatest(): void {
    const latest = this.#latestWaiting();
    if (latest !== undefined) {
      this.#decide(latest, false);
    }
  }

  #decide(kept: Kept<Document>, byKeyboard: boolean): void {
    const { edit, timeMs } = kept;
    if (edit.kind === EventKind.undo) {
      kept.verdict = Verdict.counts;
      return;
    }
    const save = this.#saveAround(kept);
    const isAtCarets = kept.around.place === EditPlace.atCarets;
    if ((byKeyboard && kept.around.place >= EditPlace.partly) || this.#isKeyAtCaret(kept, save)) {
      kept.verdict =
        byKeyboard || edit.kind !== EventKind.delete ? Verdict.counts : Verdict.unlessTrimmed;
      this.#noteTyped(kept, false);
      return;
    }
    const isDuringSave = save?.hasEnded === false;
    if (isAtCarets && !isDuringSave && this.#isRescued(kept)) {
      kept.verdict = Verdict.unlessSaved;
      this.#noteTyped(kept, true);
      return;
    }
    if (isCommand(kept)) {
      kept.verdict = save === undefined ? Verdict.unlessSaved : Verdict.dropped;
      return;
    }
    if (edit.kind !== EventKind.block) {
      edit.kind = EventKind.unknown;
    }
    if (kept.around.place >= EditPlace.partly) {
      this.#typedIn = undefined;
    }
    if (isAtCarets) {
      this.#lastStreamedMs = timeMs;
      // What is completed moves the caret; a final newline leaves it, or puts it back.
      const verdict = kept.moved ? Verdict.counts : Verdict.unlessSaved;
      kept.verdict = isDuringSave ? Verdict.dropped : verdict;
    } else {
      kept.verdict = save === undefined ? Verdict.unlessSaved : Verdict.dropped;
    }
    if (kept.around.isClean && kept.verdict === Verdict.counts) {
      kept.verdict = Verdict.unlessReloaded;
    }
  }

  /** Enter, Tab, Backspace, Delete, and what an input method converts: nothing but their place tells of them. */
  #isKeyAtCaret(
    { edit, around, moved, document, timeMs }: Kept<Document>,
    save: Save<Saved> | undefined,
  ): boolean {
    const { place, hint } = around;
    if (timeMs - this.#lastStreamedMs < streamGapMs) {
      return false;
    }
    if (place === EditPlace.atCarets && edit.kind === EventKind.delete) {
      // A longer one while it is saved is trimmed blanks.
      return save?.hasEnded !== false || edit.deletedChars === 1;
    }
    if (place === EditPlace.atCarets && hint === EditHint.composes) {
      // What is converted may be as long as before, and then the caret stays.
      return document === this.#typedIn;
    }
    const isOneKey = edit.kind === EventKind.insert || edit.kind === EventKind.replace;
    // Ctrl+Enter breaks its line where the caret is not, and takes it there.
    const isThere =
      place === EditPlace.atCarets || (place === EditPlace.onLines && hint === EditHint.ofLines);
    return isOneKey && isThere && moved && hint !== EditHint.none;
  }

  /** A character that wrapped its line: its sign is lost, but one at a time. */
  #isRescued({ edit, moved, document, timeMs }: Kept<Document>): boolean {
    return (
      edit.kind === EventKind.insert &&
      moved &&
      !this.#wasRescued &&
      document === this.#typedIn &&
      timeMs - this.#lastTypedMs < sameSpellMs &&
      timeMs - this.#lastStreamedMs >= sameSpellMs
    );
  }

  #noteTyped({ document, timeMs }: Kept<Document>, wasRescued: boolean): void {
    this.#typedIn = document;
    this.#lastTypedMs = timeMs;
    this.#wasRescued = wasRescued;
  }

  #noteSave(timeMs: number, saved: Saved, forMs: number, hasEnded: boolean): void {
    this.#saves = this.#saves.filter((save) => save.saved !== saved && save.untilMs > timeMs);
    this.#saves.push({ saved, hasEnded, untilMs: timeMs + forMs });
  }

  #saveAround({ document, timeMs }: Kept<Document>): Save<Saved> | undefined {
    for (const save of this.#saves) {
      if (
        timeMs <= save.untilMs &&
        document !== undefined &&
        this.#isPartOf(document, save.saved)
      ) {
        return save;
      }
    }
    return undefined;
  }

  #handOnDue(nowMs: number): void {
    while (this.#count > 0) {
      const first = this.#at(0);
      if (first.verdict === Verdict.waiting || nowMs - first.timeMs < waitOf(first.verdict)) {
        return;
      }
      this.#handOnFirst();
    }
  }

  #handOnFirst(): void {
    const first = this.#at(0);
    this.#first = (this.#first + 1) % capacity;
    this.#count--;
    first.document = undefined;
    const isReloaded =
      first.around.isClean &&
      (first.verdict === Verdict.unlessReloaded || first.verdict === Verdict.unlessSaved);
    if (first.verdict !== Verdict.dropped && !isReloaded) {
      this.#handOn(first.timeMs, first.edit);
    }
  }
}

/** One key that types nothing, such as one that moves the caret's line. */
function isCommand({ edit, around }: Kept<unknown>): boolean {
  return (
    edit.kind === EventKind.replace &&
    edit.insertedChars === 0 &&
    edit.deletedChars === 0 &&
    around.place >= EditPlace.nearLines
  );
}

function isOfSave(verdict: Verdict, trimsAtCarets: boolean): boolean {
  return verdict === Verdict.unlessSaved || (verdict === Verdict.unlessTrimmed && trimsAtCarets);
}

/** So long an edit with this verdict waits for what would take it away. */
function waitOf(verdict: Verdict): number {
  switch (verdict) {
    case Verdict.unlessSaved:
      return beforeSaveMs;
    case Verdict.unlessTrimmed:
      return trimBeforeSaveMs;
    case Verdict.unlessReloaded:
      return becomesDirtyMs;
    default:
      return 0;
  }
}
