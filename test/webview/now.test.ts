import assert from 'node:assert/strict';
import { flowStates, type FlowState } from '../../src/facts/flow.ts';
import { WebviewBench, mount, visibleText, type OpenPage } from './browser.ts';
import { atMs, nowIn, zoneOffsetMinutes } from './snapshots.ts';

const expected: Readonly<Record<FlowState, readonly string[]>> = {
  unknown: [
    'Unknown',
    'Too few edits to say',
    'no score',
    'Edits in 3 min 6 of 15',
    'Last edit 50 s ago',
  ],
  building: [
    'Building',
    '3 min in this spell',
    '49 of 100',
    'Not very sure, 36 to 62',
    'Why 3 above your usual 46',
  ],
  steady: [
    'Steady',
    '12 min in this spell',
    '55 of 100',
    'Fairly sure, 44 to 66',
    'Why 9 above your usual 46',
  ],
  inFlow: [
    'In flow',
    '46 min in this spell, 24 in flow',
    '72 of 100',
    'Fairly sure, 63 to 81. From typing rhythm alone.',
    'Even rhythm +4 Engaged time +13 Consistency +8 Corrections −5 Typing pace +6',
  ],
  assisted: ['Assisted', 'No claim about flow.', 'Typed 24% Inserted 71% Cannot tell 5%'],
  reading: [
    'Reading',
    '7 min here without edits',
    'Window in front',
    'Cursor moves 14 in 3 min',
    'Last edit 7 min ago',
  ],
  away: ['Away', '6 min. Nothing is counted.', 'Window not in front', 'Last edit 3:08 PM'],
  paused: ['Paused', 'Since 3:20 PM. Nothing is recorded.', 'Resume'],
};

describe('NOW', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
  });

  after(async () => {
    await bench.stop();
  });

  const show = (now: unknown, widthPx = 360): Promise<void> =>
    mount(
      stage.page,
      { name: 'now', tag: 'millrace-now', properties: { atMs, zoneOffsetMinutes, now } },
      widthPx,
    );

  for (const state of flowStates) {
    it(`says what is known while ${state}`, async () => {
      await show(nowIn(state));
      const seen = await visibleText(stage.page);
      for (const words of expected[state]) {
        assert.ok(seen.includes(words), `"${words}" in "${seen}"`);
      }
    });
  }

  it('says that it can not tell where VS Code does not say what is typed', async () => {
    const now = nowIn('unknown');
    await show({ ...now, evidence: { ...now.evidence, untold: true } });
    const seen = await visibleText(stage.page);
    assert.ok(seen.includes("Can't tell here: VS Code does not say what is typed"), seen);
    assert.ok(!seen.includes('Too few edits to say'), seen);
    // Only where nothing else is known.
    await show({ ...nowIn('steady'), evidence: { ...now.evidence, untold: true } });
    assert.ok(!(await visibleText(stage.page)).includes("Can't tell here"));
  });

  it('counts no minutes of a spell that has just begun', async () => {
    await show({ ...nowIn('building'), spellMs: 20_000 });
    assert.ok((await visibleText(stage.page)).includes('This spell has just begun'));
    await show({ ...nowIn('inFlow'), inFlowMs: 20_000 });
    const seen = await visibleText(stage.page);
    assert.ok(seen.includes('46 min in this spell') && !seen.includes('in this spell,'), seen);
    await show({ ...nowIn('away'), sinceMs: atMs });
    assert.ok((await visibleText(stage.page)).includes('<1 min. Nothing is counted.'));
  });

  it('makes no claim where there is no score', async () => {
    for (const state of flowStates) {
      const now = nowIn(state);
      await show(now);
      const seen = await visibleText(stage.page);
      assert.equal(seen.includes('of 100'), now.score !== null, seen);
      assert.equal(await stage.page.getByRole('meter').count(), now.score === null ? 0 : 1);
    }
  });

  it('tells the score and its range to a screen reader', async () => {
    await show(nowIn('inFlow'));
    const meter = stage.page.getByRole('meter', { name: 'Flow score' });
    assert.equal(await meter.getAttribute('aria-valuenow'), '72');
    assert.equal(
      await meter.getAttribute('aria-valuetext'),
      '72 of 100, fairly sure, likely 63 to 81. Your usual is 38 to 58.',
    );
    assert.equal(await stage.page.getByRole('row', { name: 'Corrections' }).count(), 1);
  });

  it('says whose usual it compares with until it knows the person', async () => {
    await show({ ...nowIn('steady'), baselineMinutes: 34 });
    const seen = await visibleText(stage.page);
    assert.ok(seen.includes('34 min of about 2 h'), seen);
    assert.ok(seen.includes('9 above the typical 46'), seen);
    assert.ok(!seen.includes('your usual 46'), seen);
  });

  it('keeps its height while the person points at it', async () => {
    await show(nowIn('inFlow'));
    const now = stage.page.locator('millrace-now');
    const height = async (): Promise<number> => (await now.boundingBox())?.height ?? 0;
    const tall = await height();
    await now.hover();
    await stage.page.evaluate((next) => window.stage.change({ now: next }), nowIn('paused'));
    assert.ok(Math.abs((await height()) - tall) < 0.1);
    await stage.page.mouse.move(930, 890);
    await stage.page.evaluate(() => window.stage.change({}));
    assert.ok((await height()) < tall);
  });
});
