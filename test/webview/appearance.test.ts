import assert from 'node:assert/strict';
import { WebviewBench, dress, mount, visibleText, violations, waitForCurve } from './browser.ts';
import { scenes } from './scenes.ts';

const whole = scenes.filter(({ name }) => name === 'dashboard, all open');

describe('how the dashboard adapts', function () {
  this.timeout(60_000);
  let bench: WebviewBench;

  before(async () => {
    bench = await WebviewBench.start();
  });

  after(async () => {
    await bench.stop();
  });

  it('follows a change of theme at once, the canvas too', async () => {
    const { page, complaints, close } = await bench.openStage();
    for (const scene of whole) {
      await mount(page, scene, 900);
    }
    const iconColour = (): Promise<string | undefined> =>
      page.evaluate(() => {
        const dashboard = document.querySelector('millrace-dashboard')?.shadowRoot;
        const now = dashboard?.querySelector('millrace-now')?.shadowRoot;
        const icon = now?.querySelector('.state .icon');
        return icon ? getComputedStyle(icon).color : undefined;
      });
    const darkIcon = await iconColour();
    const darkCurve = await waitForCurve(page);
    await dress(page, 'light');
    await page.evaluate(() => window.stage.change({}));
    assert.notEqual(await iconColour(), darkIcon);
    assert.notEqual(await waitForCurve(page), darkCurve);
    assert.deepEqual(complaints, []);
    await close();
  });

  it('does not move for people who asked for less motion', async () => {
    const { page, close } = await bench.openStage('', { reducedMotion: 'reduce' });
    for (const scene of whole) {
      await mount(page, scene, 360);
    }
    const moving = await page.evaluate(() => document.getAnimations().length);
    const motion = await page.evaluate(() =>
      getComputedStyle(document.body).getPropertyValue('--motion').trim(),
    );
    assert.equal(moving, 0);
    assert.equal(motion, '0s');
    await close();
  });

  it('stays readable in the colours of the system', async () => {
    const { page, complaints, close } = await bench.openStage('', { forcedColors: 'active' });
    for (const scene of whole) {
      await mount(page, scene, 360);
    }
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  it('speaks the language of the page in numbers and times', async () => {
    const { page, close } = await bench.openStage('?language=de');
    for (const scene of whole) {
      await mount(page, scene, 360);
    }
    const seen = await visibleText(page);
    assert.ok(seen.includes('15:12') || seen.includes('14:22'), seen);
    assert.ok(seen.includes('10 %'), seen);
    await close();
  });
});
