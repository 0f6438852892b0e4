import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import type { LazyPart, LoadedPart, PartWindow } from '../../../src/host/lazy/lazyPart.ts';
import { WindowParts } from '../../../src/host/lazy/windowParts.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { waitFor } from '../../support/waitFor.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

class FakePart implements LoadedPart<never> {
  readonly #changes = new Emitter<void>(rethrow);
  readonly heard: string[];
  readonly onDidChange = this.#changes.event;
  readonly status = { links: [] };

  constructor(heard: string[]) {
    this.heard = heard;
  }
  start(): Promise<void> {
    this.heard.push('start');
    return Promise.resolve();
  }
  run(command: string): Promise<void> {
    this.heard.push(command);
    return Promise.resolve();
  }
  wish(wish: unknown): Promise<void> {
    this.heard.push(JSON.stringify(wish));
    return Promise.resolve();
  }
  settingsChanged(): void {
    this.heard.push('settings');
  }
  refresh(): void {
    this.heard.push('refresh');
  }
  dispose(): void {
    this.heard.push('disposed');
  }
}

describe('the lazy parts of a window', () => {
  const heard: Record<'data' | 'focus' | 'other', string[]> = { data: [], focus: [], other: [] };
  let parts: WindowParts;

  const lazy = (own: string[]): LazyPart<never> => ({
    firstLookMs: 1_000,
    lookMs: 1_000,
    isNeeded: () => Promise.resolve(false),
    load: () => Promise.resolve(new FakePart(own)),
  });

  beforeEach(() => {
    for (const own of Object.values(heard)) {
      own.splice(0);
    }
    // No part here asks for more of its window.
    const window = {
      context: { globalStorageUri: { fsPath: '/nowhere' } },
      settings: () => defaultSettings,
      clock: new ManualClock(1_700_000_000_000),
      log: new MemoryLog(),
    } as unknown as PartWindow;
    const { data, focus, other } = heard;
    parts = new WindowParts({ data: lazy(data), focus: lazy(focus), other: lazy(other) }, window);
  });

  afterEach(() => {
    parts.dispose();
  });

  it('load none by themselves', () => {
    parts.settingsChanged();
    assert.deepEqual(heard, { data: [], focus: [], other: [] });
    assert.deepEqual(parts.statuses, []);
    assert.deepEqual(parts.dashboardStates(false), { focus: null, data: null });
  });

  it('load the one whose command is run, and tell that it has changed', async () => {
    let changes = 0;
    parts.onDidChange(() => (changes += 1));
    await parts.run('startFocus');
    assert.deepEqual(heard, { data: [], focus: ['start', 'startFocus'], other: [] });
    assert.equal(changes, 1);
    await parts.run('exportData');
    await parts.wish('focus', { wish: 'pause' });
    parts.settingsChanged();
    assert.deepEqual(heard, {
      data: ['start', 'exportData', 'settings'],
      focus: ['start', 'startFocus', '{"wish":"pause"}', 'settings'],
      other: [],
    });
    assert.equal(parts.statuses.length, 2);
  });

  it('load for somebody who looks at the dashboard those that it shows, and no other', async () => {
    parts.refresh();
    await waitFor('the looks', () => heard.data.length === 2 && heard.focus.length === 2);
    assert.deepEqual(heard, { data: ['start', 'refresh'], focus: ['start', 'refresh'], other: [] });
  });

  it('end with their window', async () => {
    await parts.run('startFocus');
    parts.dispose();
    assert.equal(heard.focus.at(-1), 'disposed');
  });
});
