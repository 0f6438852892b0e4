import assert from 'node:assert/strict';
import { hands } from './hands.ts';
import type { HeardEdit } from './recordedEvents.ts';
import type { Desk } from './ways/desk.ts';

/** So many characters at once look like an input method's. */
const mostLikeKeys = 2;

/**
 * Has a text come in as dictation does, and joins what was told of it. The editor takes such a text in character by character;
 * when either process is held up within it for long, it is told in pieces. None of them may be typed, but for one or two characters at its
 * end, behind which the editor says that a key moved the caret.
 * @returns the one block that it is
 */
export async function dictate(desk: Desk, text: string): Promise<readonly HeardEdit[]> {
  const pieces = await desk.heard(() => hands.commit(text));
  const insertedChars = pieces.reduce((sum, piece) => sum + piece.insertedChars, 0);
  const told = JSON.stringify(pieces);
  assert.equal(insertedChars, text.length, told);
  for (const [at, { kind, insertedChars: chars, deletedChars }] of pieces.entries()) {
    const isLikeKeys = kind === 'insert' && at === pieces.length - 1 && chars <= mostLikeKeys;
    assert.ok(kind === 'block' || kind === 'unknown' || isLikeKeys, told);
    assert.equal(deletedChars, 0, told);
  }
  return [{ kind: 'block', insertedChars, deletedChars: 0 }];
}
