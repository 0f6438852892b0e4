import assert from 'node:assert/strict';
import type { DashboardState } from '../../src/protocol/dashboard.ts';
import type { WeekReading } from '../../src/readings/weekReading.ts';
import { WebviewBench, mount, violations, visibleText, type OpenPage } from './browser.ts';
import { brokenNumbers, tableRows } from './drawn.ts';
import { freshFocus } from './focusSnapshots.ts';
import { noInsights } from './insightSnapshots.ts';
import type { Scene } from './scenes.ts';
import { atMs, emptyDay, ordinary, ordinaryWeek, zoneOffsetMinutes } from './snapshots.ts';

const widthsPx = [240, 360, 900];

/** Seven days of nothing, after a year in which there was nothing, or too little to know what is usual. */
const weekWith = (usual: WeekReading['days'][number]['usual']): WeekReading => ({
  ...ordinaryWeek,
  days: ordinaryWeek.days.map(({ day }) => ({ day, inFlowSeconds: 0, steadySeconds: 0, usual })),
});
const nothingUsual = { lowSeconds: 0, highSeconds: 0 };
const noHours = { weeks: 12, hours: [], demo: false };
const time = { atMs, zoneOffsetMinutes };

/** Somebody who was here a year ago, and not since. */
const dashboard: DashboardState = {
  ...ordinary,
  today: emptyDay,
  history: { today: ordinary.history?.today ?? 0, previousDay: null },
  week: weekWith(nothingUsual),
  bestHours: noHours,
  insights: noInsights,
  focus: freshFocus,
  vault: { ...ordinary.vault, lastSnapshotMs: null },
};
const allOpen = {
  ...{ focusOpen: true, focusPartsOpen: true, todayOpen: true, weekOpen: true },
  ...{ insightsOpen: true, vaultOpen: true },
};

const scenes: readonly Scene[] = [
  {
    name: 'today',
    tag: 'millrace-today',
    properties: { ...time, day: emptyDay, condition: 'ready', history: dashboard.history },
  },
  {
    name: 'today, with a table asked for',
    tag: 'millrace-today',
    properties: { ...time, day: emptyDay, condition: 'ready', asTable: true },
  },
  {
    name: 'today, with seconds in no state',
    tag: 'millrace-today',
    properties: {
      ...time,
      condition: 'ready',
      day: { ...emptyDay, sessions: [{ startMs: atMs, endMs: atMs, focusedSeconds: 0 }] },
    },
  },
  ...[false, true].flatMap((asTable) =>
    [null, nothingUsual].map((usual) => ({
      name: `week and best hours, usual ${usual === null ? 'not known' : 'nothing'}${asTable ? ', as tables' : ''}`,
      tag: 'millrace-week',
      properties: { week: weekWith(usual), bestHours: noHours, open: true, asTable },
    })),
  ),
  {
    name: 'insights, with all evidence asked for',
    tag: 'millrace-insights',
    properties: { insights: noInsights, open: true, evidenceOpen: true },
  },
  {
    name: 'focus',
    tag: 'millrace-focus',
    properties: { ...time, focusState: freshFocus, condition: 'ready', partsOpen: true },
  },
  {
    name: 'the dashboard, all open',
    tag: 'millrace-dashboard',
    properties: {
      state: dashboard,
      preferences: { ...allOpen, todayTable: false, weekTable: false },
    },
  },
  {
    name: 'the dashboard, all open and as tables',
    tag: 'millrace-dashboard',
    properties: {
      state: dashboard,
      preferences: { ...allOpen, todayTable: true, weekTable: true },
    },
  },
];

describe('A year of no data', function () {
  this.timeout(120_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
  });

  after(async () => {
    await bench.stop();
  });

  for (const scene of scenes) {
    it(`draws ${scene.name}`, async () => {
      const { page, complaints } = stage;
      for (const width of widthsPx) {
        await mount(page, scene, width);
        assert.notEqual(await visibleText(page), '');
        assert.deepEqual(await brokenNumbers(page), [], `${width} px`);
        assert.deepEqual(await page.evaluate(() => window.stage.overflow()), [], `${width} px`);
        assert.deepEqual(await violations(page), [], `${width} px`);
        assert.deepEqual(complaints.splice(0), [], `${width} px`);
      }
    });
  }

  it('draws no bar, no box and no stretch', async () => {
    const properties = { week: weekWith(nothingUsual), bestHours: noHours, open: true };
    await mount(stage.page, { name: 'week', tag: 'millrace-week', properties }, 360);
    const bars = stage.page.locator('millrace-week-bars svg.bars');
    assert.equal(await bars.locator('rect').count(), 0);
    assert.deepEqual(await bars.locator('.value').allTextContents(), Array(7).fill('–'));
    assert.equal(await stage.page.locator('.best').count(), 0);
    assert.equal(await stage.page.locator('.heat td.size0').count(), 7 * 11);
    const day = { ...time, day: emptyDay, condition: 'ready' };
    await mount(stage.page, { name: 'today', tag: 'millrace-today', properties: day }, 360);
    const ribbon = stage.page.locator('millrace-day-ribbon svg.ribbon');
    assert.equal(await ribbon.locator('rect').count(), 0);
    assert.ok((await ribbon.locator('text').count()) >= 2, 'the hours stand all the same');
  });

  it('counts nothing as nothing, and claims nothing', async () => {
    const focus = { focusState: freshFocus, condition: 'ready', zoneOffsetMinutes };
    await mount(
      stage.page,
      { name: 'figures', tag: 'millrace-focus-figures', properties: focus },
      360,
    );
    const rows = await tableRows(stage.page, /./);
    assert.equal(rows.length, 5);
    for (const row of rows) {
      assert.match(row, / \| (0|<1 min|0 min|–) \| (0|<1 min|0 min|–)$/);
    }
    const insights = { insights: noInsights, open: true };
    await mount(
      stage.page,
      { name: 'insights', tag: 'millrace-insights', properties: insights },
      360,
    );
    const seen = await visibleText(stage.page);
    assert.equal(seen.match(/Needs \d+ more/g)?.length, 5, seen);
    assert.ok(!/\d%/.test(seen), seen);
  });
});
