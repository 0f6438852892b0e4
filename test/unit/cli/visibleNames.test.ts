import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as ts from 'typescript';
import type { CommandIo } from '../../../src/cli/command.ts';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import { purgeCommand } from '../../../src/cli/commands/purgeCommand.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { syncCommand } from '../../../src/cli/commands/syncCommand.ts';
import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { missingWords } from '../../../src/cli/missingWords.ts';
import { streamLog } from '../../../src/cli/streamLog.ts';
import { describeReport } from '../../../src/cli/vaultReport.ts';
import { visibleStream } from '../../../src/cli/visibleStream.ts';
import { createOutputLog } from '../../../src/host/outputLog.ts';
import { shownName } from '../../../src/host/dialogs/shownName.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);
/** Clears the screen, says what is not true on a line of its own, and turns around what follows. */
const hostile = '\u001b[2J\u001b]0;x\u0007\r\nwhole: 2 files, 0 of them not whole\u202e\u009b1m';
const unseen = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

describe('names that others gave', function () {
  this.timeout(120_000);
  let parent: string;
  let storage: string;
  let folder: string;
  let kit: string;
  const place = { wasmPath, clock: new ManualClock(nowMs) };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'storage', 'vault');
    folder = path.join(parent, 'shared');
    kit = path.join(parent, 'kit.txt');
    await mkdir(folder);
    await run((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  async function run(work: (io: CommandIo) => Promise<number>): Promise<string> {
    const io = { input: Readable.from(['']), output: new PassThrough(), errors: new PassThrough() };
    const [output, errors] = [text(io.output), text(io.errors)];
    await work(io);
    io.output.end();
    io.errors.end();
    return `${await output}${await errors}`;
  }

  function demandSeen(printed: string): void {
    assert.doesNotMatch(printed, unseen);
    assert.ok(!printed.split('\n').some((line) => line.startsWith('whole: 2 files')), printed);
    assert.match(printed, /\\u001b\[2J/, printed);
  }

  it('are seen as what they are in what commands say', async () => {
    const named = path.join(folder, `${hostile}.age`);
    const asked = ['--storage', storage, '--folder', folder, '--identity', kit];
    const sync = (...more: readonly string[]) =>
      run((io) => syncCommand.run([...asked, ...more], io, place));
    await sync();
    const [home = ''] = await readdir(folder);
    const [device = ''] = await readdir(path.join(folder, home));
    const own = path.join(folder, home, device);
    await writeFile(path.join(folder, home, `${hostile}.age`), 'age-encryption.org/v1\n');
    await writeFile(path.join(own, `2026-11 ${hostile}.age`), 'age-encryption.org/v1\n');
    await symlink(parent, path.join(folder, home, `${device} ${hostile}`));
    demandSeen(await sync());
    demandSeen(
      await run((io) =>
        restoreCommand.run(['--from', named, '--storage', storage, '--identity', kit], io, place),
      ),
    );
    demandSeen(
      await run((io) =>
        purgeCommand.run(
          ['--storage', storage, '--identity', kit, '--everything', '--backups', named],
          io,
          place,
        ),
      ),
    );
    demandSeen(
      await run((io) =>
        backupCommand.run(['--storage', storage, '--identity', kit, '--to', named], io, place),
      ),
    );
    demandSeen(await run((io) => unblockCommand.run(['--storage', named], io)));
    demandSeen(await sync('--leave'));
  });

  it('are seen in every report', async () => {
    const stream = new PassThrough();
    streamLog(stream).warn('A file', { file: hostile });
    stream.end();
    const lines: string[] = [];
    const put = (line: string) => {
      lines.push(line);
    };
    createOutputLog({ info: put, warn: put, error: put } as never).warn('A file', {
      file: hostile,
    });
    for (const printed of [
      await text(stream),
      lines.join('\n'),
      missingWords([{ file: hostile, reason: 'torn', month: null, device: null }]),
      describeReport({
        files: [{ kind: 'segment', file: hostile, state: 'strange', count: 0, losses: [] }],
        isWhole: false,
      }),
      describeReport({
        files: [{ kind: 'segment', file: hostile, state: 'damaged', count: 0, losses: [] }],
        isWhole: false,
      }),
      shownName(hostile),
    ]) {
      demandSeen(printed);
    }
  });

  it('are no link and no icon in VS Code', () => {
    const shown = shownName('[Restore](command:x) $(check) verified');
    assert.doesNotMatch(shown, /\]\(|\$\(/);
    assert.equal(shown.replaceAll('\u2060', ''), '[Restore](command:x) $(check) verified');
  });

  it('can order no terminal about, however they come to be printed', async () => {
    const target = new PassThrough();
    const printed = text(target);
    const stream = visibleStream(target);
    stream.write(`a\tb\n${hostile}\n`);
    await new Promise<void>((resolve) => {
      stream.end(() => {
        resolve();
      });
    });
    target.end();
    assert.doesNotMatch((await printed).replace('\t', ''), unseen);
    assert.match(await printed, /^a\tb\n/);
  });

  it('leave bytes alone', () => {
    const target = new PassThrough();
    const stream = visibleStream(target);
    stream.write(Buffer.from([0, 27, 255]));
    assert.deepEqual([...(target.read() as Buffer)], [0, 27, 255]);
  });

  it('are given to no text of ours as they are', async () => {
    assert.deepEqual(await unshownNames(), []);
  });
});

/** What a name is called where one is given to a text. */
const nameWords =
  /^(?:file|name|folder|link|device|browser|keptAs|replacedBy|missing|lead|host|first|backupFolder|syncFolder)$/;

/** What was made visible before, or is no name of others, by file and text. */
const shownBefore = [
  'host/data/erase/eraseDialogs.ts: name',
  'host/data/backup/restoreDialogs.ts: name',
  'cli/commands/purgeCommand.ts: name',
  // Of a setting of ours.
  'host/notices/rejectedSettingNotice.ts: name',
];

/** Names in the calls of `l10n.t` of host and command line that did not go through the function. */
async function unshownNames(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const room of ['cli', 'host']) {
    const root = path.join(repositoryRoot, 'src', room);
    for (const name of await readdir(root, { recursive: true })) {
      if (name.endsWith('.ts')) {
        const source = await readFile(path.join(root, name), 'utf8');
        const where = `${room}/${name.split(path.sep).join('/')}`;
        found.push(...namesIn(source).map((each) => `${where}: ${each}`));
      }
    }
  }
  return [...new Set(found)].filter((each) => !shownBefore.includes(each));
}

function namesIn(source: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('l10n.t')) {
      for (const argument of node.arguments.slice(1)) {
        const last = ts.isPropertyAccessExpression(argument) ? argument.name : argument;
        if (ts.isIdentifier(last) && nameWords.test(last.text)) {
          found.push(argument.getText());
        }
      }
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}
