import { createHash } from 'node:crypto';
import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { recordsOf } from '../../vault/database/recordsOf.ts';
import { idText } from '../../vault/codecs/rowValues.ts';
import { recordTables } from '../../vault/kinds/registry.ts';
import { isBuried } from '../../vault/kinds/tombstoneKind.ts';
import type { RecordId, VaultRecord } from '../../vault/record.ts';
import type { EraseSelection } from '../messages/eraseMessages.ts';
import { erasableKinds, type ErasableKind } from '../../readings/storedReading.ts';
import { dayOf, dayStartHourOf } from '../export/exportJob.ts';
import { isStored } from '../records/recordKinds.ts';
import { storedSessions } from '../records/storedSessions.ts';

/** Which records a selection means, and what of them stays. */

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** One record that is in a selection. */
export interface Selected {
  readonly kind: ErasableKind;
  readonly id: RecordId;
  readonly atMs: number;
  /** Of a session: its minutes that go. */
  readonly minutes: number;
  /** Of a session: whether a part of it lies outside of the selection. */
  readonly isCut: boolean;
  /** The first and the last day on which something of it goes. */
  readonly days: readonly [DayNumber, DayNumber];
}

/** Every record that is in a selection, or of which a part is. */
export function* selectRecords(
  database: Database,
  selection: EraseSelection,
  passed: () => void,
): Generator<Selected> {
  const dayStartHour = dayStartHourOf(database);
  const days =
    selection.what === 'days'
      ? { from: dayOf(selection.from), to: dayOf(selection.to) }
      : undefined;
  const isMeant = (kind: ErasableKind): boolean =>
    selection.what !== 'kind' || selection.kind === kind;
  if (isMeant('session')) {
    yield* selectSessions(database, days, dayStartHour, passed);
  }
  for (const kind of erasableKinds) {
    const { name, startMs, endMs, zoneOffsetMinutes, isOfDay } = recordTables[kind];
    if (kind === 'session' || !isMeant(kind) || (days !== undefined && !isOfDay)) {
      continue;
    }
    for (const row of database.rows(
      `SELECT id, ${startMs}, ${endMs}, ${zoneOffsetMinutes} FROM ${name}`,
    )) {
      const [first, last] = [1, 2].map((column) =>
        dayAt(row.number(column), row.number(3), dayStartHour),
      ) as [DayNumber, DayNumber];
      // One that reaches into the days goes whole: it can't be cut.
      if (days === undefined || (first <= days.to && last >= days.from)) {
        const id = idText(row.blob(0));
        yield { kind, id, atMs: row.number(1), minutes: 0, isCut: false, days: [first, last] };
      }
    }
    passed();
  }
}

function* selectSessions(
  database: Database,
  days: { readonly from: DayNumber; readonly to: DayNumber } | undefined,
  dayStartHour: number,
  passed: () => void,
): Generator<Selected> {
  const scope = { days, dayStartHour, zoneOffsetMinutes: () => 0 };
  for (const session of storedSessions(database, scope)) {
    passed();
    if (session === undefined) {
      continue;
    }
    const { id, startMs, endMs, zoneOffsetMinutes, samples } = session;
    const at = (wallMs: number): DayNumber => dayAt(wallMs, zoneOffsetMinutes, dayStartHour);
    const times = [startMs, endMs, ...samples.map(({ minute }) => minute * minuteMs)].map(at);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    yield {
      kind: 'session',
      id,
      atMs: startMs,
      minutes: samples.length,
      isCut: days !== undefined && outside(database, id, days, dayStartHour).length > 0,
      days: [Math.max(first, days?.from ?? first), Math.min(last, days?.to ?? last)],
    };
  }
}

/**
 * What puts an end to these records: deletions, and for a session that reaches out of the days new ones with what stays.
 * Those that are not there (any more) need none.
 */
export function erasureOf(
  database: Database,
  ids: readonly RecordId[],
  selection: EraseSelection,
  deletedMs: number,
): VaultRecord[] {
  const days =
    selection.what === 'days'
      ? { from: dayOf(selection.from), to: dayOf(selection.to) }
      : undefined;
  const dayStartHour = dayStartHourOf(database);
  return ids
    .filter((id) => isStored(database, id))
    .flatMap((id): VaultRecord[] => [
      ...(days === undefined ? [] : outside(database, id, days, dayStartHour)),
      { type: 'tombstone', id, deletedMs },
    ]);
}

/**
 * The ids of what may have stayed of a session that was cut, before and after. They follow from the session's own, so that
 * two devices that cut it at once make the same, and a copy of the session elsewhere can be cut as it was cut here.
 */
function remnantIds(session: RecordId): readonly [before: RecordId, after: RecordId] {
  const remnantId = (name: string): RecordId =>
    createHash('sha256').update(`millrace-part ${session} ${name}`).digest('hex').slice(0, 32);
  return [remnantId('before'), remnantId('after')];
}

/** What stays here of a session that was cut, even if a remnant was cut again. None when it was deleted whole. */
export function remnantsOf(database: Database, session: RecordId): VaultRecord[] {
  return remnantIds(session).flatMap((id) => {
    const records = recordsOf(database, id);
    const wasCut = records.length === 0 && isBuried(database, id);
    return wasCut ? remnantsOf(database, id) : records;
  });
}

/** What is of a session before and after the days, as sessions of their own; nothing for what is no session. */
function outside(
  database: Database,
  id: RecordId,
  days: { readonly from: DayNumber; readonly to: DayNumber },
  dayStartHour: number,
): VaultRecord[] {
  const records = recordsOf(database, id);
  const [session] = records;
  if (session?.type !== 'session') {
    return [];
  }
  const { startMs, endMs, zoneOffsetMinutes } = session;
  const boundMs = (day: DayNumber): number =>
    day * dayMs + dayStartHour * hourMs - zoneOffsetMinutes * minuteMs;
  const [fromMs, toMs] = [boundMs(days.from), boundMs(days.to + 1)];
  const [before, after] = remnantIds(id);
  const remnant = (
    remnantId: RecordId,
    sliceStartMs: number,
    sliceEndMs: number,
  ): VaultRecord[] => {
    const minutes = records.flatMap((record) =>
      record.type === 'minute' &&
      record.sample.minute * minuteMs >= sliceStartMs &&
      record.sample.minute * minuteMs < sliceEndMs
        ? [{ ...record, session: remnantId }]
        : [],
    );
    const [first, last] = [Math.max(startMs, sliceStartMs), Math.min(endMs, sliceEndMs)];
    const hasTime = first < last;
    return hasTime || minutes.length > 0
      ? [
          ...(hasTime ? [{ ...session, id: remnantId, startMs: first, endMs: last }] : []),
          ...minutes,
        ]
      : [];
  };
  return [...remnant(before, -Infinity, fromMs), ...remnant(after, toMs, Infinity)];
}
