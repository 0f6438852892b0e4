import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FocusError } from '../../../src/focus/focusError.ts';
import { createUndoing, type Undoing } from '../../../src/focus/undoing.ts';
import {
  changeHostsLines,
  foreignHostsLines,
  hostsMeaning,
  hostsSites,
  hostsTextLines,
  hostsTexts,
  hostsTools,
  type HostsTool,
} from '../../support/hostsTools.ts';
import { mishaps } from '../../support/mishaps.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

/**
 * An empty last line is one as long as a line end stands behind it. The one that a block had to add to the file goes with the block.
 * @param text the file before the block
 */
function assertLines(left: readonly string[], wanted: readonly string[], text: string): void {
  const hasLostEnd = !text.endsWith('\n') && left.length + 1 === wanted.length;
  assert.deepEqual(hasLostEnd ? [...left, ''] : left, wanted);
}

/** A block is undone whatever other programs did to the hosts file meanwhile, and what they wrote is left alone. */
describe('A hosts file that other programs edit while a block is in it', function () {
  this.timeout(120_000);

  let folder: string;
  let file: string;
  let undoing: Undoing;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-hosts-tools-'));
    file = path.join(folder, 'hosts');
    undoing = createUndoing({ storageFolder: folder, hostsFile: file, log: new MemoryLog() });
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const read = (): string => readFileSync(file, 'latin1');
  const write = (text: string): void => {
    writeFileSync(file, Buffer.from(text, 'latin1'));
  };

  /** Blocks, lets the tools edit, unblocks; what is left must be what they make of the file alone. */
  async function assertUndone(text: string, tools: readonly HostsTool[]): Promise<void> {
    const editAll = (given: string): string => tools.reduce((now, { edit }) => edit(now), given);
    write(text);
    await undoing.hosts.block({ sites: hostsSites, deadlineMs: Date.now() + 3_600_000 });
    assert.match(read(), /:: www\.another-distraction\.test/);
    const edited = editAll(read());
    write(edited);
    await undoing.hosts.release();
    // In a file with CRLF one line less has its CR when there was no block, and the next tool takes it along.
    const hasMovedEnd = tools.slice(0, -1).some(({ cutsLastEnd }) => cutsLastEnd);
    const comparable = (lines: string): string =>
      hasMovedEnd ? lines.replaceAll('\r', '') : lines;
    const left = comparable(read());
    const wanted = comparable(editAll(text));
    if (tools.some(({ regroups }) => regroups)) {
      assert.deepEqual(hostsMeaning(left), hostsMeaning(wanted));
    } else if (tools.some(({ reorders }) => reorders)) {
      assert.deepEqual(hostsTextLines(left).sort(), hostsTextLines(wanted).sort());
    } else {
      const ended = (lines: string): string => lines.replace(/\r?\n?$/, '');
      assert.equal(ended(left), ended(wanted));
    }
    assert.deepEqual(await undoing.journal.all(), []);
  }

  for (const [name, text] of Object.entries(hostsTexts)) {
    for (const tool of hostsTools) {
      if (tool.dropsLaterNames === true && name.includes('another address')) {
        continue;
      }
      it(`is as the tool alone would leave it: ${name}, a tool that ${tool.name}`, () =>
        assertUndone(text, [tool]));
    }
  }

  it('is as several tools would leave it, one after the other', async () => {
    const tools = hostsTools.filter(({ dropsLaterNames }) => dropsLaterNames !== true);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(hostsTexts)),
        fc.array(fc.constantFrom(...tools), { minLength: 1, maxLength: 4 }),
        assertUndone,
      ),
      { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 150) },
    );
  });

  it('keeps every line that another program puts anywhere, between the marks as well', async () => {
    const foreign = fc.constantFrom(...foreignHostsLines);
    const insertions = fc.array(fc.tuple(fc.nat(40), foreign), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(hostsTexts)),
        insertions,
        async (text, added) => {
          write(text);
          await undoing.hosts.block({ sites: hostsSites, deadlineMs: Date.now() + 3_600_000 });
          const lines = hostsTextLines(read()).map((line) => ({ line, isForeign: false }));
          for (const [at, line] of added) {
            lines.splice(at % (lines.length + 1), 0, { line, isForeign: true });
          }
          const bom = text.startsWith('\u00ef') ? '\u00ef\u00bb\u00bf' : '';
          write(bom + lines.map(({ line }) => `${line}\n`).join(''));
          await undoing.hosts.release();
          const own = hostsTextLines(text);
          // In their order: what was there, and what was added.
          const left = hostsTextLines(read());
          const wanted = [];
          for (const { line, isForeign } of lines) {
            if (isForeign || own[0] === line) {
              wanted.push(line);
              if (!isForeign) {
                own.shift();
              }
            }
          }
          assertLines(left, wanted, text);
        },
      ),
      { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 150) },
    );
  });

  it('is never called undone while something of ours is left, and loses no line of others', async () => {
    const ourNames = new Set(hostsSites.flatMap((site) => [site, `www.${site}`]));
    const isForeign = (line: string): boolean =>
      !/millrace/i.test(line) &&
      !line.split(/[\s#]+/).some((word) => ourNames.has(word.toLowerCase().replace(/\.$/, '')));
    const foreignIn = (text: string): readonly string[] => hostsTextLines(text).filter(isForeign);
    const zeros = (text: string): readonly string[] =>
      hostsMeaning(text)
        .map((entry) =>
          entry
            .replace(/\.$/, '')
            .replace(/^[0:.]*:[0:.]* /, ':: ')
            .replace(/^0+ /, '0.0.0.0 '),
        )
        .filter((entry) => /^(?:0\.0\.0\.0|::) /.test(entry))
        .filter((entry) => ourNames.has(entry.replace(/^\S+ /, '')));
    let doubts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(hostsTexts)),
        mishaps,
        async (text, { tools, changes }) => {
          write(text);
          await rm(path.join(folder, 'restore'), { recursive: true, force: true });
          await undoing.hosts.block({ sites: hostsSites, deadlineMs: Date.now() + 3_600_000 });
          const edited = tools.reduce(
            (now, { edit }) => edit(now),
            changeHostsLines(read(), changes),
          );
          write(edited);
          const error: unknown = await undoing.hosts.release().catch((thrown: unknown) => thrown);
          // Only lines that gather our names with others' are written anew.
          if (!tools.some(({ regroups }) => regroups)) {
            assertLines(foreignIn(read()), foreignIn(edited), text);
          }
          const journal = await undoing.journal.all();
          if (error === undefined) {
            assert.deepEqual(journal, []);
            assert.doesNotMatch(read(), /millrace/i);
            const before = [...zeros(text)];
            for (const entry of new Set(zeros(read()))) {
              assert.ok(before.includes(entry), `${entry} is left in ${JSON.stringify(read())}`);
            }
          } else {
            doubts += 1;
            assert.ok(FocusError.is(error));
            assert.ok(error.lines.length > 0 && journal.length === 1, error.reason);
          }
        },
      ),
      { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 200) },
    );
    assert.ok(doubts > 0);
  });
});
