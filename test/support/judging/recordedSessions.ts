import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../repositoryRoot.ts';
import type { RecordedSession } from './recorded.ts';

/** The four sessions that the repository holds: too few for a figure. */
export const fixtureSessions = path.join(repositoryRoot, 'test/fixtures/klicke/sessions.jsonl');

/** Recorded sessions from the file that MILLRACE_KLICKE names, or else those that lie here. */
export function recordedSessions(
  file: string = process.env['MILLRACE_KLICKE'] ?? fixtureSessions,
): RecordedSession[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as RecordedSession);
}
