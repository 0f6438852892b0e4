// Draws media/icon.svg as the pictures that take no SVG: the marketplace's (256 x 256) and the browser companion's (128 x 128).
// `node scripts/renderIcon.mjs`. They are packed without loss by zopflipng (Debian's zopfli), as both go into the .vsix.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const root = path.join(import.meta.dirname, '..');
const icon = readFileSync(path.join(root, 'media/icon.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.MILLRACE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, pixels] of [
  ['media/icon.png', 256],
  ['companion/icon.png', 128],
]) {
  const file = path.join(root, name);
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: ${pixels}px; height: ${pixels}px }</style>${icon}`,
  );
  await page.screenshot({ path: file, omitBackground: true });
  execFileSync('zopflipng', ['-y', '--lossy_transparent', file, file]);
}
await browser.close();
