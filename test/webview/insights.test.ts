import assert from 'node:assert/strict';
import type { InsightsReading } from '../../src/readings/insightsReading.ts';
import { WebviewBench, mount, violations, visibleText, type OpenPage } from './browser.ts';
import { earlyInsights, noInsights, ordinaryInsights } from './insightSnapshots.ts';

describe('INSIGHTS', function () {
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

  const show = async (
    insights: InsightsReading | null,
    properties: Readonly<Record<string, unknown>> = {},
  ): Promise<string> => {
    const all = { insights, open: true, ...properties };
    await mount(stage.page, { name: 'insights', tag: 'millrace-insights', properties: all }, 360);
    return visibleText(stage.page);
  };

  it('says what was seen, in words that name no cause', async () => {
    const seen = await show(ordinaryInsights);
    for (const sentence of [
      'Half of your spells last 18 min to 41 min.',
      'From 10 AM to 12 PM, 43% of your active time was in flow; in the rest of the day, 19%.',
      'So it was on 33 of 40 days that could tell.',
      'The window lost the focus right before 83 of 214 breaks.',
      'Before 78 of 214 nothing was seen.',
      'your work was steady again within 5 min.',
      '14 h 18 min in the seven days up to yesterday, within your usual 12 h 36 min to 14 h 36 min.',
    ]) {
      assert.ok(seen.includes(sentence), `${sentence} in ${seen}`);
    }
    assert.doesNotMatch(seen, /because|streak|better than|caused by/i);
  });

  it('says how much is missing below the least amount of data, and claims nothing', async () => {
    const seen = await show(earlyInsights);
    assert.ok(seen.includes('Needs 12 more days. 3 so far.'), seen);
    assert.ok(seen.includes('Needs 1 more spell. 19 so far.'), seen);
    assert.ok(seen.includes('Needs 16 more short absences. 4 so far.'), seen);
    assert.ok(seen.includes('Needs 4 more whole weeks. 0 so far.'), seen);
    assert.doesNotMatch(seen, /Half of|in flow;/);
  });

  it('has no evidence to show where there is none', async () => {
    await show(noInsights);
    assert.equal(await stage.page.getByRole('button', { name: /evidence/ }).count(), 0);
  });

  it('names nothing that is as frequent in the midst of spells', async () => {
    const { beforeBreaks } = ordinaryInsights;
    const found = beforeBreaks.found?.map((own) =>
      own.sign === 'blur' ? { ...own, usualShare: 0.38 } : own,
    );
    const insights = {
      ...ordinaryInsights,
      beforeBreaks: { ...beforeBreaks, found: found ?? null },
    };
    assert.ok((await show(insights)).includes('Nothing that is recorded came before breaks'));
  });

  it('names no hours where none stand out', async () => {
    const bestHours = { ...ordinaryInsights.bestHours, found: null };
    const seen = await show({ ...ordinaryInsights, bestHours });
    assert.ok(seen.includes('No hours stand out from the rest of your day.'), seen);
  });

  it('says of slow returns only that they took long', async () => {
    const recovery = {
      ...ordinaryInsights.recovery,
      found: { midSeconds: 1800, highSeconds: 1800 },
    };
    const seen = await show({ ...ordinaryInsights, recovery });
    assert.ok(seen.includes('it took 30 min or more until your work was steady again'), seen);
  });

  it('opens the evidence of one insight by keyboard, and closes it again', async () => {
    await show(ordinaryInsights);
    const { page } = stage;
    assert.equal(await page.getByRole('table').count(), 0);
    await page.keyboard.press('Tab');
    const buttons = page.getByRole('button', { name: /^Show the evidence/ });
    assert.equal(await buttons.count(), 5);
    for (let presses = 0; presses < 3; presses++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    const table = page.getByRole('table', { name: 'Spells by how long they lasted' });
    await table.waitFor();
    assert.match((await table.textContent()) ?? '', /20 to 30 min\s+61/);
    assert.equal(await page.getByRole('table').count(), 1);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Space');
    await table.waitFor({ state: 'hidden' });
  });

  it('keeps evidence open while new readings come in', async () => {
    await show(ordinaryInsights);
    await stage.page.getByRole('button', { name: 'Show the evidence: Focused time' }).click();
    await stage.page.evaluate((insights) => window.stage.change({ insights }), {
      ...ordinaryInsights,
      recordedDays: 47,
    });
    assert.equal(await stage.page.getByRole('table', { name: /spans of seven days/ }).count(), 1);
  });

  it('draws nothing without a reading, and marks what is made up or imported', async () => {
    assert.equal(await show(null), '');
    const marked = { ...ordinaryInsights, demo: true, imported: true };
    const seen = await show(marked, { open: false });
    assert.equal(seen, 'Insights Made-up history, partly imported, from the last 12 weeks');
  });
});
