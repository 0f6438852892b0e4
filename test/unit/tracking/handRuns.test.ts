import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ReplayEvent } from '../../../src/cli/replay/replayEvent.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { HandRuns } from '../../../src/tracking/runs/handRuns.ts';
import { judgeHands } from '../../support/judging/handsLost.ts';
import { fixtureSessions, recordedSessions } from '../../support/judging/recordedSessions.ts';
import { burst, handTyping, heldKey, inOrder, streamedText } from '../../support/streams.ts';

interface Judged {
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly insertedChars: number;
  readonly deletedChars: number;
}

/** What comes out of the events, in order. */
function judged(events: readonly ReplayEvent[]): Judged[] {
  const out: Judged[] = [];
  const runs = new HandRuns((timeMs, kind, insertedChars, deletedChars) => {
    out.push({ timeMs, kind, insertedChars, deletedChars });
  });
  for (const { wallMs, kind, chars } of events) {
    const isDelete = kind === EventKind.delete;
    runs.take(wallMs, kind, isDelete ? 0 : chars, isDelete ? chars : 0);
  }
  runs.release();
  return out;
}

function charsOf(events: readonly Judged[], kind: EventKind): number {
  return events
    .filter((each) => each.kind === kind)
    .reduce((sum, { insertedChars }) => sum + insertedChars, 0);
}

/** Five minutes of typing, to put something behind. */
const typing = handTyping({ minutes: 5, medianMs: 180, spread: 0.6 });
const typedChars = typing.filter(({ kind }) => kind === EventKind.insert).length;
const afterTyping = 301_000;

