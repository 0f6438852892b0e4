import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import {
  WebviewBench,
  assertNoComplaints,
  dress,
  mount,
  violations,
  type OpenPage,
} from './browser.ts';
import { scenes } from './scenes.ts';
import { themes, type ThemeName } from './themes.ts';

const widthsPx = [240, 360, 900];
const german = JSON.parse(
  readFileSync(path.join(repositoryRoot, 'l10n/dashboard.de.json'), 'utf8'),
) as Readonly<Record<string, string>>;

describe('every element, alone', function () {
  this.timeout(120_000);
  let bench: WebviewBench;
  let stage: OpenPage;
  let longTexts: OpenPage;
  let germanTexts: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
    longTexts = await bench.openStage('?strings=pseudo');
    germanTexts = await bench.openStage();
    await germanTexts.page.evaluate((strings) => {
      window.stage.speak('de', strings);
    }, german);
  });

  after(async () => {
    await bench.stop();
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    describe(`in the theme ${theme}`, () => {
      for (const scene of scenes) {
        it(scene.name, async () => {
          const { page, complaints } = stage;
          await dress(page, theme);
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

  describe('with longer words', () => {
    for (const scene of scenes) {
      it(scene.name, async () => {
        for (const width of widthsPx) {
          await mount(longTexts.page, scene, width);
          const overflow = await longTexts.page.evaluate(() => window.stage.overflow());
          assert.deepEqual(overflow, [], `${width} px`);
        }
        assertNoComplaints(longTexts.complaints, scene.name);
      });
    }
  });

  describe('in German', () => {
    for (const scene of scenes) {
      it(scene.name, async () => {
        for (const width of widthsPx) {
          await mount(germanTexts.page, scene, width);
          const overflow = await germanTexts.page.evaluate(() => window.stage.overflow());
          assert.deepEqual(overflow, [], `${width} px`);
        }
        assertNoComplaints(germanTexts.complaints, scene.name);
      });
    }
  });
});
