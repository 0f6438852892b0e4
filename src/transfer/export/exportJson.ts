import type { Database } from '../../vault/sqlite/database.ts';
import { formatDay } from '../../facts/localDay.ts';
import { formatTime } from '../../facts/isoTime.ts';
import type { ExportScope } from '../records/exportScope.ts';
import { writeOutputFile, type OutputFile } from './outputFile.ts';
import { recordKinds } from '../records/recordKinds.ts';
import { minuteJson, sessionJson } from '../records/sessionJson.ts';
import { storedSessions, type StoredSession } from '../records/storedSessions.ts';

/** `format` and `version` of the export: docs/export-format.md. */
export const exportFormat = 'millrace-export';
export const exportVersion = 1;

/** What an export is made of, and who hears how far it is. */
export interface ExportSource {
  readonly database: Database;
  readonly scope: ExportScope;
  readonly vaultId: string;
  readonly madeMs: number;
  /** Called after each session, looked at or taken; throws when the export was cancelled. */
  passed(): void;
}

export interface ExportCounts {
  sessions: number;
  minutes: number;
  /** Records of all other kinds. */
  others: number;
}

export interface ExportResult extends ExportCounts {
  sizeBytes: number;
}

/** One record a line, so that a person can look into it, and nothing of it is in memory but the session at hand. */
export async function exportJson(
  source: ExportSource,
  target: string,
  replaces: boolean,
): Promise<ExportResult> {
  const counts: ExportCounts = { sessions: 0, minutes: 0, others: 0 };
  const sizeBytes = await writeOutputFile(target, replaces, async (file) => {
    await file.write(head(source));
    await writeSessions(source, file, counts);
    for (const kind of recordKinds) {
      await file.write(`,\n"${kind.name}": [`);
      let separator = '\n';
      for (const object of kind.objects(source.database, source.scope)) {
        await file.write(separator + JSON.stringify(object));
        separator = ',\n';
        counts.others++;
      }
      await file.write('\n]');
    }
    await file.write(`,\n"counts": ${JSON.stringify(counts)}\n}\n`);
  });
  return { ...counts, sizeBytes };
}

function head({ scope, vaultId, madeMs }: ExportSource): string {
  const { days } = scope;
  const members = {
    format: exportFormat,
    version: exportVersion,
    made: formatTime(madeMs, scope.zoneOffsetMinutes(madeMs)),
    vault: vaultId,
    dayStartHour: scope.dayStartHour,
    days: days === undefined ? null : { from: formatDay(days.from), to: formatDay(days.to) },
  };
  const lines = Object.entries(members).map(
    ([name, value]) => `"${name}": ${JSON.stringify(value)},\n`,
  );
  return `{\n${lines.join('')}`;
}

async function writeSessions(
  source: ExportSource,
  file: OutputFile,
  counts: ExportCounts,
): Promise<void> {
  await file.write('"sessions": [');
  let separator = '\n';
  for (const session of storedSessions(source.database, source.scope)) {
    source.passed();
    if (session !== undefined) {
      await file.write(separator + sessionText(session));
      separator = ',\n';
      counts.sessions++;
      counts.minutes += session.samples.length;
    }
  }
  await file.write('\n]');
}

function sessionText(session: StoredSession): string {
  const minutes = session.samples.map((sample) => minuteJson(sample, session.zoneOffsetMinutes));
  return JSON.stringify({ ...sessionJson(session), minutes });
}
