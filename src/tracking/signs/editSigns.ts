import { EditPlace } from './carets.ts';
import type { Classification } from '../edits/editClassifier.ts';
import { EventKind } from '../eventKind.ts';
import {
  EditHint,
  KeptEdits,
  Verdict,
  type EditSurroundings,
  type HandOn,
  type KeptEdit,
} from './keptEdits.ts';
import { Saves, SaveTime } from './saves.ts';

export interface EditSignsOptions<Document, Saved> {
  readonly handOn: HandOn;
  /** Whether a document is, or is a part of, what is saved: a cell is saved with its notebook. */
  readonly isPartOf: (document: Document, saved: Saved) => boolean;
}

/** A key's selection event comes within moments; an edit waits for it no longer than this. */
const longestWaitMs = 250;
/** A key without its sign is still a key when the one before it was, so long ago at most. */
const sameSpellMs = 2_000;
/** After one text that came to the caret without a key, a hand takes this long to go on; a stream is quicker. */
const afterOneMs = 150;
/** After several it is a stream, which may halt for a moment. */
const afterSeveralMs = 2_000;

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
 * not where the carets are, it is a formatter's and not told at all; nor is what a document has that was read from the
 * disk again. As the editor formats before it says that a save begins, such an edit waits for a moment; all others behind it
 * wait as well, so that the order stays.
 *
 * No timer: what waits goes on with the next event, or with {@link settle}. Nothing is allocated for a key.
 */
export class EditSigns<Document, Saved> {
  readonly #kept: KeptEdits<Document>;
  readonly #saves: Saves<Document, Saved>;
  readonly #isPartOf: (document: Document, saved: Saved) => boolean;
  /** Where the latest edit was typed; undefined when a hand did not make it. */
  #typedIn: Document | undefined;
  #lastTypedMs = -Infinity;
  #lastStreamedMs = -Infinity;
  /** Texts that came to the caret without a key since the last one with its sign. */
  #streamed = 0;
  #wasRescued = false;

