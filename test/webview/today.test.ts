import assert from 'node:assert/strict';
import { WebviewBench, mount, visibleText, waitForCurve, type OpenPage } from './browser.ts';
import { atMs, clock, emptyDay, ordinaryDay, zoneOffsetMinutes } from './snapshots.ts';

describe('TODAY', function () {
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
    properties: Readonly<Record<string, unknown>>,
    widthPx = 360,
  ): Promise<void> => {
    const all = { atMs, zoneOffsetMinutes, day: ordinaryDay, condition: 'ready', ...properties };
    await mount(stage.page, { name: 'today', tag: 'millrace-today', properties: all }, widthPx);
  };

  it('shows totals, sessions and what could not be told', async () => {
    await show({});
    const seen = await visibleText(stage.page);
    for (const words of [
      '3 h 11 min',
      '10% unknown: too few edits to say',
      '10:11 AM 12:13 PM 2 h 02 1 h 22',
    ]) {
      assert.ok(seen.includes(words), `"${words}" in "${seen}"`);
    }
  });

  it('reads the ribbon out by arrow keys, and lets go with Escape', async () => {
    await show({});
    const cursor = stage.page.getByRole('slider', { name: 'Look through the day' });
    await cursor.focus();
    await stage.page.keyboard.press('ArrowRight');
    assert.equal(
      await cursor.getAttribute('aria-valuetext'),
      '3:12 PM to 3:36 PM, In flow, score 74',
    );
    await stage.page.keyboard.press('ArrowLeft');
    assert.equal(
      await cursor.getAttribute('aria-valuetext'),
      '2:58 PM to 3:12 PM, Steady, score 61',
    );
    assert.ok((await visibleText(stage.page)).includes('2:58 PM to 3:12 PM, Steady, score 61'));
    await stage.page.keyboard.press('Home');
    assert.equal(await cursor.getAttribute('aria-valuetext'), '8:42 AM to 8:48 AM, Unknown');
    await stage.page.keyboard.press('Escape');
    assert.ok((await visibleText(stage.page)).includes('10% unknown'));
  });

  it('reads the ribbon out under the pointer', async () => {
    await show({});
    const cursor = stage.page.getByRole('slider');
    const box = await cursor.boundingBox();
    assert.ok(box !== null);
    // The axis runs from 8 to 18.
    await stage.page.mouse.move(box.x + box.width * 0.37, box.y + 30);
    const seen = await visibleText(stage.page);
    assert.ok(seen.includes('11:31 AM to 12:02 PM, In flow, score 76'), seen);
  });

  it('has a table for the ribbon, reached and pressed by keyboard', async () => {
    await show({});
    const button = stage.page.getByRole('button', { name: 'Show as table' });
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
    await button.focus();
    await stage.page.keyboard.press('Space');
    assert.deepEqual(await stage.page.evaluate(() => window.stage.heard()), ['todayTable true']);
    await show({ asTable: true });
    const table = stage.page.getByRole('table', { name: 'The day, spell by spell' });
    assert.equal(await table.getByRole('row').count(), ordinaryDay.spans.length + 1);
    assert.equal(await stage.page.locator('millrace-day-ribbon').count(), 0);
  });

  it('draws the score curve where there is room, and only there', async () => {
    await show({}, 360);
    assert.equal(await stage.page.locator('canvas').count(), 0);
    await show({}, 900);
    const canvas = stage.page.getByRole('img', {
      name: /Score over the day, minute by minute: between \d+ and \d+/,
    });
    await canvas.waitFor();
    await waitForCurve(stage.page);
    assert.deepEqual(stage.complaints, []);
  });

  it('opens and closes by keyboard and says what is inside when closed', async () => {
    await show({});
    const header = stage.page.getByRole('button', { name: 'Today' });
    await header.focus();
    await stage.page.keyboard.press('Enter');
    assert.equal(await header.getAttribute('aria-expanded'), 'false');
    assert.equal(await visibleText(stage.page), 'Today 3 h 11 min focused');
    assert.deepEqual(await stage.page.evaluate(() => window.stage.heard()), ['todayOpen false']);
  });

  it('shows all of many sessions when asked', async () => {
    const sessions = Array.from({ length: 9 }, (_, index) => ({
      startMs: clock(`${8 + index}:00`),
      endMs: clock(`${8 + index}:30`),
      focusedSeconds: 600,
    }));
    await show({ day: { ...ordinaryDay, sessions } });
    const rows = stage.page.getByRole('table', { name: 'Sessions' }).getByRole('row');
    assert.equal(await rows.count(), 5);
    await stage.page.getByRole('button', { name: 'Show all 9' }).click();
    assert.equal(await rows.count(), 10);
  });

  it('marks made-up history, open and closed', async () => {
    await show({ day: { ...ordinaryDay, demo: true } });
    assert.ok((await visibleText(stage.page)).includes('Nothing of it is yours'));
    await show({ day: { ...ordinaryDay, demo: true }, open: false });
    assert.equal(await visibleText(stage.page), 'Today Made-up history, 3 h 11 min focused');
  });

  it('tells the hours right on a day when the clocks change', async () => {
    // At 10:30 the clocks go back by an hour: what was 10:41 is called 9:41.
    const zones = [
      { fromMs: ordinaryDay.startMs, zoneOffsetMinutes },
      { fromMs: clock('10:30'), zoneOffsetMinutes: zoneOffsetMinutes - 60 },
    ];
    await show({ day: { ...ordinaryDay, zones }, asTable: true });
    const seen = await visibleText(stage.page);
    for (const words of [
      '10:18 AM Steady',
      '9:41 AM Unknown',
      '2:12 PM In flow',
      '12:05 PM 1:06 PM 1 h 01',
    ]) {
      assert.ok(seen.includes(words), `"${words}" in "${seen}"`);
    }
  });

  it('offers nothing to press on an empty day', async () => {
    await show({ day: emptyDay });
    assert.equal(await stage.page.getByRole('button').count(), 1);
    assert.equal(await stage.page.getByRole('slider').count(), 0);
  });
});
