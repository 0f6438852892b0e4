import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';
import { blockAt, emptyFocusState, giveOrder } from '../../../src/focus/session/focusState.ts';
import {
  boundedDeadline,
  isDeadlineOver,
  longestBlockMs,
} from '../../../src/focus/sites/blockDeadline.ts';
import { healLeftovers } from '../../../src/focus/undo/healLeftovers.ts';
import { Deadlines } from '../../../src/focus/undo/warden.ts';
import { createUndoing, type Undoing } from '../../../src/focus/undoing.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const day = longestBlockMs;
const hour = 3_600_000;

describe('The deadline of a block', () => {
  it('is never more than a day ahead, stays for half an hour, and is over at last however the clock is set', () => {
    const times = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(times, fc.double({ min: -1e13, max: 1e13, noNaN: true }), (nowMs, aheadMs) => {
        const bounded = boundedDeadline(nowMs + aheadMs, nowMs);
        assert.ok(bounded <= nowMs + day && bounded <= nowMs + aheadMs);
        assert.ok(bounded === nowMs + aheadMs || bounded > nowMs + day - hour);
        assert.equal(isDeadlineOver(bounded, nowMs), bounded <= nowMs);
        // Whatever stands somewhere is over after a day and a minute of a clock that goes on.
        assert.ok(
          isDeadlineOver(nowMs + aheadMs, nowMs) ||
            isDeadlineOver(nowMs + aheadMs, nowMs + day + 60_000),
        );
      }),
    );
    for (const odd of [NaN, Infinity, -Infinity]) {
      assert.ok(isDeadlineOver(odd, Date.now()));
    }
  });

  it('of an order for flow is none that a clock set back has put far ahead', () => {
    const nowMs = Date.UTC(2026, 5, 1);
    const given = {
      by: 'flow',
      sites: ['distraction.test'],
      apps: [],
      methods: ['hosts'],
    } as const;
    const ordered = (untilMs: number) =>
      giveOrder(emptyFocusState, nowMs, {
        ...given,
        sites: [...given.sites],
        apps: [],
        methods: ['hosts'],
        untilMs,
      });
    assert.equal(blockAt(ordered(nowMs + hour), nowMs)?.deadlineMs, nowMs + hour);
    assert.equal(blockAt(ordered(nowMs + 3 * day), nowMs), undefined);
  });

  it('that the warden finds far ahead is over at once; one that it knows is as long as it was', () => {
    const clock = new ManualClock(Date.UTC(2026, 5, 1));
    const deadlines = new Deadlines(clock);
    deadlines.look();
    const known = clock.wallMs() + hour;
    assert.equal(deadlines.isOver(known), false);
    assert.equal(deadlines.isOver(clock.wallMs() + 3 * day), true);
    clock.setWall(clock.wallMs() - 30 * day);
    deadlines.look();
    assert.equal(deadlines.isOver(known), false);
    clock.advance(hour + 1);
    deadlines.look();
    assert.equal(deadlines.isOver(known), true);
  });

  describe('that lies far ahead as the clock was set back', () => {
    let folder: string;
    let undoing: Undoing;
    let file: string;
    const original = '127.0.0.1 localhost\n';
    const sites = ['distraction.test'];

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'millrace-deadline-'));
      file = path.join(folder, 'hosts');
      writeFileSync(file, original);
      undoing = createUndoing({
        ...{ storageFolder: folder, hostsFile: file, log: new MemoryLog(), environment: {} },
        run: () => Promise.resolve({ code: 1, output: '' }),
      });
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    const read = (): string => readFileSync(file, 'latin1');

    for (const backMs of [2 * day, 400 * day, 20_000 * day]) {
      it(`by ${backMs / day} days keeps no block: ours, and another editor's`, async () => {
        await undoing.hosts.block({ sites, deadlineMs: Date.now() + hour });
        const wanted = giveOrder(emptyFocusState, Date.now(), {
          ...{ by: 'flow', sites, apps: [], methods: ['hosts'] },
          untilMs: Date.now() + hour,
        });
        assert.deepEqual((await healLeftovers(undoing, wanted, Date.now())).restored, []);
        assert.match(read(), /Millrace/);
        const report = await healLeftovers(undoing, wanted, Date.now() - backMs);
        assert.deepEqual(report, { restored: ['hosts'], failed: [] });
        assert.equal(read(), original);
        const others = `# BEGIN Millrace 99999999 until=${Date.now() + backMs} newline=kept\n0.0.0.0 a.test\n:: a.test\n# END Millrace 99999999\n`;
        writeFileSync(file, original + others);
        await healLeftovers(undoing, undefined, Date.now());
        assert.equal(read(), original);
      });
    }

    it('goes by `unblock --leftovers`', async () => {
      const far = Date.now() + 400 * day;
      const section = `# BEGIN Millrace 99999999 until=${far} newline=kept\n0.0.0.0 a.test\n:: a.test\n# END Millrace 99999999\n`;
      writeFileSync(file, original + section);
      const output = new PassThrough();
      const all = ['--storage', folder, '--hosts-file', file, '--leftovers'];
      assert.equal(
        await unblockCommand.run(all, { input: process.stdin, output, errors: output }),
        0,
      );
      assert.equal(read(), original);
    });
  });
});
