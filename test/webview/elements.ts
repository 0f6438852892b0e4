import assert from 'node:assert/strict';
import {
  WebviewBench,
  assertNoComplaints,
  dress,
  mount,
  violations,
  type OpenPage,
} from './browser.ts';
import { scenes } from './scenes.ts';
import type { ThemeName } from './themes.ts';

const widthsPx = [240, 360, 900];

/** Describes how every element must look in a theme: nothing sticks out, and axe-core has nothing to say. */
export function describeElementsIn(theme: ThemeName): void {
  describe(`every element, alone in the theme ${theme}`, function () {
    this.timeout(120_000);
    let bench: WebviewBench;
    let stage: OpenPage;

    before(async () => {
      bench = await WebviewBench.start();
      stage = await bench.openStage();
      await dress(stage.page, theme);
    });

    after(() => bench.stop());

    for (const scene of scenes) {
      it(scene.name, async () => {
        const { page, complaints } = stage;
        for (const width of widthsPx) {
          await mount(page, scene, width);
          assert.deepEqual(await page.evaluate(() => window.stage.overflow()), [], `${width} px`);
          assert.deepEqual(await violations(page), [], `${width} px`);
          assertNoComplaints(complaints, `${width} px`);
        }
      });
    }
  });
}

/**
 * Describes how every element must stand other words.
 * @param speak makes the page speak them
 */
export function describeElementsWith(
  words: string,
  query: string,
  speak: (stage: OpenPage) => Promise<void> = () => Promise.resolve(),
): void {
  describe(`every element, alone ${words}`, function () {
    this.timeout(120_000);
    let bench: WebviewBench;
    let stage: OpenPage;

    before(async () => {
      bench = await WebviewBench.start();
      stage = await bench.openStage(query);
      await speak(stage);
    });

    after(() => bench.stop());

    for (const scene of scenes) {
      it(scene.name, async () => {
        for (const width of widthsPx) {
          await mount(stage.page, scene, width);
          const overflow = await stage.page.evaluate(() => window.stage.overflow());
          assert.deepEqual(overflow, [], `${width} px`);
        }
        assertNoComplaints(stage.complaints, scene.name);
      });
    }
  });
}
