import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { WebviewBench, dress, mount, waitForCurve, type OpenPage } from './browser.ts';
import { scenes } from './scenes.ts';
import type { ThemeName } from './themes.ts';

const folder = path.join(repositoryRoot, 'test/webview/screenshots');
/** The same letters on every machine. */
const fontFile = createRequire(import.meta.url).resolve(
  '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
);
/** Where pictures go that are not as they were. */
const unlikeFolder = path.join(repositoryRoot, '.cache/test-results/screenshots');
const isRemaking = process.env['MILLRACE_REMAKE_SCREENSHOTS'] === '1';

/** A pixel differs when a channel is off by more than this; fonts are smoothed differently here and there. */
const channelTolerance = 32;
/** Share of differing pixels from which a picture is another one. */
const pixelTolerance = 0.003;

const pictures: readonly (readonly [scene: string, theme: ThemeName, widthPx: number])[] = [
  ['dashboard, all open', 'dark', 360],
  ['dashboard, all open', 'light', 900],
  ['dashboard, all open', 'highContrast', 240],
  ['dashboard, damaged', 'dark', 360],
  ['dashboard, locked', 'light', 360],
  ['dashboard, first run', 'highContrastLight', 360],
  ['focus, idle, with parts', 'light', 360],
  ['focus, overtime', 'highContrast', 360],
  ['dashboard, focus idle', 'dark', 360],
  ['dashboard, in session', 'dark', 360],
  ['dashboard, in session', 'light', 900],
  ['now, assisted', 'dark', 360],
  ['now, paused', 'dark', 360],
  ['today, as a table', 'light', 360],
  ['week, as tables', 'dark', 360],
];

describe('the dashboard looks as it did', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
    await stage.page.evaluate(
      (bytes) => window.stage.bringFont(bytes),
      readFileSync(fontFile, 'base64'),
    );
    if (isRemaking) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    }
  });

  after(async () => {
    await bench.stop();
  });

  for (const [name, theme, widthPx] of pictures) {
    const file = `${name.replaceAll(/\W+/g, '-')}-${theme}-${widthPx}.png`;
    it(file, async () => {
      const scene = scenes.find((candidate) => candidate.name === name);
      assert.ok(scene !== undefined);
      await dress(stage.page, theme);
      await mount(stage.page, scene, widthPx);
      if (widthPx >= 600) {
        await waitForCurve(stage.page);
      }
      const picture = await stage.page.locator('body > div').screenshot({ animations: 'disabled' });
      if (isRemaking) {
        writeFileSync(path.join(folder, file), picture);
        return;
      }
      const kept = readFileSync(path.join(folder, file));
      const share = await differingShare(kept, picture);
      if (share > pixelTolerance) {
        mkdirSync(unlikeFolder, { recursive: true });
        writeFileSync(path.join(unlikeFolder, file), picture);
      }
      assert.ok(
        share <= pixelTolerance,
        `${(share * 100).toFixed(2)} % of the pixels differ: see ${unlikeFolder}`,
      );
    });
  }

  /** Compares two pictures in the browser itself, which can decode them; 1 where their sizes differ. */
  async function differingShare(one: Buffer, other: Buffer): Promise<number> {
    return stage.page.evaluate(
      async ([first, second, tolerance]) => {
        const pixels = async (base64: string): Promise<ImageData> => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          const context = canvas.getContext('2d', { willReadFrequently: true });
          if (context === null) {
            throw new Error('No canvas to compare on');
          }
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height);
        };
        const [a, b] = [await pixels(first), await pixels(second)];
        if (a.width !== b.width || a.height !== b.height) {
          return 1;
        }
        let differing = 0;
        for (let at = 0; at < a.data.length; at += 4) {
          const off = [0, 1, 2].some(
            (channel) =>
              Math.abs((a.data[at + channel] ?? 0) - (b.data[at + channel] ?? 0)) > tolerance,
          );
          differing += off ? 1 : 0;
        }
        return differing / (a.data.length / 4);
      },
      [one.toString('base64'), other.toString('base64'), channelTolerance] as const,
    );
  }
});
