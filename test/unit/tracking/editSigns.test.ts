import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EditPlace } from '../../../src/tracking/signs/carets.ts';
import { EditSigns } from '../../../src/tracking/signs/editSigns.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { EditHint } from '../../../src/tracking/signs/keptEdits.ts';

type KindName = keyof typeof EventKind;

interface Told {
  readonly timeMs: number;
  readonly kind: KindName;
  readonly insertedChars: number;
}

interface EditOptions {
  readonly document?: string;
  readonly insertedChars?: number;
  readonly deletedChars?: number;
  readonly hint?: EditHint;
  readonly isClean?: boolean;
  readonly revisesLatest?: boolean;
}

const names = Object.keys(EventKind) as KindName[];

/** Does what VS Code does for each way of editing, and keeps what was told. `cell 1` is a part of `notebook`. */
class Editor {
  readonly told: Told[] = [];
  nowMs = 10_000;
  readonly signs = new EditSigns<string, string>({
    handOn: (timeMs, { kind, insertedChars }) => {
      const name = names.find((each) => EventKind[each] === kind);
      assert.ok(name);
      this.told.push({ timeMs, kind: name, insertedChars });
    },
    isPartOf: (document, saved) =>
      document === saved || (saved === 'notebook' && document.startsWith('cell')),
  });
  #version = 0;

  edit(
    kind: KindName,
    place: EditPlace,
    {
      document = 'a',
      insertedChars = 1,
      deletedChars = 0,
      hint = EditHint.none,
      isClean = false,
      revisesLatest = false,
    }: EditOptions = {},
  ): this {
    this.#version++;
    const edit = { kind: EventKind[kind], insertedChars, deletedChars, revisesLatest };
    this.signs.edited(this.nowMs, edit, document, {
      version: this.#version,
      place,
      hint,
      caretLine: 1,
      caretCharacter: 1,
      isClean,
    });
    return this;
  }

