import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HeardEdit } from './recordedEvents.ts';
import { useDesk, type Desk } from './ways/desk.ts';
import { helpedWays, savingWays } from './ways/helpedWays.ts';
import { inputMethodWays, keyWays } from './ways/keyWays.ts';
import { notebookWays, otherWays, outsideWays } from './ways/otherWays.ts';
import type { WayGroup } from './ways/way.ts';

const groups: readonly WayGroup[] = [
  ...[keyWays, inputMethodWays, helpedWays, savingWays, otherWays, outsideWays, notebookWays],
];

/** Built into dist/test/host. */
const page = path.join(__dirname, '../../../docs/what-counts.md');
/** `npm run ways` sets it. */
const remakes = process.env['MILLRACE_REMAKE_WAYS'] !== undefined;

/** What the table calls an edit. */
function wordFor({ kind, insertedChars, deletedChars }: HeardEdit): string {
  switch (kind) {
    case 'insert':
      return 'typed';
    case 'replace':
      return insertedChars === 0 && deletedChars === 0 ? 'a command' : 'typed';
    case 'delete':
      return 'deleted';
    case 'undo':
      return 'undone';
    case 'block':
      return 'inserted';
    case 'unknown':
    case 'late':
    case 'navigate':
    case 'blur':
    case 'focus':
      return kind;
  }
}

/** As the minute counts them. */
function typedCharsOf(heard: readonly HeardEdit[]): number {
  return heard.reduce(
    (sum, { kind, insertedChars, deletedChars }) =>
      kind === 'insert' ? sum + insertedChars - deletedChars : sum,
    0,
  );
}

/** The ways in which a document changes, tried in the real editor; docs/what-counts.md says what each counts as. */
describe('Ways of change', () => {
  const found = new Map<string, string>();
  let desk: Desk;
  useDesk((made) => {
    desk = made;
  });

  after(() => {
    if (remakes) {
      writeFileSync(page, withTables(readFileSync(page, 'utf8')));
    }
  });

  for (const { ways } of groups) {
    for (const { name, attempt, typedChars } of ways) {
      it(name, async () => {
        const heard = await attempt(desk);
        const counts = [...new Set(heard.map(wordFor))].sort().join(', ');
        found.set(name, counts === '' ? 'nothing' : counts);
        if (typedChars !== undefined) {
          assert.equal(typedCharsOf(heard), typedChars, JSON.stringify(heard));
        }
        if (!remakes) {
          const line = readFileSync(page, 'utf8')
            .split('\n')
            .find((each) => each.startsWith(`| ${name} |`));
          assert.equal(line, lineOf(name), JSON.stringify(heard));
        }
      });
    }
  }

  function lineOf(name: string): string {
    return `| ${name} | ${found.get(name) ?? '?'} |`;
  }

  function withTables(text: string): string {
    const tables = groups.map(({ title, ways }) =>
      [
        ...[`### ${title}`, '', '| what happens | counts as |', '| --- | --- |'],
        ...ways.map(({ name }) => lineOf(name)),
      ].join('\n'),
    );
    const [begin] = text.split(mark);
    return `${begin ?? ''}${mark}\n\n${tables.join('\n\n')}\n`;
  }
});

const mark = '<!-- Made by `npm run ways`. -->';
