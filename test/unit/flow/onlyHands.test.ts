import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ReplayEvent } from '../../../src/cli/replay/replayEvent.ts';
import { ReplayStream } from '../../../src/cli/replay/replayStream.ts';
import type { FlowState } from '../../../src/facts/flow.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import {
  burst,
  handTyping,
  heldKey,
  inOrder,
  leavingOut,
  streamedText,
} from '../../support/streams.ts';

interface Told {
  readonly states: ReadonlySet<FlowState>;
  /** Scores of all steps; 0 where none was told. */
  readonly scores: readonly number[];
  readonly most: number;
  readonly last: number;
}

function scored(...streams: readonly (readonly ReplayEvent[])[]): Told {
  const states = new Set<FlowState>();
  const scores: number[] = [];
  const stream = new ReplayStream((_wallMs, { state, score }) => {
    states.add(state);
    scores.push(score ?? 0);
  });
  for (const event of inOrder(...streams)) {
    stream.push(event);
  }
  stream.finish();
  return { states, scores, most: Math.max(...scores), last: scores.at(-2) ?? 0 };
}

const minutes = 10;
const lengthMs = minutes * 60_000;
const slow = handTyping({ minutes, medianMs: 1_100, spread: 0.6 });
const brisk = handTyping({ minutes, medianMs: 190, spread: 0.6 });

/** The same thing over and over. */
function again(everyMs: number, what: (atMs: number) => ReplayEvent[]): ReplayEvent[] {
  const events: ReplayEvent[] = [];
  for (let atMs = 10_000; atMs < lengthMs - 10_000; atMs += everyMs) {
    events.push(...what(atMs));
  }
  return events;
}

describe('Only hands', () => {
  it('scores a held key as one key, at every setting of a system', () => {
    const everyMs = 9_000;
    for (const [intervalMs, delayMs, jitterMs] of [
      [16.7, 250, 2],
      [25, 250, 3],
      [30, 500, 4],
      [33.3, 660, 4],
      [50, 300, 3],
      [90, 375, 3],
      [200, 500, 4],
    ] as const) {
      for (const kind of [EventKind.insert, EventKind.delete, EventKind.navigate]) {
        const typed = leavingOut(slow, 10_000, everyMs, 2_500);
        const holdMs = intervalMs < 100 ? 2_000 : 2_300;
        const held = again(everyMs, (atMs) =>
          heldKey(atMs, { intervalMs, delayMs, holdMs, jitterMs, kind }),
        );
        const pressed = again(everyMs, (atMs) => burst(atMs, 1, 0, kind));
        const { most, states } = scored(typed, held);
        const once = scored(typed, pressed);
        const about = `${intervalMs} ms: ${most}, pressed once ${once.most}`;
        assert.ok(most <= once.most + 3, about);
        assert.ok(!states.has('inFlow') && !states.has('steady'), about);
      }
    }
  });

  it('does not rise by what a macro types, once a minute or all the time', () => {
    const alone = scored(slow).most;
    for (const [keys, apartMs, everyMs] of [
      [300, 3, 60_000],
      [300, 1, 20_000],
      [30, 3, 20_000],
      [100, 8, 30_000],
      [40, 0, 60_000],
    ] as const) {
      const { most, states } = scored(
        slow,
        again(everyMs, (atMs) => burst(atMs, keys, apartMs)),
      );
      assert.ok(most <= alone + 6, `${keys} keys ${apartMs} ms apart: ${most}, without ${alone}`);
      assert.ok(!states.has('inFlow') && !states.has('steady'));
    }
    const nothingElse = scored(again(60_000, (atMs) => burst(atMs, 300, 3)));
    assert.equal(nothingElse.most, 0);
  });

  it('scores no text as flow that a program streams, in characters or in larger pieces', () => {
    for (const apartMs of [30, 60, 120]) {
      for (const jitter of [0, 0.05, 0.1, 0.2, 0.25]) {
        for (const mostChars of [1, 3, 7]) {
          const { most, states } = scored(
            streamedText({ minutes, apartMs, jitter, mostChars, seed: apartMs }),
          );
          const about = `${apartMs} ms, jitter ${jitter}, up to ${mostChars}: ${most}`;
          assert.ok(most < 70, about);
          assert.ok(!states.has('inFlow') && !states.has('steady'), about);
        }
      }
    }
  });

  it('is not moved by edits without a sign of a key', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 2_000 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat({ max: 1_000 }),
        (apartMs, chars, seed) => {
          const nobody = streamedText({ minutes: 6, apartMs, jitter: 0.5, mostChars: 1, seed });
          const events = nobody.map((event) => ({ ...event, kind: EventKind.unknown, chars }));
          assert.equal(scored(events).most, 0);
          // Beside typing they make it assisted at most.
          const { most } = scored(slow, events);
          // Steps begin with the first event, and so lie elsewhere.
          assert.ok(most <= scored(slow).most + 4);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leaves the score of true typing where it is, beside keys that are held, macros and streams', () => {
    const alone = scored(brisk);
    assert.ok(alone.states.has('inFlow'));
    const everyMs = 20_000;
    const additions = [
      again(everyMs, (atMs) =>
        heldKey(atMs, { intervalMs: 33, delayMs: 500, holdMs: 1_500, jitterMs: 2 }),
      ),
      again(60_000, (atMs) => burst(atMs, 80, 3)),
      again(everyMs, (atMs) => burst(atMs, 8, 2)),
    ];
    for (const addition of additions) {
      const typed = leavingOut(brisk, 10_000, everyMs, 1_700);
      const before = scored(typed);
      const { last, states } = scored(typed, addition);
      assert.ok(states.has('inFlow'));
      assert.ok(last > before.last - 4, `${last}, without ${before.last}`);
    }
    // A stream before it, in the same sitting, is forgotten with the window.
    const stream = streamedText({ minutes: 2, apartMs: 60, jitter: 0.1, mostChars: 1 });
    const after = brisk.map((event) => ({ ...event, wallMs: event.wallMs + 125_000 }));
    assert.ok(scored(stream, after).last > alone.last - 4);
  });

  it('leaves the score of a fast typist where it is when a busy editor hands keys on in batches', () => {
    const fast = handTyping({ minutes, medianMs: 130, spread: 0.5 });
    // Once in ten seconds the editor is busy for a second: what was typed in it comes at once.
    const stalled = fast.map((event) => {
      const intoMs = event.wallMs % 10_000;
      return intoMs < 1_000 ? { ...event, wallMs: event.wallMs - intoMs + 1_000 } : event;
    });
    const { last, states } = scored(stalled);
    assert.ok(states.has('inFlow'));
    assert.ok(last > scored(fast).last - 6, `${last}, without ${scored(fast).last}`);
  });
});