  selection(byKeyboard: boolean, document = 'a', character = 2): this {
    this.signs.selected(this.nowMs, document, this.#version, byKeyboard, 1, character);
    return this;
  }

  key(document = 'a'): this {
    return this.edit('insert', EditPlace.atCarets, { document }).selection(true, document);
  }

  enter(): this {
    return this.edit('insert', EditPlace.atCarets, { hint: EditHint.ofLines }).selection(false);
  }

  backspace(deletedChars = 1, hint: EditHint = EditHint.none): this {
    const what = { insertedChars: 0, deletedChars, hint };
    return this.edit('delete', EditPlace.atCarets, what).selection(false);
  }

  /** The editor takes away the blanks at the end of the caret's line; Backspace there is the same. */
  trim(deletedChars = 1): this {
    return this.backspace(deletedChars, EditHint.toLineEnd);
  }

  /** The latest edit left something to save. */
  dirty(): this {
    this.signs.becameDirty('a', this.#version);
    return this;
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  save(document = 'a', byItself = false): this {
    return this.willSave(document, byItself).later(5).didSave(document);
  }

  willSave(document = 'a', byItself = false): this {
    this.signs.saveBegan(this.nowMs, document, byItself);
    return this;
  }

  didSave(document = 'a'): this {
    this.signs.saveEnded(this.nowMs, document);
    return this;
  }

  kinds(): readonly KindName[] {
    this.signs.flush();
    return this.told.map(({ kind }) => kind);
  }
}

describe('EditSigns', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor();
  });

  describe('tells as keys', () => {
    it('what a selection event of the keyboard follows, at once and with the time of the edit', () => {
      editor.edit('insert', EditPlace.atCarets);
      assert.deepEqual(editor.told, []);
      editor.later(3).selection(true);
      assert.deepEqual(editor.told, [{ timeMs: 10_000, kind: 'insert', insertedChars: 1 }]);
    });

    it('what several cursors write, or a key that changes more than its caret', () => {
      editor.edit('insert', EditPlace.partly).selection(true);
      assert.deepEqual(editor.kinds(), ['insert']);
    });

    it('Enter, Backspace and Delete at the caret', () => {
      editor.enter().later(100).backspace().later(100).edit('delete', EditPlace.atCarets);
      assert.deepEqual(editor.kinds(), ['insert', 'delete', 'delete']);
    });

    it('Ctrl+Enter, which takes the caret to a new line, and Tab', () => {
      const ofLines = { hint: EditHint.ofLines };
      const blank = { hint: EditHint.isBlank };
      editor.edit('insert', EditPlace.onLines, ofLines).selection(false).later(200);
      editor.edit('insert', EditPlace.atCarets, blank).selection(false).later(200);
      editor.edit('insert', EditPlace.onLines, blank).selection(false).later(200);
      editor.edit('insert', EditPlace.nearLines, ofLines).selection(false);
      assert.deepEqual(editor.kinds(), ['insert', 'insert', 'unknown', 'unknown']);
    });

    it('Enter that takes blanks along, though its changes are not all at the caret', () => {
      const ofLines = { hint: EditHint.ofLines };
      editor.edit('insert', EditPlace.partly, ofLines).selection(false).later(200);
      editor.edit('insert', EditPlace.partly, ofLines).later(200);
      assert.deepEqual(editor.kinds(), ['insert', 'unknown']);
    });

    it('a command that moves the line of the caret, and none that changes others', () => {
      const nothing = { insertedChars: 0 };
      editor.edit('replace', EditPlace.nearLines, nothing).selection(false).later(600);
      editor.edit('replace', EditPlace.elsewhere, nothing).selection(false).later(600);
      assert.deepEqual(editor.kinds(), ['replace', 'unknown']);
    });

    it('a conversion of an input method that leaves the caret, after what was typed', () => {
      const composes = { hint: EditHint.composes, insertedChars: 0 };
      editor.edit('insert', EditPlace.atCarets, composes).later(200);
      assert.deepEqual(editor.kinds(), ['unknown']);
      editor.told.length = 0;
      editor.key().later(20_000).edit('insert', EditPlace.atCarets, composes).later(200);
      assert.deepEqual(editor.kinds(), ['insert', 'insert']);
    });

    it('the parts of one text by one sign, as one edit', () => {
      editor.edit('unknown', EditPlace.atCarets, { insertedChars: 2 });
      editor.edit('unknown', EditPlace.elsewhere, { insertedChars: 3, revisesLatest: true });
      editor.selection(true);
      assert.deepEqual(editor.told, [{ timeMs: 10_000, kind: 'unknown', insertedChars: 3 }]);
    });

    it('undo and redo, wherever they are', () => {
      editor.edit('undo', EditPlace.elsewhere).save();
      assert.deepEqual(editor.kinds(), ['undo']);
    });

    it('a character whose sign was lost as it wrapped a line', () => {
      editor.key().later(150).edit('insert', EditPlace.atCarets).selection(false).later(150).key();
      assert.deepEqual(editor.kinds(), ['insert', 'insert', 'insert']);
    });

    it('an edit at a caret as one that awaits its sign, until a caret is told of or it is too late', () => {
      const awaits = (): boolean => editor.signs.awaitsSign('a');
      assert.ok(!awaits());
      editor.edit('insert', EditPlace.atCarets);
      assert.ok(awaits() && !editor.signs.awaitsSign('b'));
      editor.selection(false);
      assert.ok(!awaits());
      editor.later(200).key();
      assert.ok(!awaits());
      for (const place of [EditPlace.elsewhere, EditPlace.nearLines, EditPlace.onLines]) {
        editor.later(200).edit('insert', place);
        assert.ok(!awaits());
      }
      editor.later(200).edit('insert', EditPlace.atCarets).later(300).signs.settle(editor.nowMs);
      assert.ok(!awaits());
    });

    it('a key whose sign comes with the second of two events', () => {
      editor.edit('insert', EditPlace.atCarets).selection(false).selection(true);
      assert.deepEqual(editor.kinds(), ['insert']);
    });
  });

  describe('does not tell as keys', () => {
    it('single characters that come to the caret by themselves', () => {
      for (let at = 0; at < 20; at++) {
        editor.edit('insert', EditPlace.atCarets).selection(false).later(60);
      }
      assert.deepEqual(new Set(editor.kinds()), new Set(['unknown']));
    });

    it('a stream at the caret that begins as a person stops, but for one character', () => {
      editor.key();
      for (let at = 0; at < 20; at++) {
        editor.later(60).edit('insert', EditPlace.atCarets).selection(false);
      }
      assert.equal(editor.kinds().filter((kind) => kind === 'insert').length, 2);
    });

    it('line breaks and deletions within a stream at the caret', () => {
      for (let at = 0; at < 5; at++) {
        editor.edit('unknown', EditPlace.atCarets, { insertedChars: 4 }).selection(false).later(40);
        editor.enter().later(40).edit('unknown', EditPlace.atCarets).later(40).backspace(3);
        editor.later(40);
      }
      assert.deepEqual(new Set(editor.kinds()), new Set(['unknown']));
    });

    it('a line break of a stream that halted, but the Enter of a person who went on', () => {
      const piece = { insertedChars: 4 };
      editor.edit('unknown', EditPlace.atCarets, piece).selection(false).later(60);
      editor.edit('unknown', EditPlace.atCarets, piece).selection(false).later(1_500);
      editor.enter().later(60).key().later(60).enter();
      assert.deepEqual(editor.kinds(), ['unknown', 'unknown', 'unknown', 'insert', 'insert']);
    });

    it('a change elsewhere in the same document, though the person moves the caret', () => {
      editor.edit('insert', EditPlace.elsewhere).selection(true);
      assert.deepEqual(editor.kinds(), ['unknown']);
    });

    it('a sign of another document or another version', () => {
      editor.edit('insert', EditPlace.atCarets).selection(true, 'b');
      assert.deepEqual(editor.kinds(), ['unknown']);
      editor.told.length = 0;
      editor.edit('insert', EditPlace.atCarets);
      editor.signs.selected(editor.nowMs, 'a', 99, true, 1, 2);
      assert.deepEqual(editor.kinds(), ['unknown']);
    });

    it('a final newline that takes the caret along and puts it back', () => {
      editor.edit('insert', EditPlace.atCarets, { hint: EditHint.ofLines }).selection(false);
      editor.selection(false, 'a', 1).later(10).save();
      assert.deepEqual(editor.kinds(), []);
    });

    it('what came as the document was read from the disk again', () => {
      editor.edit('block', EditPlace.elsewhere, { isClean: true }).selection(false).later(1_000);
      editor.edit('block', EditPlace.atCarets, { isClean: true }).selection(false).later(1_000);
      editor.edit('insert', EditPlace.elsewhere, { isClean: true }).later(1_000);
      editor.edit('delete', EditPlace.atCarets, { isClean: true }).selection(false);
      assert.deepEqual(editor.kinds(), []);
      editor.edit('block', EditPlace.elsewhere, { isClean: true }).dirty();
      editor.later(1_000).edit('block', EditPlace.atCarets, { isClean: true });
      editor.dirty();
      assert.deepEqual(editor.kinds(), ['block', 'block']);
      editor.told.length = 0;
      editor.edit('block', EditPlace.elsewhere, { isClean: true }).later(20);
      editor.edit('insert', EditPlace.atCarets, { isClean: true }).dirty().selection(true);
      assert.deepEqual(editor.kinds(), ['insert']);
    });

    it('a final newline, after which the caret stays where it was', () => {
      editor.edit('insert', EditPlace.atCarets, { hint: EditHint.ofLines }).later(10).save();
      assert.deepEqual(editor.kinds(), []);
    });

    it('a completion; a long one is a block', () => {
      editor.edit('replace', EditPlace.atCarets, { insertedChars: 5 }).selection(false).later(400);
      editor.key().later(400);
      editor.edit('block', EditPlace.atCarets, { insertedChars: 30 }).selection(false).later(400);
      editor.enter();
      assert.deepEqual(editor.kinds(), ['unknown', 'insert', 'block', 'insert']);
    });
  });

  describe('saving', () => {
    const formatterEdits: readonly [KindName, number][] = [
      ['insert', 1],
      ['delete', 0],
      ['replace', 3],
      ['unknown', 5],
      ['block', 400],
    ];

    it("takes away a formatter's edits before, during and after it, of whatever size", () => {
      for (const [kind, insertedChars] of formatterEdits) {
        const edit = (): Editor => editor.edit(kind, EditPlace.elsewhere, { insertedChars });
        edit().later(100).willSave();
        edit().later(20).didSave().later(300);
        edit().later(5_000);
      }
      assert.deepEqual(editor.kinds(), []);
    });

    it('knows what came during it, though it is over before anything more is told of the edit', () => {
      editor.willSave().later(20).edit('insert', EditPlace.atCarets).selection(false).later(5);
      editor.didSave().later(3_000);
      editor.willSave().later(20).edit('insert', EditPlace.atCarets).later(1).didSave();
      editor.selection(false).later(3_000);
      assert.deepEqual(editor.kinds(), []);
      // A key whose sign comes when the save is over is one all the same.
      editor.willSave().later(20).edit('insert', EditPlace.atCarets).didSave().selection(true);
      assert.deepEqual(editor.kinds(), ['insert']);
    });

    it('takes nothing away that was typed in that time', () => {
      editor.key().edit('block', EditPlace.elsewhere, { insertedChars: 100 }).later(10);
      editor.key().willSave().later(5).key().later(5).enter().backspace().later(5).didSave().key();
      assert.deepEqual(editor.kinds(), [
        ...['insert', 'insert', 'insert', 'insert', 'delete', 'insert'],
      ]);
    });

    it('takes away blanks trimmed at the caret, and no Backspace before an automatic save', () => {
      for (const blanks of [1, 3]) {
        editor.trim(blanks).later(10).save();
        editor.later(2_000).willSave().later(5).trim(blanks).later(5).didSave();
        editor.later(2_000).willSave().trim(blanks).didSave().later(2_000);
      }
      assert.deepEqual(editor.kinds(), []);
      editor.later(2_000).trim().later(50).save('a', true);
      editor.later(2_000).willSave('a', true).later(5).trim().later(5).didSave();
      assert.deepEqual(editor.kinds(), ['delete', 'delete']);
      editor.told.length = 0;
      editor.later(2_000).trim().later(100).key().later(100).save();
      assert.deepEqual(editor.kinds(), ['delete', 'insert']);
      editor.told.length = 0;
      editor.later(2_000).trim().later(100).trim().later(100).trim(2).save();
      assert.deepEqual(editor.kinds(), ['delete', 'delete']);
    });

    it('takes away no Backspace within a line, be it right before a save or during it', () => {
      editor.backspace().later(5).save().later(2_000);
      editor.willSave().later(5).backspace().later(5).didSave();
      assert.deepEqual(editor.kinds(), ['delete', 'delete']);
    });

    it('keeps what no save followed, and what a save of another document did', () => {
      editor.edit('block', EditPlace.elsewhere).later(2_100).save();
      editor.later(2_000).edit('block', EditPlace.elsewhere).later(10).save('b');
      assert.deepEqual(editor.kinds(), ['block', 'block']);
    });

    it('keeps a completion and a paste', () => {
      editor.edit('block', EditPlace.atCarets).selection(false).later(60).save().later(60);
      editor.edit('block', EditPlace.atCarets).selection(true).later(60).save();
      assert.deepEqual(editor.kinds(), ['block', 'block']);
    });

    it('leaves blocks that came before a document saved itself, which no formatter does', () => {
      editor.edit('block', EditPlace.elsewhere).later(100).save('a', true).later(100);
      editor.edit('block', EditPlace.elsewhere).later(100).save('a', true);
      editor.edit('insert', EditPlace.elsewhere).later(100).save('a', true).key().later(100);
      // A character that wrapped its line.
      editor.edit('insert', EditPlace.atCarets).selection(false).later(60).save('a', true);
      assert.deepEqual(editor.kinds(), ['block', 'block', 'insert', 'insert']);
    });

    it('takes in the cells of a notebook', () => {
      editor.edit('block', EditPlace.elsewhere, { document: 'cell 1' }).later(10).save('notebook');
      editor.edit('block', EditPlace.elsewhere, { document: 'cell 2' });
      editor.edit('block', EditPlace.elsewhere, { document: 'a' });
      assert.deepEqual(editor.kinds(), ['block']);
    });

    it('ends when the editor never says that it ended', () => {
      editor.willSave().later(11_000).edit('block', EditPlace.elsewhere);
      assert.deepEqual(editor.kinds(), ['block']);
    });

    it('holds for several documents at one time', () => {
      editor.willSave('a').willSave('b').didSave('b');
      editor.edit('block', EditPlace.elsewhere);
      assert.deepEqual(editor.kinds(), []);
    });
  });

  describe('keeps back', () => {
    it('in order: what comes behind an edit that waits for a save waits as well', () => {
      editor.edit('block', EditPlace.elsewhere).later(100).key().later(100);
      editor.signs.navigated(editor.nowMs);
      assert.deepEqual(editor.told, []);
      editor.later(1_800).signs.settle(editor.nowMs);
      assert.deepEqual(
        editor.told.map(({ kind, timeMs }) => [kind, timeMs]),
        [
          ['block', 10_000],
          ['insert', 10_100],
          ['navigate', 10_200],
        ],
      );
    });

    it('nothing at a flush', () => {
      editor.edit('block', EditPlace.elsewhere).edit('delete', EditPlace.atCarets);
      editor.signs.flush();
      assert.equal(editor.told.length, 2);
      editor.signs.flush();
      assert.equal(editor.told.length, 2);
    });

    it('a key that waits for its sign, over a tick that comes between', () => {
      editor.edit('insert', EditPlace.atCarets).later(2).signs.settle(editor.nowMs);
      assert.deepEqual(editor.told, []);
      editor.selection(true);
      assert.deepEqual(editor.kinds(), ['insert']);
    });

    it('no longer than the room is', () => {
      for (let at = 0; at < 1_000; at++) {
        editor.edit('block', EditPlace.elsewhere);
      }
      assert.ok(editor.told.length > 500);
      assert.equal(editor.kinds().length, 1_000);
    });

    it('what is behind, when one listener fails', () => {
      let calls = 0;
      const signs = new EditSigns<string, string>({
        handOn: () => {
          calls++;
          throw new Error('a failing part');
        },
        isPartOf: () => false,
      });
      const edit = { kind: EventKind.undo, insertedChars: 1, deletedChars: 0 };
      for (let at = 0; at < 3; at++) {
        assert.throws(() => {
          signs.edited(at, edit, 'a', {
            version: at,
            place: EditPlace.elsewhere,
            hint: EditHint.none,
            caretLine: 0,
            caretCharacter: 0,
            isClean: false,
          });
        }, /a failing part/);
      }
      assert.equal(calls, 3);
    });
  });

  describe('in every order of events', () => {
    /** One thing that happens, and what of it has to be told as keys. */
    const deeds = {
      key: { keys: 1, do: (on: Editor) => on.key() },
      formatter: { keys: 0, do: (on: Editor) => on.edit('insert', EditPlace.elsewhere) },
      agentBlock: { keys: 0, do: (on: Editor) => on.edit('block', EditPlace.elsewhere) },
      linked: { keys: 0, do: (on: Editor) => on.edit('replace', EditPlace.elsewhere) },
      willSave: { keys: 0, do: (on: Editor) => on.willSave() },
      didSave: { keys: 0, do: (on: Editor) => on.didSave() },
      moved: {
        keys: 0,
        do: (on: Editor) => {
          on.signs.navigated(on.nowMs);
        },
      },
      otherSelection: { keys: 0, do: (on: Editor) => on.selection(true) },
      tick: {
        keys: 0,
        do: (on: Editor) => {
          on.signs.settle(on.nowMs);
        },
      },
      flush: {
        keys: 0,
        do: (on: Editor) => {
          on.signs.flush();
        },
      },
    };
    type DeedName = keyof typeof deeds;
    const history = fc.array(
      fc.record({
        deed: fc.constantFrom(...(Object.keys(deeds) as DeedName[])),
        waitMs: fc.constantFrom(0, 1, 30, 120, 400, 700, 3_000),
      }),
      { maxLength: 200 },
    );
    const isKey = ({ kind }: Told): boolean =>
      kind === 'insert' || kind === 'delete' || kind === 'replace';

    it('tells every key once, with its time, and nothing else as a key', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const on = new Editor();
          const keyTimes: number[] = [];
          for (const { deed, waitMs } of steps) {
            on.later(waitMs);
            if (deeds[deed].keys > 0) {
              keyTimes.push(on.nowMs);
            }
            deeds[deed].do(on);
          }
          on.signs.flush();
          assert.deepEqual(
            on.told.filter(isKey).map(({ timeMs }) => timeMs),
            keyTimes,
          );
        }),
        { numRuns: 500 },
      );
    });

    it('tells in order, and of nothing twice', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const on = new Editor();
          let happened = 0;
          for (const { deed, waitMs } of steps) {
            on.later(waitMs);
            happened += ['willSave', 'didSave', 'otherSelection', 'tick', 'flush'].includes(deed)
              ? 0
              : 1;
            deeds[deed].do(on);
          }
          on.signs.flush();
          const times = on.told.map(({ timeMs }) => timeMs);
          assert.deepEqual(
            times,
            [...times].sort((a, b) => a - b),
          );
          assert.ok(times.length <= happened);
        }),
        { numRuns: 500 },
      );
    });

    it('keeps nothing longer than two seconds, once it is asked', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const on = new Editor();
          for (const { deed, waitMs } of steps) {
            on.later(waitMs);
            deeds[deed].do(on);
          }
          on.later(2_000).signs.settle(on.nowMs);
          const told = on.told.length;
          on.signs.flush();
          assert.equal(on.told.length, told);
        }),
      );
    });
  });
});
