import { featureNames } from '../../facts/flow.ts';
import type { ExportCounts, ExportResult, ExportSource } from './exportJson.ts';
import { writeOutputFolder, type OutputFile } from './outputFile.ts';
import { recordKinds } from '../records/recordKinds.ts';
import { minuteJson, sessionJson } from '../records/sessionJson.ts';
import { storedSessions } from '../records/storedSessions.ts';

/**
 * A folder with one file a table, as RFC 4180 has it: CRLF, quotes around what needs them, and a first line with the
 * names. Nothing at all between two commas is "none"; the empty text is `""`.
 */

const sessionColumns = ['id', 'told', 'start', 'end', 'zoneOffsetMinutes', 'origin'];
const minuteColumns = [
  ...['session', 'at', 'state', 'score', 'confidence', 'seconds', 'insertedChars', 'deletes'],
  ...['blockChars', 'undos', 'navigations', 'blurs'],
  ...featureNames.map((name) => `raw.${name}`),
];

/** Sessions are read twice, once for each of their tables. */
export async function exportCsv(source: ExportSource, target: string): Promise<ExportResult> {
  const counts: ExportCounts = { sessions: 0, minutes: 0, others: 0 };
  const { database, scope } = source;
  const sizeBytes = await writeOutputFolder(target, async (add) => {
    await add('sessions.csv', async (file) => {
      await writeRow(file, sessionColumns);
      for (const session of storedSessions(database, scope)) {
        source.passed();
        if (session !== undefined) {
          await writeRow(file, cellsOf(sessionJson(session), sessionColumns));
          counts.sessions++;
        }
      }
    });
    await add('minutes.csv', async (file) => {
      await writeRow(file, minuteColumns);
      for (const session of storedSessions(database, scope)) {
        source.passed();
        if (session !== undefined) {
          const rows = session.samples.map((sample) => {
            const object = minuteJson(sample, session.zoneOffsetMinutes);
            return rowText(cellsOf({ session: session.id, ...object }, minuteColumns));
          });
          // One write a session: one a minute takes several times as long.
          await file.write(rows.join(''));
          counts.minutes += rows.length;
        }
      }
    });
    for (const kind of recordKinds) {
      await add(`${kind.name}.csv`, async (file) => {
        await writeRow(file, kind.columns);
        for (const object of kind.objects(database, scope)) {
          await writeRow(file, cellsOf(object, kind.columns));
          counts.others++;
        }
      });
    }
  });
  return { ...counts, sizeBytes };
}

/** The members of an object in the order of columns; `a.b` is a member of a member. */
function cellsOf(
  object: Readonly<Record<string, unknown>>,
  columns: readonly string[],
): readonly unknown[] {
  return columns.map((column) => {
    const dot = column.indexOf('.');
    if (dot === -1) {
      return object[column];
    }
    const inner = object[column.slice(0, dot)];
    return isObject(inner) ? inner[column.slice(dot + 1)] : undefined;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function writeRow(file: OutputFile, cells: readonly unknown[]): Promise<void> {
  return file.write(rowText(cells));
}

function rowText(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * One cell. A text that a spreadsheet would take for a formula (OWASP, "CSV Injection") gets an apostrophe in front, and
 * so does one that begins with an apostrophe: whoever takes one away from each text that has one has what was there.
 * Numbers are left alone. Lists and objects are JSON.
 */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
