import assert from 'node:assert/strict';
import { WebviewBench, mount, type OpenPage } from './browser.ts';
import { atMs } from './snapshots.ts';

describe('The question', function () {
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

  const show = (askedMs: number | null): Promise<void> =>
    mount(stage.page, { name: 'question', tag: 'millrace-question', properties: { askedMs } }, 360);

  const heard = (): Promise<readonly string[]> => stage.page.evaluate(() => window.stage.heard());

  it('is answered by keys alone', async () => {
    await show(atMs);
    await stage.page.getByRole('radio', { name: '5', exact: true }).focus();
    await stage.page.keyboard.press('Space');
    await stage.page.keyboard.press('ArrowRight');
    await stage.page.getByRole('checkbox').focus();
    await stage.page.keyboard.press('Space');
    await stage.page.keyboard.press('Enter');
    assert.deepEqual(await heard(), ['answer 6 writing interrupted']);
  });

  it('sends nothing without a rating', async () => {
    await show(atMs);
    await stage.page.getByRole('button', { name: 'Done' }).click();
    assert.deepEqual(await heard(), []);
  });

  it('takes Escape and the cross for "not now"', async () => {
    await show(atMs);
    await stage.page.getByRole('radio', { name: '1', exact: true }).press('Escape');
    await stage.page.getByRole('button', { name: 'Not now' }).click();
    assert.deepEqual(await heard(), ['dismiss', 'dismiss']);
  });

  it('takes no focus, and is nothing while nothing is asked', async () => {
    await show(atMs);
    assert.equal(await stage.page.evaluate(() => document.activeElement?.tagName), 'BODY');
    await show(null);
    assert.equal(await stage.page.getByRole('button').count(), 0);
  });
});
