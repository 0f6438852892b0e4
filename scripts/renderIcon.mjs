// Draws media/icon.svg to media/icon.png (256 x 256), as the marketplace takes no SVG: `node scripts/renderIcon.mjs`.
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
await page.screenshot({ path: path.join(media, 'icon.png'), omitBackground: true });
await browser.close();
