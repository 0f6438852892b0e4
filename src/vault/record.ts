import type { MinuteSample } from '../base/minuteSample.ts';

/**
 * What a vault stores. Records are facts that can be told twice and in any order: the same id means the
 * same thing, and merging never depends on which came first.
 */

/** 32 lower-case hex digits, random. */
export type RecordId = string;

/** Where a record comes from; anything but `recorded` is shown as such wherever it is counted. */
export const origins = ['recorded', 'demo', 'imported'] as const;
export type Origin = (typeof origins)[number];

/** A stretch of tracked time in one window. Merged by id: earliest start, latest end. */
export interface SessionRecord {
  readonly type: 'session';
  readonly id: RecordId;
  readonly startMs: number;
  /** The end as known when this was written. */
  readonly endMs: number;
  readonly zoneOffsetMinutes: number;
  readonly origin: Origin;
}

/** One minute of a session. Merged by (session, minute): the sample with more seconds stays. */
export interface MinuteRecord {
  readonly type: 'minute';
  readonly session: RecordId;
  /** Repeated from the session, so that a minute can be placed when its session's record is lost. */
  readonly zoneOffsetMinutes: number;
  readonly origin: Origin;
  readonly sample: MinuteSample;
}

export type VaultRecord = SessionRecord | MinuteRecord;
