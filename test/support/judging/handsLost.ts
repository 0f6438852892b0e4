import { EventKind } from '../../../src/tracking/eventKind.ts';
import { HandRuns } from '../../../src/tracking/runs/handRuns.ts';
import { eventsOf, type RecordedSession } from './recorded.ts';

/** What became of the characters that one person typed one at a time. */
export interface HandsReport {
  readonly session: string;
  readonly typed: number;
  /** Repeats of a key that was held down. */
  readonly held: number;
  /** Kept in the record, and out of the score. */
  readonly late: number;
  /** Taken for a program's or a stream's. */
  readonly unknown: number;
  /** Held and unknown, of all. */
  readonly lostShare: number;
}

/** What the judging of runs takes away from typing that is a person's without any doubt. */
export function judgeHands(session: RecordedSession): HandsReport {
  let typed = 0;
  let kept = 0;
  let late = 0;
  let unknownBefore = 0;
  let unknownAfter = 0;
  const runs = new HandRuns((_timeMs, kind, insertedChars) => {
    kept += kind === EventKind.insert ? 1 : 0;
    late += kind === EventKind.late ? insertedChars : 0;
    unknownAfter += kind === EventKind.unknown ? insertedChars : 0;
  });
  for (const { wallMs, kind, chars } of eventsOf(session)) {
    typed += kind === EventKind.insert ? 1 : 0;
    unknownBefore += kind === EventKind.unknown ? chars : 0;
    const isDelete = kind === EventKind.delete;
    runs.take(wallMs, kind, isDelete ? 0 : chars, isDelete ? chars : 0);
  }
  runs.release();
  const unknown = unknownAfter - unknownBefore;
  const lost = typed - kept - late;
  return {
    session: session.session,
    typed,
    held: lost - unknown,
    late,
    unknown,
    lostShare: lost / Math.max(1, typed),
  };
}
