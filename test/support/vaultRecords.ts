import type { MinuteSample } from '../../src/facts/minuteSample.ts';
import type {
  AuditRecord,
  FocusSessionRecord,
  MinuteRecord,
  SessionRecord,
} from '../../src/vault/record.ts';

/** A minute as tests want one: whole, steady, and nothing out of the ordinary. */
export function sampleAt(minute: number, changes: Partial<MinuteSample> = {}): MinuteSample {
  return {
    minute,
    state: 'steady',
    score: 60,
    confidence: 0.8,
    seconds: 60,
    insertedChars: 120,
    deletes: 10,
    blockChars: 0,
    undos: 0,
    navigations: 4,
    blurs: 0,
    raw: undefined,
    ...changes,
  };
}

/** An id from a small number. */
export function testId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function sessionRecord(
  session: number,
  startMs: number,
  endMs: number,
  changes: Partial<SessionRecord> = {},
): SessionRecord {
  return {
    type: 'session',
    id: testId(session),
    startMs,
    endMs,
    zoneOffsetMinutes: 60,
    origin: 'recorded',
    ...changes,
  };
}

export function minuteRecord(
  session: number,
  minute: number,
  changes: Partial<MinuteSample> = {},
): MinuteRecord {
  return {
    type: 'minute',
    session: testId(session),
    zoneOffsetMinutes: 60,
    origin: 'recorded',
    sample: sampleAt(minute, changes),
  };
}

/** A focus session of 25 minutes that has just begun. */
export function focusRecord(
  session: number,
  startMs: number,
  changes: Partial<FocusSessionRecord> = {},
): FocusSessionRecord {
  return {
    type: 'focusSession',
    id: testId(session),
    kind: 'focus',
    startMs,
    zoneOffsetMinutes: 60,
    plannedMs: 25 * 60_000,
    extensions: [],
    pauses: [],
    shifts: [],
    askedMs: undefined,
    end: undefined,
    counts: {},
    origin: 'recorded',
    ...changes,
  };
}

export function auditRecord(number: number, changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    type: 'audit',
    id: testId(number),
    atMs: number,
    zoneOffsetMinutes: 60,
    action: 'backup',
    ...changes,
  };
}
