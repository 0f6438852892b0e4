// Draws media/icon.svg to media/icon.png (256 x 256), as the marketplace takes no SVG: `node scripts/renderIcon.mjs`. It is packed
// without loss by zopflipng (Debian's zopfli), as it goes into the .vsix three times.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const media = path.join(import.meta.dirname, '../media');
const browser = await chromium.launch({
  executablePath: process.env.MILLRACE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
const icon = readFileSync(path.join(media, 'icon.svg'), 'utf8');
await page.setContent(`<body style="margin:0;background:transparent">${icon}</body>`);
const file = path.join(media, 'icon.png');
await page.screenshot({ path: file, omitBackground: true });
await browser.close();
execFileSync('zopflipng', ['-y', '--lossy_transparent', file, file]);