  constructor({ handOn, isPartOf }: EditSignsOptions<Document, Saved>) {
    this.#kept = new KeptEdits(handOn);
    this.#saves = new Saves(isPartOf);
    this.#isPartOf = isPartOf;
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
    this.#kept.handOnDue(timeMs);
    const kept = this.#kept.append(timeMs, edit.kind, document);
    kept.edit.insertedChars = edit.insertedChars;
    kept.edit.deletedChars = edit.deletedChars;
    kept.edit.revisesLatest = edit.revisesLatest === true;
    kept.edit.isOtherKey = edit.isOtherKey === true;
    kept.saveTime = this.#saves.timeOf(document, timeMs);
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
      this.#kept.handOnDue(timeMs);
    }
  }

  /** Whether the latest edit of this document was at a caret, and nothing was told of a caret since. */
  awaitsSign(document: Document): boolean {
    const latest = this.#kept.latestWaiting;
    return (
      latest?.document === document && latest.around.place === EditPlace.atCarets && !latest.moved
    );
  }

  /** The document is unsaved from this version on: it was edited, not read from the disk. */
  becameDirty(document: Document, version: number): void {
    this.#kept.becameDirty(document, version);
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
    const latest = this.#kept.latestWaiting;
    if (latest?.document !== document || latest.around.version !== version) {
      return;
    }
    if (byKeyboard) {
      this.#decide(latest, true);
      this.#kept.handOnDue(timeMs);
    } else {
      // A key may still be told as the cause, by another event. After a final newline it moves back.
      const { caretLine, caretCharacter } = latest.around;
      latest.moved = line !== caretLine || character !== caretCharacter;
    }
  }

  /** A person moved a caret, and not by an edit. */
  navigated(timeMs: number): void {
    this.#decideLatest();
    this.#streamed = 0;
    const kept = this.#kept.append(timeMs, EventKind.navigate, undefined);
    kept.edit.insertedChars = kept.edit.deletedChars = 0;
    kept.edit.revisesLatest = kept.edit.isOtherKey = false;
    kept.verdict = Verdict.counts;
    this.#kept.handOnDue(timeMs);
  }

  /**
   * The editor said that it is about to save.
   * @param byItself as the document does after a while, without a formatter
   */
  saveBegan(timeMs: number, saved: Saved, byItself: boolean): void {
    this.#decideLatest();
    this.#saves.began(timeMs, saved, byItself);
    this.#kept.dropSaved(timeMs, byItself, (document) => this.#isPartOf(document, saved));
    this.#kept.handOnDue(timeMs);
  }

  /** The editor said that it has saved. */
  saveEnded(timeMs: number, saved: Saved): void {
    this.#saves.ended(timeMs, saved);
  }

  /** Hands on what need not wait any more. Call it before anything is made of what was handed on. */
  settle(timeMs: number): void {
    const latest = this.#kept.latestWaiting;
    if (latest !== undefined && timeMs - latest.timeMs >= longestWaitMs) {
      this.#decideLatest();
    }
    this.#kept.handOnDue(timeMs);
  }

  /** Hands on everything, as what comes next must not come before it: a pause, the loss of the focus, the end. */
  flush(): void {
    this.#decideLatest();
    this.#kept.handOnDue(Infinity);
  }

  /** Takes an edit for a further part of the latest, as long as that waits: one sign comes for all parts. */
  #revise(edit: Classification, document: Document, version: number): boolean {
    const latest = this.#kept.latestWaiting;
    if (latest?.document !== document) {
      return false;
    }
    latest.edit.kind = edit.kind;
    latest.edit.insertedChars = edit.insertedChars;
    latest.edit.deletedChars = edit.deletedChars;
    latest.around.version = version;
    return true;
  }

  /** No sign of the latest edit can come any more. */
  #decideLatest(): void {
    const latest = this.#kept.latestWaiting;
    if (latest !== undefined) {
      this.#decide(latest, false);
    }
  }

  #decide(kept: KeptEdit<Document>, byKeyboard: boolean): void {
    const { edit, timeMs, saveTime } = kept;
    if (edit.kind === EventKind.undo) {
      kept.verdict = Verdict.counts;
      return;
    }
    const isAtCarets = kept.around.place === EditPlace.atCarets;
    if (byKeyboard) {
      this.#streamed = 0;
    }
    if ((byKeyboard && kept.around.place >= EditPlace.partly) || this.#isKeyAtCaret(kept)) {
      kept.verdict = !byKeyboard && canBeTrimmed(kept) ? Verdict.unlessTrimmed : Verdict.counts;
      this.#noteTyped(kept, false);
      return;
    }
    const isDuringSave = saveTime >= SaveTime.byItself;
    if (isAtCarets && !isDuringSave && this.#isRescued(kept)) {
      kept.verdict = Verdict.unlessSaved;
      this.#noteTyped(kept, true);
      return;
    }
    if (isCommand(kept)) {
      kept.verdict = saveTime === SaveTime.none ? Verdict.unlessSaved : Verdict.dropped;
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
      this.#streamed++;
      // What is completed moves the caret; a final newline leaves it, or puts it back. A formatter's few characters may move
      // it as well, and unknown ones are of no account when a save takes them.
      const isCompleted = kept.moved && edit.kind === EventKind.block;
      const verdict = isCompleted ? Verdict.counts : Verdict.unlessSaved;
      kept.verdict = isDuringSave ? Verdict.dropped : verdict;
    } else {
      kept.verdict = saveTime === SaveTime.none ? Verdict.unlessSaved : Verdict.dropped;
    }
    if (kept.around.isClean && kept.verdict === Verdict.counts) {
      kept.verdict = Verdict.unlessReloaded;
    }
  }

  /** Enter, Tab, Backspace, Delete, and what an input method converts: nothing but their place tells of them. */
  #isKeyAtCaret(kept: KeptEdit<Document>): boolean {
    const { edit, around, moved, document, timeMs } = kept;
    const { place, hint } = around;
    const streamGapMs = this.#streamed > 1 ? afterSeveralMs : afterOneMs;
    if (this.#streamed > 0 && timeMs - this.#lastStreamedMs < streamGapMs) {
      return false;
    }
    if (place === EditPlace.atCarets && edit.kind === EventKind.delete) {
      return kept.saveTime !== SaveTime.during || !canBeTrimmed(kept);
    }
    if (place === EditPlace.atCarets && hint === EditHint.composes) {
      // What is converted may be as long as before, and then the caret stays.
      return document === this.#typedIn;
    }
    const isOneKey = edit.kind === EventKind.insert || edit.kind === EventKind.replace;
    // Ctrl+Enter breaks its line where the caret is not, and takes it there; Enter may take blanks along, behind the caret or
    // those that the editor had set before it.
    const isThere =
      place === EditPlace.atCarets || (place >= EditPlace.onLines && hint === EditHint.ofLines);
    return isOneKey && isThere && moved && hint !== EditHint.none;
  }

  /** A character that wrapped its line: its sign is lost, but one at a time. */
  #isRescued({ edit, moved, document, timeMs }: KeptEdit<Document>): boolean {
    return (
      edit.kind === EventKind.insert &&
      moved &&
      !this.#wasRescued &&
      document === this.#typedIn &&
      timeMs - this.#lastTypedMs < sameSpellMs &&
      timeMs - this.#lastStreamedMs >= sameSpellMs
    );
  }

  #noteTyped({ document, timeMs }: KeptEdit<Document>, wasRescued: boolean): void {
    this.#typedIn = document;
    this.#lastTypedMs = timeMs;
    this.#wasRescued = wasRescued;
  }
}

/** A deletion that a save may have made: blanks at the end of a line, or more than one key takes. */
function canBeTrimmed({ edit, around }: KeptEdit<unknown>): boolean {
  const isOfSave = edit.deletedChars !== 1 || around.hint === EditHint.toLineEnd;
  return edit.kind === EventKind.delete && isOfSave;
}

/** One key that types nothing, such as one that moves the caret's line. */
function isCommand({ edit, around }: KeptEdit<unknown>): boolean {
  return (
    edit.kind === EventKind.replace &&
    edit.insertedChars === 0 &&
    edit.deletedChars === 0 &&
    around.place >= EditPlace.nearLines
  );
}
