import type { Database } from '../../src/vault/sqlite/database.ts';
import { ingest } from '../../src/vault/database/ingest.ts';
import { packTemplate } from '../../src/vault/database/templateStore.ts';
import { auditRecord, focusRecord, minuteRecord, sessionRecord, testId } from './vaultRecords.ts';

/** A time that is a whole number and that no calendar has. */
const never = 9e15;

/** What no Millrace writes, in rows of our own schema: by what it is, what makes such a row of a sound one. */
export const poisons: Readonly<Record<string, string>> = {
  'a session that begins in no year': `UPDATE sessions SET start_ms = ${never}`,
  'a session that ends in no year': `UPDATE sessions SET end_ms = ${never}; UPDATE meta SET value = ${never} WHERE key = 'longest_reach_ms'`,
  'a session from before 1970': 'UPDATE sessions SET start_ms = -1',
  'a session that begins with a word': "UPDATE sessions SET start_ms = 'soon'",
  'a session in no zone': 'UPDATE sessions SET zone_offset_minutes = 99999',
  'a session with half an id': "UPDATE sessions SET id = x'0102030405060708' WHERE number = 1",
  'a session whose minutes are none': "UPDATE sessions SET series = x'01'",
  'a session whose minutes go on for ever': `UPDATE sessions SET series = x'01ffffffffffff0000${'ffff0000'.repeat(20)}'`,
  'a minute in no state': `UPDATE sessions SET series = x'010000000000000100f0${'ff'.repeat(13)}' WHERE told = 1`,
  'a deletion in no year': `UPDATE tombstones SET deleted_ms = ${never}`,
  'a deletion of half an id': "UPDATE tombstones SET id = x'01'",
  'an answer in no year': `UPDATE feedback SET at_ms = ${never}`,
  'an answer of no scale': 'UPDATE feedback SET rating = 1e9',
  'an answer with half its features': "UPDATE feedback SET features = x'01'",
  'a line of the log in no year': `UPDATE audit_log SET at_ms = ${never}`,
  'a focus session that begins in no year': `UPDATE focus_sessions SET start_ms = ${never}`,
  'a focus session that ends in no year': `UPDATE focus_sessions SET end_ms = ${never}, ended_by = 'time'; INSERT OR REPLACE INTO meta VALUES ('longest_focus_ms', ${never})`,
  'a focus session that was asked about in no year': `UPDATE focus_sessions SET asked_ms = ${never}`,
  'a pause in no year': `UPDATE focus_sessions SET pauses = '[{"startMs":${never},"endMs":null,"cause":"person"}]'`,
  'an extension in no year': `UPDATE focus_sessions SET extensions = '[{"atMs":${never},"byMs":1}]'`,
  'an extension for ever': 'UPDATE focus_sessions SET extensions = \'[{"atMs":1,"byMs":9e15}]\'',
  'a list that is none': "UPDATE focus_sessions SET shifts = '{'",
  'counts of a window with a long name': `UPDATE focus_sessions SET counts = '{"${'a'.repeat(99)}":{"seconds":0,"focusedSeconds":0,"inFlowSeconds":0,"unknownSeconds":0,"interruptions":0,"blockedTries":0}}'`,
  'counts that are none': `UPDATE focus_sessions SET counts = '{"0a1b2c3d":{"seconds":-1,"focusedSeconds":0,"inFlowSeconds":0,"unknownSeconds":0,"interruptions":0,"blockedTries":0}}'`,
  'a template from no year': `UPDATE templates SET created_ms = ${never}`,
  'a template of a version behind all': 'UPDATE templates SET version = 4294967296',
  'a template with a name that is none': "UPDATE templates SET name = '../baseline'",
  'a template with half a hash': "UPDATE templates SET sha256 = x'00'",
};

/** The least of each kind, at a minute. None of the ids is that of another kind. */
export async function fillWithEachKind(database: Database, minute: number): Promise<void> {
  const atMs = minute * 60_000;
  ingest(
    database,
    [
      sessionRecord(0x201, atMs, atMs + 60_000),
      minuteRecord(0x201, minute),
      minuteRecord(0x202, minute + 5),
      { type: 'tombstone', id: testId(0x203), deletedMs: atMs },
      {
        type: 'feedback',
        id: testId(0x204),
        atMs,
        zoneOffsetMinutes: 60,
        rating: 6,
        activity: 'writing',
        interrupted: false,
        features: Float32Array.of(0, 0.5, 1, -1, 0.25),
        origin: 'recorded',
      },
      focusRecord(0x205, atMs),
      auditRecord(0x206, { atMs }),
      {
        ...(await packTemplate('flow-baseline', 7, atMs, Buffer.from('the seventh'))),
        id: testId(0x207),
      },
    ],
    { dayStartHour: 4, dirtyDays: new Set() },
  );
}
