import type { StoredKind } from '../../readings/storedReading.ts';
import { auditCodec, auditForm, auditTable } from './auditKind.ts';
import { feedbackCodec, feedbackForm, feedbackTable } from './feedbackKind.ts';
import { focusSessionCodec, focusSessionForm, focusSessionTable } from './focusSessionKind.ts';
import { minuteCodec } from './minuteKind.ts';
import type {
  LoneRecord,
  LoneType,
  LoneTable,
  RecordCodec,
  RecordForm,
  RecordOf,
  RecordTable,
  RecordType,
} from './recordKind.ts';
import { sessionCodec, sessionTable } from './sessionKind.ts';
import { templateCodec, templateForm, templateTable } from './templateKind.ts';
import { tombstoneCodec, tombstoneForm, tombstoneTable } from './tombstoneKind.ts';

/** Every kind of record that there is. docs/architecture.md, "A new record kind", says what else one needs. */

/** As bytes; the only list that a window loads. */
export const recordCodecs: { readonly [T in RecordType]: RecordCodec<RecordOf<T>> } = {
  session: sessionCodec,
  minute: minuteCodec,
  tombstone: tombstoneCodec,
  template: templateCodec,
  feedback: feedbackCodec,
  focusSession: focusSessionCodec,
  audit: auditCodec,
};

/** As tables, in the order in which a database has them. Each is a kind that a person can look at. */
export const recordTables: {
  readonly [T in StoredKind]: T extends LoneType
    ? LoneTable<Extract<LoneRecord, { readonly type: T }>>
    : RecordTable;
} = {
  session: sessionTable,
  focusSession: focusSessionTable,
  audit: auditTable,
  feedback: feedbackTable,
  template: templateTable,
  tombstone: tombstoneTable,
};

/** As an export has them, in its order. */
export const recordForms: { readonly [T in LoneType]: RecordForm<RecordOf<T>> } = {
  focusSession: focusSessionForm,
  feedback: feedbackForm,
  template: templateForm,
  audit: auditForm,
  tombstone: tombstoneForm,
};
