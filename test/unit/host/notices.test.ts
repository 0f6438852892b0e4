import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import type { FlowState } from '../../../src/facts/flow.ts';
import { holdInFlow } from '../../../src/host/notices/holdInFlow.ts';
import {
  Notices,
  type NoticeAction,
  type NoticeMemory,
} from '../../../src/host/notices/notices.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';

const never = 'never again';
const always = (): boolean => true;

class Memory implements NoticeMemory {
  readonly values = new Map<string, unknown>();
  get<Value>(key: string, otherwise: Value): Value {
    // What was put there is of the type that is asked for.
    return (this.values.get(key) as Value | undefined) ?? otherwise;
  }
  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}

describe('Notices', () => {
  let clock: ManualClock;
  let memory: Memory;
  let log: MemoryLog;
  let notices: Notices;
  let shown: string[];
  let answers: ((title: string | undefined) => void)[];

  const open = (): Notices => {
    const show = (message: string, ...titles: string[]): Promise<string | undefined> => {
      assert.equal(titles.at(-1), never, 'each can be told not to come back');
      shown.push(message);
      return new Promise((resolve) => answers.push(resolve));
    };
    const screen = { warn: show, inform: show, never: () => never };
    return new Notices({ screen, memory, clock, log });
  };

  /** Presses a button of the notice that was shown last, or puts it away. */
  const answer = async (title?: string): Promise<void> => {
    answers.at(-1)?.(title);
    // Promises settle in turns; a task comes after all of them.
    await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    clock = new ManualClock(0);
    memory = new Memory();
    log = new MemoryLog();
    shown = [];
    answers = [];
    notices = open();
  });

  afterEach(() => {
    notices.dispose();
    assert.equal(log.text, '');
  });

  it('shows warnings and questions through one queue, one at a time', async () => {
    notices.warn('vault', 'warning', []);
    notices.ask('first', 'question', [], always);
    notices.ask('second', 'another', [], always);
    assert.deepEqual(shown, ['warning']);
    await answer();
    assert.deepEqual(shown, ['warning', 'question']);
    await answer();
    assert.deepEqual(shown, ['warning', 'question', 'another']);
  });

  it('keeps everything back while held, and lets it out one by one afterwards', async () => {
    notices.hold(true);
    notices.ask('first', 'question', [], always);
    notices.warn('vault', 'warning', []);
    notices.inform('news', 'news', []);
    clock.advance(3_600_000);
    assert.deepEqual(shown, []);
    notices.hold(false);
    assert.deepEqual(shown, ['question']);
    await answer();
    await answer();
    assert.deepEqual(shown, ['question', 'warning', 'news']);
  });

  it('lets out what no other reason holds', () => {
    notices.hold(true, 'flow');
    notices.hold(true);
    notices.ask('first', 'question', [], always);
    notices.hold(false, 'flow');
    assert.deepEqual(shown, []);
    notices.hold(false);
    assert.deepEqual(shown, ['question']);
  });

  it('drops a question whose moment has passed, and goes on with the next', () => {
    let isDue = true;
    notices.hold(true);
    notices.ask('first', 'question', [], () => isDue);
    notices.ask('second', 'another', [], always);
    isDue = false;
    notices.hold(false);
    assert.deepEqual(shown, ['another']);
    isDue = true;
    clock.advance(3_600_000);
    assert.deepEqual(shown, ['another'], 'dropped for good');
  });

  it('never begins to wait with a question that is past already', () => {
    let isDue = false;
    notices.hold(true);
    notices.ask('first', 'question', [], () => isDue);
    isDue = true;
    notices.hold(false);
    assert.deepEqual(shown, []);
  });

  it('asks with the later words where a question of the same kind waits', () => {
    notices.hold(true);
    notices.ask('break', 'earlier', [], always);
    notices.ask('break', 'later', [], always);
    notices.hold(false);
    clock.advance(3_600_000);
    assert.deepEqual(shown, ['later']);
  });

  it('answers the own action at once, beside another notice and while held', () => {
    notices.warn('vault', 'warning', []);
    notices.hold(true, 'flow');
    notices.reply('no way', 'answer', []);
    assert.deepEqual(shown, ['warning', 'answer']);
  });

  it('stays silent for good where it is told so, in its turn too', async () => {
    notices.ask('break', 'question', [], always);
    notices.ask('break', 'again', [], always);
    await answer(never);
    notices.ask('break', 'once more', [], always);
    notices.reply('break', 'and once more', []);
    clock.advance(3_600_000);
    assert.deepEqual(shown, ['question']);
    notices.dispose();
    notices = open();
    notices.ask('break', 'after a reload', [], always);
    assert.deepEqual(shown, ['question']);
  });

  it('does what the button says, and nothing when it is put away', async () => {
    const done: string[] = [];
    const actions: readonly NoticeAction[] = ['one', 'two'].map((title) => ({
      title,
      run: () => done.push(title),
    }));
    notices.ask('first', 'question', actions, always);
    await answer('two');
    notices.ask('first', 'question', actions, always);
    await answer();
    assert.deepEqual(done, ['two']);
  });

  it('warns once for each state, and again after it was over', async () => {
    notices.warn('vault', 'warning', []);
    await answer();
    notices.warn('vault', 'warning', []);
    assert.deepEqual(shown, ['warning']);
    assert.equal(notices.clear('vault'), false);
    notices.warn('vault', 'warning', []);
    assert.deepEqual(shown, ['warning', 'warning']);
  });

  it('tells whether what it clears was still unseen', () => {
    notices.hold(true);
    notices.ask('first', 'question', [], always);
    assert.equal(notices.clear('first'), true);
    assert.equal(notices.clear('first'), false);
    notices.hold(false);
    assert.deepEqual(shown, []);
  });

  it('are held from the step that finds flow to the one that finds none', () => {
    const steps = new Emitter<{ readonly state: FlowState }>(rethrow);
    const following = holdInFlow({ onDidStep: steps.event }, notices);
    steps.fire({ state: 'steady' });
    notices.ask('first', 'before flow', [], always);
    assert.deepEqual(shown, ['before flow']);
    steps.fire({ state: 'inFlow' });
    clock.advance(60_000);
    notices.ask('second', 'in flow', [], always);
    steps.fire({ state: 'inFlow' });
    clock.advance(3_600_000);
    assert.deepEqual(shown, ['before flow']);
    steps.fire({ state: 'paused' });
    assert.deepEqual(shown, ['before flow', 'in flow']);
    following.dispose();
    steps.fire({ state: 'inFlow' });
    clock.advance(60_000);
    notices.ask('third', 'nobody follows any more', [], always);
    assert.equal(shown.length, 3);
  });
});
