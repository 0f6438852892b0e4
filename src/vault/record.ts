import type { FocusSession } from '../facts/focusSession.ts';
import type { MinuteSample } from '../facts/minuteSample.ts';

/**
 * What a vault stores. Records are facts that can be told twice and in any order: the same id means the
 * same thing, and merging never depends on which came first.
 */

/** 32 lower-case hex digits, random. */
export type RecordId = string;

/**
 * Where a record comes from; anything but `recorded` is shown as such wherever it is counted. `importedSum`: another program
 * told how long a day was and not when, so the minutes only stand in for it. The places in the list are part of the format:
 * append.
 */
export const origins = ['recorded', 'demo', 'imported', 'importedSum'] as const;
export type Origin = (typeof origins)[number];

/** Whether another program told of it, and not Millrace. */
export function isImported(origin: Origin): boolean {
  return origin === 'imported' || origin === 'importedSum';
}

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

/**
 * Says that what has this id is gone, whatever it is: a session with its minutes, a focus session, an answer, one
 * version of a template, a line of the log. Ids are never used again, so a tombstone holds for ever, whether it
 * arrives before or after what it deletes.
 */
export interface TombstoneRecord {
  readonly type: 'tombstone';
  readonly id: RecordId;
  readonly deletedMs: number;
}

/** One version of a biometric template. Merged by id: the bytes never change. */
export interface TemplateRecord {
  readonly type: 'template';
  readonly id: RecordId;
  /** What the template is of, 1-64 characters of `a-z0-9.-`. */
  readonly name: string;
  /** Grows with each put under one name; two windows may use the same number. */
  readonly version: number;
  readonly createdMs: number;
  /** SHA-256 of the template before compression. */
  readonly sha256: Uint8Array;
  /** The template, compressed with raw deflate. */
  readonly deflated: Uint8Array;
}

/** What somebody said they did; the places in the list are part of the format. */
export const activities = ['writing', 'reading', 'assisted', 'other'] as const;
export type Activity = (typeof activities)[number];

/** An answer about the ten minutes before it. Merged by id: an answer never changes. */
export interface FeedbackRecord {
  readonly type: 'feedback';
  readonly id: RecordId;
  readonly atMs: number;
  readonly zoneOffsetMinutes: number;
  /** 1 (not at all) to 7 (fully): "In the last 10 minutes I was fully absorbed". */
  readonly rating: number;
  readonly activity: Activity;
  readonly interrupted: boolean;
  /** The mean normalised features of the ten minutes, each within +-3; `undefined` without a score. */
  readonly features: Float32Array | undefined;
  readonly origin: Origin;
}

/**
 * A focus session: its facts, and no score, so that a changed rule can score history again. No name of a site or
 * program is in it. Merged by id, fact by fact, so it may be told any number of times while it runs.
 */
export interface FocusSessionRecord extends FocusSession {
  readonly type: 'focusSession';
  readonly id: RecordId;
  readonly origin: Origin;
}

/** A focus session as a record. */
export function focusSessionRecord(
  session: FocusSession,
  origin: Origin = 'recorded',
): FocusSessionRecord {
  return { ...session, type: 'focusSession', origin };
}

/** What the log can say was done with the vault; the places in the list are part of the format: append. */
export const auditActions = [
  'unlock',
  'lock',
  'rotate',
  'backup',
  'restore',
  'export',
  'import',
  'undoImport',
  'delete',
  'correct',
  'purgeDays',
  'purgeTemplates',
  'syncJoin',
  'syncLeave',
  'setPassphrase',
  'removeProtector',
  'saveRecoveryKit',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One line of the log: that something was done, and when; not with what. Merged by id: a line never changes. */
export interface AuditRecord {
  readonly type: 'audit';
  readonly id: RecordId;
  readonly atMs: number;
  readonly zoneOffsetMinutes: number;
  readonly action: AuditAction;
}

export type VaultRecord =
  | SessionRecord
  | MinuteRecord
  | TombstoneRecord
  | TemplateRecord
  | FeedbackRecord
  | FocusSessionRecord
  | AuditRecord;
