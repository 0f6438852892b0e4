import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  EditPlace,
  placeOf,
  type SpanChange,
  type Span,
} from '../../../src/tracking/signs/carets.ts';
import { processorMs } from '../../support/processorTime.ts';

const span = (line: number, from: number, toLine = line, to = from): Span => ({
  start: { line, character: from },
  end: { line: toLine, character: to },
});

const change = (range: Span, text: string): SpanChange => ({ range, text });

describe('placeOf', () => {
  const caret = [span(4, 7)];

  it('finds a key at the caret', () => {
    assert.equal(placeOf([change(span(4, 7), 'a')], caret), EditPlace.atCarets);
  });

  it('finds a word replaced up to the caret, and a selection written over', () => {
    assert.equal(placeOf([change(span(4, 2, 4, 7), 'word')], caret), EditPlace.atCarets);
    const selected = [span(4, 2, 5, 3)];
    assert.equal(placeOf([change(span(4, 2, 5, 3), 'x')], selected), EditPlace.atCarets);
    assert.equal(placeOf([change(span(4, 2, 5, 3), '')], selected), EditPlace.atCarets);
  });

  it('finds a deletion that the caret touches, on either side or within', () => {
    for (const range of [span(4, 6, 4, 7), span(4, 7, 4, 8), span(4, 0, 5, 0), span(3, 9, 4, 7)]) {
      assert.equal(placeOf([change(range, '')], caret), EditPlace.atCarets);
    }
  });

  it('leaves what is beside the caret, and what is written around it', () => {
    for (const range of [span(4, 8), span(4, 6), span(3, 7), span(4, 5, 4, 6)]) {
      assert.equal(
        placeOf([change(range, 'a')], caret),
        range.start.line === 4 ? EditPlace.onLines : EditPlace.nearLines,
      );
    }
    assert.equal(placeOf([change(span(5, 1), 'a')], caret), EditPlace.nearLines);
    for (const range of [span(2, 7), span(6, 7), span(0, 0, 4, 6)]) {
      assert.equal(placeOf([change(range, 'a')], caret), EditPlace.elsewhere);
    }
    assert.equal(placeOf([change(span(0, 0, 9, 0), 'whole')], caret), EditPlace.elsewhere);
    assert.equal(placeOf([change(span(4, 8, 4, 9), '')], caret), EditPlace.onLines);
    // A closing bracket over the one that is there already needs its sign.
    assert.equal(placeOf([change(span(4, 7, 4, 8), ')')], caret), EditPlace.partly);
    assert.equal(placeOf([change(span(4, 7), 'a')], []), EditPlace.elsewhere);
  });

  it('finds what a selection is set in at its ends', () => {
    const selected = [span(4, 2, 5, 3)];
    const around = [change(span(5, 3), ')'), change(span(4, 2), '(')];
    assert.equal(placeOf(around, selected), EditPlace.partly);
    assert.equal(placeOf([change(span(4, 5), '(')], selected), EditPlace.onLines);
  });

  it('wants one change at most for each caret', () => {
    const two = [span(1, 0), span(2, 0)];
    const at = (line: number): SpanChange => change(span(line, 0), 'a');
    assert.equal(placeOf([at(2), at(1)], two), EditPlace.atCarets);
    assert.equal(placeOf([at(2)], two), EditPlace.atCarets);
    assert.equal(placeOf([at(2), at(9)], two), EditPlace.partly);
    assert.equal(placeOf([at(1), change(span(1, 9), 'b')], [span(1, 0)]), EditPlace.partly);
  });

  it('does not compare thousands of carets with thousands of changes', () => {
    const lines = Array.from({ length: 10_000 }, (_, line) => line);
    const carets = lines.map((line) => span(line, 3));
    const keys = lines.map((line) => change(span(line, 3), 'a')).reverse();
    const beganMs = processorMs();
    assert.equal(placeOf(keys, carets), EditPlace.atCarets);
    assert.equal(placeOf([...keys, change(span(0, 9), 'b')], carets), EditPlace.partly);
    assert.ok(processorMs() - beganMs < 1_000);
  });

  it('never finds a place where no caret is near', () => {
    const far = fc.record({ line: fc.nat(50), from: fc.nat(80), length: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(far, { minLength: 1 }), fc.string(), (places, text) => {
        const changes = places.map(({ line, from, length }) =>
          change(span(line, from, line, from + length), text),
        );
        assert.equal(placeOf(changes, [span(99, 0)]), EditPlace.elsewhere);
      }),
    );
  });
});
