import { visibleText } from '../../base/visibleText.ts';
import { storedTraits, type StoredKind, type StoredRecord } from '../../readings/storedReading.ts';
import { englishStrings, type StringKey } from '../shared/englishStrings.ts';
import {
  formatBytes,
  formatDateTime,
  formatDecimal,
  formatShortDuration,
} from '../shared/format.ts';
import { text } from '../shared/strings.ts';

/** How stored records read: their names, their values, and each of them in a line. */

type Value = StoredRecord['fields'][number]['value'];

/** Longer values are cut on view; the copy has all of it. */
const longestShown = 240;
/** What ends in `Ms` is a moment from here up (1973), and a span of time below. */
const leastMomentMs = 1e11;

/** A field's name in the person's language; one without shows the vault's own. */
export function fieldName(name: string): string {
  const key = `stored.field.${name}`;
  return isFieldKey(key) ? text(key) : name;
}

type FieldKey = Extract<StringKey, `stored.field.${string}`>;

function isFieldKey(key: string): key is FieldKey {
  return Object.hasOwn(englishStrings, key);
}

type OriginKey = Extract<StringKey, `stored.origin.${string}`>;

function isOriginKey(key: string): key is OriginKey {
  return Object.hasOwn(englishStrings, key);
}

/** A value as a person reads it. */
export function fieldValue(name: string, value: Value, zoneOffsetMinutes: number): string {
  if (value === null || value === '') {
    return '–';
  }
  if (typeof value === 'boolean') {
    return text(value ? 'stored.yes' : 'stored.no');
  }
  if (name === 'origin') {
    const key = `stored.origin.${String(value)}`;
    return isOriginKey(key) ? text(key) : String(value);
  }
  if (typeof value === 'string') {
    const shown = visibleText(value);
    return shown.length > longestShown ? `${shown.slice(0, longestShown)}…` : shown;
  }
  if (name === 'zoneOffsetMinutes') {
    return zoneName(value);
  }
  if (name.endsWith('Ms')) {
    return value >= leastMomentMs
      ? formatDateTime(value, zoneOffsetMinutes)
      : formatShortDuration(value);
  }
  if (name.endsWith('Seconds')) {
    return formatShortDuration(value * 1000);
  }
  return name === 'bytes' || name.endsWith('Bytes') ? formatBytes(value) : formatDecimal(value);
}

/** A record in a few words beside its time; empty where there is nothing to say. */
export function recordLine(kind: StoredKind, record: StoredRecord): string {
  const { summary } = storedTraits[kind];
  if ('field' in summary) {
    return wordOf(record, summary.field);
  }
  switch (summary.form) {
    case 'span': {
      const endMs = numberOf(record, 'endMs');
      const startMs = numberOf(record, 'startMs') ?? record.atMs;
      return endMs === undefined ? '' : formatShortDuration(Math.max(0, endMs - startMs));
    }
    case 'rating': {
      const rating = numberOf(record, 'rating');
      return rating === undefined ? '' : text('stored.rating', { rating });
    }
    case 'id':
      return record.id.slice(0, 8);
  }
}

/** Local time minus UTC where the record was made, in minutes; the given one where it says nothing. */
export function zoneOf(record: StoredRecord, zoneOffsetMinutes: number): number {
  const own = numberOf(record, 'zoneOffsetMinutes');
  // No place on Earth is farther from UTC than 14 hours.
  return own !== undefined && Math.abs(own) <= 14 * 60 ? own : zoneOffsetMinutes;
}

/** The whole record as indented JSON, as it stands in the vault. */
export function recordJson(kind: StoredKind, record: StoredRecord): string {
  const fields = Object.fromEntries(record.fields.map(({ name, value }) => [name, value]));
  return JSON.stringify({ kind, id: record.id, fields }, undefined, 2);
}

function zoneName(offsetMinutes: number): string {
  const total = Math.abs(Math.trunc(offsetMinutes));
  const sign = offsetMinutes < 0 ? '\u2212' : '+';
  return `UTC${sign}${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

function numberOf(record: StoredRecord, name: string): number | undefined {
  const value = record.fields.find((field) => field.name === name)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function wordOf(record: StoredRecord, field: string): string {
  const found = record.fields.find(({ name, value }) => name === field && value !== null);
  return found === undefined ? '' : String(found.value);
}
