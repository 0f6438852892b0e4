import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  classifyEdit,
  type Classification,
  type EditChange,
  type EditReason,
} from '../../../src/tracking/edits/editClassifier.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';

function classify(changes: readonly EditChange[], reason?: EditReason): Classification | undefined {
  const into: Classification = { kind: EventKind.unknown, insertedChars: 0, deletedChars: 0 };
  return classifyEdit(changes, reason, into) ? into : undefined;
}

const one = (text: string, rangeLength = 0): Classification | undefined =>
  classify([{ text, rangeLength }]);

describe('classifyEdit', () => {
  const cases: [string, string, number, EventKind, number, number][] = [
    ['a letter', 'a', 0, EventKind.insert, 1, 0],
    ['a letter of two code units', '😀', 0, EventKind.insert, 1, 0],
    ['a newline', '\n', 0, EventKind.insert, 1, 0],
    ['a Windows newline', '\r\n', 0, EventKind.insert, 1, 0],
    ['a newline with its indent', '\n        ', 0, EventKind.insert, 1, 0],
    ['a newline between brackets', '\n    \n', 0, EventKind.insert, 1, 0],
    ['an auto-closed bracket', '()', 0, EventKind.insert, 1, 0],
    ['an auto-closed quote', '""', 0, EventKind.insert, 1, 0],
    ['a backspace', '', 1, EventKind.delete, 0, 1],
    ['a deleted selection', '', 500, EventKind.delete, 0, 500],
    ['a letter over a selection', 'x', 12, EventKind.replace, 1, 12],
    ['an input method that finds another word', 'かん', 2, EventKind.replace, 2, 2],
    ['a short completion', 'gth', 0, EventKind.unknown, 3, 0],
    ['seven characters at once', '1234567', 0, EventKind.unknown, 7, 0],
    ['eight characters at once', '12345678', 0, EventKind.block, 8, 0],
    ['two short lines', 'a\nb', 0, EventKind.block, 3, 0],
    ['a paste over a selection', 'function f', 4, EventKind.block, 10, 4],
  ];
  for (const [name, text, rangeLength, kind, insertedChars, deletedChars] of cases) {
    it(`knows ${name}`, () => {
      assert.deepEqual(one(text, rangeLength), { kind, insertedChars, deletedChars });
    });
  }

  it('finds nothing in an empty event, or in one that changes nothing', () => {
    assert.equal(classify([]), undefined);
    assert.equal(one('', 0), undefined);
  });

  it('takes several cursors for one edit', () => {
    const changes = Array.from({ length: 50 }, () => ({ text: 'a', rangeLength: 0 }));
    assert.deepEqual(classify(changes), {
      kind: EventKind.insert,
      insertedChars: 1,
      deletedChars: 0,
    });
  });

  it('calls undo and redo by their name, whatever they change', () => {
    for (const reason of ['undo', 'redo'] as const) {
      assert.equal(
        classify([{ text: 'much text here', rangeLength: 3 }], reason)?.kind,
        EventKind.undo,
      );
    }
  });

  it('never calls eight characters or more typed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), fc.nat(5), (text, rangeLength) => {
        const kind = one(text, rangeLength)?.kind;
        const isNewlineWithIndent = /^\r?\n[ \t]*(?:\r?\n[ \t]*)?$/.test(text);
        const isTab = /^ *$/.test(text);
        assert.ok(isNewlineWithIndent || isTab || kind === EventKind.block);
      }),
    );
  });
});
