import assert from 'node:assert/strict';
import { WebviewBench, mount, visibleText, type OpenPage } from './browser.ts';
import { ordinaryHours, ordinaryWeek } from './snapshots.ts';

describe('WEEK', function () {
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

  const show = async (properties: Readonly<Record<string, unknown>>): Promise<string> => {
    const all = { week: ordinaryWeek, bestHours: ordinaryHours, open: true, ...properties };
    await mount(stage.page, { name: 'week', tag: 'millrace-week', properties: all }, 360);
    return visibleText(stage.page);
  };

  const withToday = (inFlowSeconds: number): typeof ordinaryWeek => ({
    ...ordinaryWeek,
    days: ordinaryWeek.days.map((day, index) =>
      index === 6 ? { ...day, inFlowSeconds, steadySeconds: 0 } : day,
    ),
  });

  it('compares today with the own usual of its weekday and judges nothing', async () => {
    assert.ok((await show({})).includes('today is within your usual'));
    assert.ok((await show({ week: withToday(0) })).includes('today so far is below your usual'));
    assert.ok((await show({ week: withToday(30_000) })).includes('today is above your usual'));
    const unknown = ordinaryWeek.days.map((day) => ({ ...day, usual: null }));
    const seen = await show({ week: { ...ordinaryWeek, days: unknown } });
    assert.ok(seen.includes('your usual range appears after four weeks'), seen);
  });

  it('names the best hours and outlines them', async () => {
    const seen = await show({});
    assert.ok(seen.includes('Tue to Thu, 10 AM to 12 PM. Last 12 weeks.'), seen);
    assert.equal(await stage.page.locator('.best').count(), 6);
    const row = stage.page
      .getByRole('table', { name: /Best hours/ })
      .getByRole('row', { name: /^Tue/ });
    assert.match((await row.textContent()) ?? '', /too little data/);
    assert.match((await row.textContent()) ?? '', /41%/);
  });

  it('has room for the hours over its columns, whichever hours there are', async () => {
    for (const [first, last] of [
      [8, 18],
      [7, 20],
      [6, 19],
      [5, 19],
      [0, 18],
      [0, 19],
      [0, 20],
      [0, 23],
    ] as const) {
      const hours = [first, last].map((hour) => ({
        ...{ weekday: 0, hour, activeSeconds: 3600, inFlowSeconds: 600 },
      }));
      const properties = { bestHours: { weeks: 12, hours, demo: false }, open: true };
      await mount(stage.page, { name: 'week', tag: 'millrace-week', properties }, 240);
      assert.deepEqual(await stage.page.evaluate(() => window.stage.overflow()), []);
      const labels = await stage.page.locator('.heat thead th span:not(.sr)').evaluateAll((spans) =>
        spans.map((span) => {
          const { left, right } = span.getBoundingClientRect();
          return { words: span.textContent, left, right };
        }),
      );
      assert.ok(labels.length >= 3);
      for (const [index, { words, left }] of labels.entries()) {
        const before = labels[index - 1];
        assert.ok(
          before === undefined || left > before.right,
          `${before?.words} touches ${words} from ${first} to ${last}`,
        );
      }
    }
  });

  it('has tables for both', async () => {
    const seen = await show({ asTable: true });
    assert.ok(seen.includes('Thu 2 h 48 52 min 2:05 to 3:15'), seen);
    assert.equal(await stage.page.getByRole('table').count(), 2);
  });

  it('draws only what there is', async () => {
    assert.equal(await show({ week: null, bestHours: undefined }), '');
    assert.ok(!(await show({ bestHours: null })).includes('Best hours'));
    assert.ok(!(await show({ week: undefined })).includes('Focused time'));
  });

  it('marks made-up history', async () => {
    const seen = await show({ week: { ...ordinaryWeek, demo: true }, open: false });
    assert.equal(seen, 'Week Made-up history, today is within your usual');
  });
});
