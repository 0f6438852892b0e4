import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { systemClock } from '../../../src/base/clock.ts';
import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';
import { FocusError, type FocusFailure } from '../../../src/focus/focusError.ts';
import { FocusService, type BlockProblem } from '../../../src/focus/focusService.ts';
import { hostsEntryKind } from '../../../src/focus/hosts/hostsEntry.ts';
import { giveOrder, emptyFocusState } from '../../../src/focus/session/focusState.ts';
import { healLeftovers, restoreEverything } from '../../../src/focus/undo/healLeftovers.ts';
import { createUndoing, type Undoing } from '../../../src/focus/undoing.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { waitFor } from '../../support/waitFor.ts';

/** What stands in the hosts file counts, whatever the journal says. */
describe('The hosts file itself', function () {
  this.timeout(120_000);

  const original = '127.0.0.1 localhost\n10.0.0.1 build\n';
  const sites = ['distraction.test', 'another-distraction.test'];
  const inAnHour = (): number => Date.now() + 3_600_000;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-hosts-truth-'));
    file = path.join(folder, 'hosts');
    write(original);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const read = (): string => readFileSync(file, 'latin1');
  const write = (text: string): void => {
    writeFileSync(file, Buffer.from(text, 'latin1'));
  };
  const storageOf = (name: string): string => {
    mkdirSync(path.join(folder, name), { recursive: true });
    return path.join(folder, name);
  };
  const undoingOf = (name = 'storage'): Undoing =>
    createUndoing({
      storageFolder: storageOf(name),
      hostsFile: file,
      log: new MemoryLog(),
      environment: {},
      run: () => Promise.resolve({ code: 1, output: '' }),
    });
  /** What the file looks like while a storage's block is in it; the block is over afterwards. */
  async function blockedText(name = 'storage', deadlineMs = inAnHour()): Promise<string> {
    const { hosts } = undoingOf(name);
    await hosts.block({ sites, deadlineMs });
    const blocked = read();
    await hosts.release();
    assert.equal(read(), original);
    return blocked;
  }
  async function unblock(...args: readonly string[]): Promise<{ code: number; said: string }> {
    const output = new PassThrough();
    const all = ['--storage', storageOf('storage'), '--hosts-file', file, ...args];
    const io = { input: process.stdin, output, errors: output };
    const code = await unblockCommand.run(all, io);
    output.end();
    return { code, said: await textOf(output) };
  }
  const fails = (reason: FocusFailure) => (error: unknown) => FocusError.is(error, reason);

  describe('with a section that came back after the end', () => {
    const rewritten: Readonly<Record<string, (text: string) => string>> = {
      'as it was': (text) => text,
      'with other blanks': (text) => text.replace(/ /g, '\t'),
      'in the middle of others': (text) => `${text}10.0.0.9 later\n`,
      twice: (text) => text + text.slice(original.length),
    };
    for (const [how, edit] of Object.entries(rewritten)) {
      it(`is healed at a start, ${how}`, async () => {
        write(edit(await blockedText()));
        const report = await healLeftovers(undoingOf(), undefined, Date.now());
        assert.deepEqual([report.restored, report.failed], [['hosts'], []]);
        assert.equal(read().replace(/\t/g, ' ').replace('10.0.0.9 later\n', ''), original);
      });

      for (const args of [[], ['--leftovers']]) {
        it(`is put right by \`unblock ${args.join(' ')}\`, ${how}`, async () => {
          write(edit(await blockedText()));
          assert.deepEqual(await unblock(...args), { code: 0, said: 'Restored the hosts file.\n' });
          assert.doesNotMatch(read(), /distraction|Millrace/);
          assert.equal((await unblock(...args)).said, 'Nothing was blocked.\n');
        });
      }
    }

    it('loses it to a running window within seconds, and again', async () => {
      const blocked = await blockedText();
      const room = windowOf();
      await room.start();
      for (let round = 0; round < 2; round += 1) {
        write(blocked);
        await waitFor('the section to go', () => read() === original);
      }
      room.dispose();
    });

    it('keeps it while a session that runs wants it, whatever the journal has lost', async () => {
      const blocked = await blockedText();
      write(blocked);
      const state = giveOrder(emptyFocusState, Date.now(), {
        ...{ by: 'flow', sites, apps: [], methods: ['hosts'] },
        untilMs: inAnHour(),
      });
      assert.deepEqual((await healLeftovers(undoingOf(), state, Date.now())).restored, []);
      assert.equal(read(), blocked);
      const { hosts, journal } = undoingOf();
      await hosts.block({ sites, deadlineMs: inAnHour() });
      assert.equal((await journal.all()).length, 1);
      await hosts.release();
      assert.equal(read(), original);
    });
  });

  describe("with another editor's section", () => {
    it('keeps it until its deadline, at a start and by what is left over, but not when all is to go', async () => {
      const { hosts } = undoingOf('insiders');
      await hosts.block({ sites, deadlineMs: inAnHour() });
      const blocked = read();
      await healLeftovers(undoingOf(), undefined, Date.now());
      assert.equal((await unblock('--leftovers')).said, 'Nothing was blocked.\n');
      assert.equal(read(), blocked);
      const { restored } = await healLeftovers(undoingOf(), undefined, inAnHour() + 1);
      assert.deepEqual(restored, ['hosts']);
      assert.equal(read(), original);
      write(blocked);
      await restoreEverything(undoingOf(), Date.now());
      assert.equal(read(), original);
    });

    it('is undone by each editor for itself, also when another tool has gathered all lines', async () => {
      for (const [first, second] of [
        ['one', 'two'],
        ['two', 'one'],
      ] as const) {
        const editors = { one: undoingOf('one'), two: undoingOf('two') };
        await editors.one.hosts.block({ sites, deadlineMs: inAnHour() });
        await editors.two.hosts.block({ sites, deadlineMs: inAnHour() });
        write(
          `${read()
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('#'))
            .sort()
            .join('\n')}\n`,
        );
        await editors[first].hosts.release();
        await editors[second].hosts.release();
        assert.deepEqual(read().split('\n').sort(), original.split('\n').sort());
        write(original);
      }
    });
  });

  it('is not read for somebody who never blocked by it', async () => {
    const blocked = await blockedText();
    write(blocked);
    await rm(path.join(folder, 'storage/restore'), { recursive: true });
    const room = windowOf();
    assert.deepEqual((await room.start()).restored, []);
    assert.equal(await room.undoing.hosts.isLeft(), false);
    room.dispose();
    assert.equal(read(), blocked);
    assert.ok(!existsSync(path.join(folder, 'storage/restore/hosts.used')));
  });

  describe('with lines of which nobody can tell whose they are', () => {
    const copy = `${sites.map((site) => `0.0.0.0 ${site}`).join('\n')}\n`;

    async function blockedWithCopy(): Promise<Undoing> {
      const undoing = undoingOf();
      await undoing.hosts.block({ sites, deadlineMs: inAnHour() });
      write(read() + copy);
      return undoing;
    }

    it('keeps them, names them, and remembers', async () => {
      const { hosts, journal } = await blockedWithCopy();
      for (let time = 0; time < 3; time += 1) {
        await assert.rejects(hosts.release(), (error) => {
          assert.ok(FocusError.is(error, 'unsure'));
          assert.deepEqual(error.lines, [3, 4]);
          return true;
        });
        assert.equal(read(), original + copy);
        assert.equal((await journal.all()).length, 1);
      }
    });

    it('is told by the command line, which ends with 1, until the person has removed them', async () => {
      await blockedWithCopy();
      const { code, said } = await unblock();
      assert.equal(code, 1);
      assert.match(said, /^Could not restore the hosts file: .*\nLines to look at: 3, 4\n$/);
      write(original);
      assert.deepEqual(await unblock('--leftovers'), {
        code: 0,
        said: 'Restored the hosts file.\n',
      });
      assert.equal((await unblock()).said, 'Nothing was blocked.\n');
    });

    it('keeps them for good when the person asks again', async () => {
      const { journal } = await blockedWithCopy();
      assert.equal((await unblock()).code, 1);
      assert.equal((await unblock('--leftovers')).code, 1);
      assert.equal((await unblock()).code, 0);
      assert.equal(read(), original + copy);
      assert.deepEqual(await journal.all(), []);
    });

    it('asks again when other lines have come', async () => {
      await blockedWithCopy();
      assert.equal((await unblock()).code, 1);
      write(`${read()}:: ${sites[0] ?? ''}\n`);
      assert.match((await unblock()).said, /3, 4, 5/);
    });

    it('tells a running window once, and blocks again with the next session', async () => {
      const room = windowOf();
      const problems: BlockProblem[] = [];
      room.onProblem((problem) => problems.push(problem));
      await room.start();
      await block(room);
      write(read() + copy);
      await room.sessions.end();
      await room.enforcer.look();
      await room.enforcer.look();
      assert.equal(read(), original + copy);
      assert.deepEqual(
        problems.map(({ error }) => fails('unsure')(error)),
        [true],
      );
      await block(room);
      assert.match(read(), /Millrace/);
      write(read().replace(copy, ''));
      await room.sessions.end();
      await room.enforcer.look();
      assert.equal(read(), original);
      assert.deepEqual(await room.undoing.journal.all(), []);
      room.dispose();
    });

    it('takes them out of a file of many megabytes as well, which the journal has to keep', async () => {
      const list = Array.from(
        { length: 230_000 },
        (_, at) => `0.0.0.0 advert-${at}.example.test\n`,
      );
      const large = original + list.join('');
      assert.ok(large.length > 7_000_000);
      write(large);
      const { hosts, journal } = undoingOf();
      await hosts.block({ sites, deadlineMs: inAnHour() });
      assert.equal((await journal.all()).length, 1);
      write(read().replace(/#.*\n/g, ''));
      await hosts.release();
      assert.ok(read() === large);
      assert.deepEqual(await journal.all(), []);
    });

    it('says which, of an entry of the first versions whose marks are gone', async () => {
      const { hosts, journal } = undoingOf();
      await hosts.block({ sites, deadlineMs: inAnHour() });
      const entry = await journal.read(hostsEntryKind);
      assert.ok(entry !== undefined);
      const first = { ...entry, names: undefined, deadlines: undefined };
      await journal.write(hostsEntryKind, first);
      const blocked = read();
      write(blocked.replace(/#.*\n/g, ''));
      await assert.rejects(hosts.release(), (error) => {
        assert.ok(FocusError.is(error, 'unsure'));
        assert.equal(error.lines.length, 8);
        return true;
      });
      // With its marks it is what it always was.
      write(blocked);
      await hosts.release();
      assert.equal(read(), original);
      assert.deepEqual(await journal.all(), []);
    });
  });

  describe('with a name of the list that another line gives an address', () => {
    const pins: Readonly<Record<string, string>> = {
      'above all': `93.184.216.34 distraction.test\n${original}`,
      below: `${original}93.184.216.34 www.distraction.test\n`,
      'by IPv6': `# a head\n2606:2800::1 distraction.test\n${original}`,
      'in capitals, among others': `${original}93.184.216.34\tOther.test DISTRACTION.test. # pinned\n`,
    };
    for (const [how, pinned] of Object.entries(pins)) {
      it(`blocks above it and says so: ${how}`, async () => {
        write(pinned);
        const room = windowOf();
        const problems: BlockProblem[] = [];
        room.onProblem((problem) => problems.push(problem));
        await room.start();
        await block(room);
        const lines = read()
          .split('\n')
          .filter((line) => /^[0-9:]/.test(line));
        assert.match(lines[0] ?? '', /^0\.0\.0\.0 distraction\.test/);
        assert.deepEqual(
          problems.map(({ error }) => fails('pinned')(error)),
          [true],
        );
        assert.equal((await room.undoing.hosts.probe()).detail, 'hostsPinned');
        await room.sessions.end();
        await room.enforcer.look();
        assert.equal(read(), pinned);
        assert.equal(problems.at(-1)?.error, undefined);
        room.dispose();
      });
    }

    for (const harmless of [
      '0.0.0.0 distraction.test',
      '127.0.0.1 distraction.test',
      '::1 distraction.test',
      '# 93.184.216.34 distraction.test',
      '93.184.216.34 distraction.test.example',
      'no-address distraction.test',
    ]) {
      it(`says nothing of "${harmless}", and stands at the end`, async () => {
        write(`${harmless}\n${original}`);
        const { hosts } = undoingOf();
        await hosts.block({ sites, deadlineMs: inAnHour() });
        assert.equal(await hosts.doubt({ sites, deadlineMs: 0 }), undefined);
        assert.ok(read().startsWith(`${harmless}\n${original}# BEGIN`));
        await hosts.release();
        assert.equal(read(), `${harmless}\n${original}`);
      });
    }
  });

  /** Begins a session of ten minutes that blocks the sites, and waits until they are. */
  async function block(room: FocusService): Promise<void> {
    await room.sessions.begin({
      kind: 'focus',
      plannedMs: 600_000,
      block: { sites, apps: [], methods: ['hosts'] },
    });
    await room.enforcer.look();
  }

  function windowOf(): FocusService {
    return new FocusService({
      storageFolder: storageOf('storage'),
      cliFile: '/nowhere',
      executable: '/bin/true',
      clock: systemClock,
      log: new MemoryLog(),
      surroundings: { flow: () => 'steady', isFocused: () => true, wantsBreaks: () => false },
      undoing: {
        hostsFile: file,
        environment: {},
        run: () => Promise.resolve({ code: 1, output: '' }),
      },
    });
  }
});
