import assert from 'node:assert/strict';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { FocusService } from '../../../src/focus/focusService.ts';
import { FocusSessions } from '../../../src/focus/session/focusSessions.ts';
import type { BlockOrder } from '../../../src/focus/session/focusState.ts';
import { FocusStateFile } from '../../../src/focus/session/focusStateFile.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { waitFor } from '../../support/waitFor.ts';

/** What a person changes takes effect at once, also in the middle of a session. */

const minuteMs = 60_000;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe('A changed setting', function () {
  this.timeout(120_000);

  let storageFolder: string;

  beforeEach(async () => {
    storageFolder = await mkdtemp(path.join(tmpdir(), 'millrace-effect-'));
  });

  afterEach(async () => {
    await rm(storageFolder, { recursive: true, maxRetries: 10, retryDelay: 100 });
  });

  function sessionsWith(clock: ManualClock, wantsBreaks: () => boolean): FocusSessions {
    return new FocusSessions({
      clock,
      log: new MemoryLog(),
      store: new FocusStateFile(storageFolder),
      surroundings: { flow: () => 'steady', isFocused: () => true, wantsBreaks },
    });
  }

  for (const wantsBreaks of [true, false]) {
    it(`suggests ${wantsBreaks ? 'a break where they are' : 'none where they are not'} wanted`, async () => {
      const clock = new ManualClock(1_700_000_000_000);
      const sessions = sessionsWith(clock, () => wantsBreaks);
      let suggested = 0;
      sessions.onSuggestBreak(() => (suggested += 1));
      for (let minute = 0; minute <= 51; minute += 1) {
        await sessions.tick();
        clock.advance(minuteMs);
      }
      await sessions.naturalBreak('save');
      assert.equal(suggested, wantsBreaks ? 1 : 0);
      const isWritten = await access(path.join(storageFolder, 'focus.json')).then(
        () => true,
        () => false,
      );
      assert.equal(isWritten, wantsBreaks);
      sessions.dispose();
    });
  }

  it('changes what the running session blocks, and nothing once the block is lifted', async () => {
    const sessions = sessionsWith(new ManualClock(1_700_000_000_000), () => false);
    const block = { sites: ['a.test'], apps: [], methods: ['hosts' as const] };
    await sessions.begin({ kind: 'focus', plannedMs: 10 * minuteMs, block });
    const order = (): BlockOrder | null => sessions.state.order;
    const given = order()?.setMs;
    await sessions.changeBlock({ ...block });
    assert.ok(given !== undefined);
    assert.equal(order()?.setMs, given);
    await sessions.changeBlock({ ...block, sites: ['a.test', 'b.test'] });
    assert.deepEqual(order()?.sites, ['a.test', 'b.test']);
    await sessions.liftBlocks();
    await sessions.changeBlock(block);
    assert.deepEqual(order()?.sites, []);
    sessions.dispose();
  });

  it('opens and closes the servers of the ways of blocking', async () => {
    const room = new FocusService({
      storageFolder,
      cliFile: '/nowhere',
      clock: systemClock,
      log: new MemoryLog(),
      surroundings: { flow: () => 'steady', isFocused: () => true, wantsBreaks: () => false },
      undoing: {
        hostsFile: path.join(storageFolder, 'hosts'),
        environment: {},
        run: () => Promise.reject(new Error('no such program')),
      },
    });
    const [proxyPort, companionPort] = [await freePort(), await freePort()];
    const answers = (url: string): Promise<boolean> =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    await room.choose({ proxyPort, companionPort, sites: ['a.test'] });
    const pac = room.proxy?.pacUrl ?? '';
    assert.ok(pac.includes(String(proxyPort)));
    assert.ok(await answers(pac));
    assert.match(await (await fetch(pac)).text(), /a\.test/);
    const alive = `http://127.0.0.1:${companionPort}/alive`;
    assert.ok(await answers(alive));
    await room.choose({ proxyPort: undefined, companionPort: undefined, sites: [] });
    await waitFor(
      'both to be closed',
      async () => !(await answers(pac)) && !(await answers(alive)),
    );
    room.dispose();
  });

  it('tells once that a port is taken, and that it is free again', async () => {
    const room = new FocusService({
      storageFolder,
      cliFile: '/nowhere',
      clock: systemClock,
      log: new MemoryLog(),
      surroundings: { flow: () => 'steady', isFocused: () => true, wantsBreaks: () => false },
    });
    const told: boolean[] = [];
    room.onProblem(({ error }) => told.push(error !== undefined));
    const taken = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const choice = { companionPort: port, proxyPort: undefined, sites: [] };
    await room.choose(choice);
    await room.choose(choice);
    assert.deepEqual(told, [true]);
    await new Promise((resolve) => taken.close(resolve));
    await room.choose(choice);
    assert.deepEqual(told, [true, false]);
    await room.choose({ ...choice, companionPort: undefined });
    room.dispose();
  });
});