describe('HandRuns', () => {
  it('hands on what a hand types as it is, at any tempo', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 120, max: 900 }),
        fc.double({ min: 0.45, max: 0.9, noNaN: true }),
        fc.nat(),
        (medianMs, spread, seed) => {
          const events = handTyping({ minutes: 8, medianMs, spread, seed });
          const out = judged(events);
          // What rolls over by chance may be no evidence; hardly anything is lost.
          const typed = (list: readonly { readonly kind: EventKind }[]): number =>
            list.filter(({ kind }) => kind === EventKind.insert).length;
          const late = charsOf(out, EventKind.late);
          const lost = typed(events) - typed(out) - late;
          assert.ok(lost < 0.02 * events.length, `${lost} of ${events.length}`);
          assert.ok(late < 0.03 * events.length, `${late} of ${events.length}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('loses less than one in a hundred of the characters that people typed in recorded sessions', () => {
    for (const session of recordedSessions(fixtureSessions)) {
      const { lostShare, late, typed } = judgeHands(session);
      assert.ok(lostShare < 0.01, `${session.session}: ${lostShare}`);
      assert.ok(late < 0.005 * typed);
    }
  });

  it('leaves two or three keys that roll over each other', () => {
    for (const keys of [2, 3]) {
      for (const apartMs of [0, 3, 8, 15, 30, 44]) {
        const rolls = Array.from({ length: 20 }, (_, roll) => burst(roll * 700, keys, apartMs));
        const events = inOrder(...rolls);
        assert.deepEqual(
          judged(events).map(({ kind }) => kind),
          events.map(({ kind }) => kind),
          `${keys} keys ${apartMs} ms apart`,
        );
      }
    }
  });

  it('takes a held key for one, whatever the key and however fast the system repeats', () => {
    fc.assert(
      fc.property(
        fc.record({
          intervalMs: fc.double({ min: 16.7, max: 500, noNaN: true }),
          delayMs: fc.integer({ min: 250, max: 700 }),
          repeats: fc.integer({ min: 9, max: 90 }),
          jitterMs: fc.integer({ min: 0, max: 1 }),
          kind: fc.constantFrom(
            EventKind.insert,
            EventKind.delete,
            EventKind.navigate,
            EventKind.undo,
          ),
        }),
        ({ intervalMs, delayMs, repeats, jitterMs, kind }) => {
          const holdMs = delayMs + repeats * intervalMs;
          const held = heldKey(afterTyping, { intervalMs, delayMs, holdMs, jitterMs, kind });
          const later = burst(afterTyping + holdMs + 2_000, 1, 0);
          const out = judged(inOrder(typing, held, later));
          // A system that does not wait longer before its first repeat than between two is known a repeat or two later.
          const most = intervalMs < 0.9 * delayMs ? 1 : 3;
          const before = judged(typing).length;
          assert.ok(
            out.length <= before + most + 1,
            `${out.length - before - 1} of ${held.length}`,
          );
          assert.ok(out.length > before);
          assert.equal(out.at(-1)?.kind, EventKind.insert);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes different keys for no held one, however evenly a slow connection hands them on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 300 }), fc.nat(8), fc.nat(), (everyMs, late, seed) => {
        const keys = handTyping({ minutes: 8, medianMs: 200, spread: 0.5, seed }).filter(
          ({ kind }) => kind === EventKind.insert,
        );
        let typed = 0;
        const runs = new HandRuns((_timeMs, _kind, insertedChars) => {
          typed += insertedChars;
        });
        let latestMs = 0;
        for (const [at, { wallMs, kind, chars }] of keys.entries()) {
          const handedMs = everyMs * Math.ceil(wallMs / everyMs) + ((at * 7) % (late + 1));
          latestMs = Math.max(latestMs, handedMs);
          runs.noteOtherKey();
          runs.take(latestMs, kind, chars, 0);
        }
        runs.release();
        assert.equal(typed, keys.length);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps what a busy editor hands on in one batch as typed, and no more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 40 }),
        fc.double({ min: 0, max: 11, noNaN: true }),
        (keys, apartMs) => {
          // Up to eighteen keys a second during the wait, and a handful.
          const stallMs = Math.max(0, ((keys - 8) * 1_000) / 18) + 60;
          const last = typing.at(-1)?.wallMs ?? 0;
          const batch = burst(0, keys, apartMs).map(({ wallMs, ...rest }, _, all) => ({
            ...rest,
            wallMs: wallMs - (all[0]?.wallMs ?? 0) + last + stallMs,
          }));
          const out = judged([...typing, ...batch]);
          const kept = charsOf(out, EventKind.insert);
          assert.equal(kept + charsOf(out, EventKind.late), typedChars + keys);
          // The first of them came when it was typed, as far as anybody can tell.
          assert.ok(kept <= charsOf(judged(typing), EventKind.insert) + 1);
        },
      ),
    );
  });

  it('does not take for typed what no wait was long enough for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 400 }),
        fc.double({ min: 0, max: 11, noNaN: true }),
        (keys, apartMs) => {
          const out = judged([...typing, ...burst(afterTyping, keys, apartMs)]);
          assert.equal(
            charsOf(out, EventKind.insert) - charsOf(judged(typing), EventKind.insert),
            1,
          );
          assert.equal(charsOf(out, EventKind.unknown), keys - 1);
          assert.equal(charsOf(out, EventKind.late), 0);
        },
      ),
    );
  });

  it('finds text that is streamed, by how even or how fast it comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 250 }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.nat(),
        (apartMs, jitter, seed) => {
          const events = streamedText({ minutes: 4, apartMs, jitter, mostChars: 1, seed });
          const kept = charsOf(judged(events), EventKind.insert);
          assert.ok(kept < 30, `${kept} of ${events.length}`);
        },
      ),
      // About the interval below which keys look like a batch, they do so again and again.
      {
        numRuns: 150,
        examples: [
          [45, 0.1405, 1_933_566_566],
          [48, 0.188, 48_018],
        ],
      },
    );
  });

  it('finds keys that come faster than people type for long, however uneven', () => {
    const events = handTyping({ minutes: 3, medianMs: 45, spread: 0.5, deletions: 0 });
    const kept = charsOf(judged(events), EventKind.insert);
    assert.ok(kept < 500, `${kept} of ${events.length}`);
    // The fastest that anybody kept up for an hour, with the bursts that it has, is left alone.
    const fast = handTyping({ minutes: 10, medianMs: 78, spread: 0.3, deletions: 0 });
    assert.ok(charsOf(judged(fast), EventKind.insert) > 0.95 * fast.length);
  });

  it('goes back to the hand as soon as a stream or a key that was held is over', () => {
    const streams = [
      heldKey(0, { intervalMs: 33, delayMs: 500, holdMs: 4_000 }),
      burst(0, 300, 3),
      streamedText({ minutes: 2, apartMs: 90, jitter: 0.15, mostChars: 1 }),
    ];
    for (const stream of streams) {
      const endMs = stream.at(-1)?.wallMs ?? 0;
      const firstMs = typing[0]?.wallMs ?? 0;
      const after = typing.map((each) => ({
        ...each,
        wallMs: each.wallMs - firstMs + endMs + 1_500,
      }));
      const out = judged([...stream, ...after]).filter(({ timeMs }) => timeMs > endMs);
      assert.ok(charsOf(out, EventKind.insert) >= 0.99 * typedChars);
    }
  });

  it('loses nothing else, and keeps the order, whatever comes', () => {
    const anyEvents = fc.array(
      fc.record({
        gapMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 1_500 })),
        kind: fc.constantFrom(...Object.values(EventKind)),
        chars: fc.integer({ min: 1, max: 12 }),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(anyEvents, (parts) => {
        let wallMs = 0;
        const events = parts.map(({ gapMs, kind, chars }) => {
          wallMs += gapMs;
          return { wallMs, kind, chars };
        });
        const out = judged(events);
        for (const kind of [EventKind.block, EventKind.blur, EventKind.focus]) {
          const count = (list: readonly { readonly kind: EventKind }[]): number =>
            list.filter((each) => each.kind === kind).length;
          assert.equal(count(out), count(events));
        }
        assert.ok(out.length <= events.length);
        const came = events.reduce((sum, { kind, chars }) => sum + (isText(kind) ? chars : 0), 0);
        const went = out.reduce(
          (sum, each) => sum + (isText(each.kind) ? each.insertedChars : 0),
          0,
        );
        assert.ok(went <= came);
      }),
    );
  });

  it('hands on a key that waits once nothing has come for a while', () => {
    const out: number[] = [];
    const runs = new HandRuns((timeMs) => out.push(timeMs));
    runs.take(1_000, EventKind.insert, 1, 0);
    runs.take(1_020, EventKind.insert, 1, 0);
    assert.deepEqual(out, [1_000]);
    runs.settle(1_100);
    assert.deepEqual(out, [1_000]);
    runs.settle(1_700);
    assert.deepEqual(out, [1_000, 1_020]);
    runs.settle(9_000);
    assert.deepEqual(out, [1_000, 1_020]);
  });
});

function isText(kind: EventKind): boolean {
  return kind !== EventKind.navigate && kind !== EventKind.blur && kind !== EventKind.focus;
}
