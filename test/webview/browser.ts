import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openChromium } from './chromium.ts';
import { startPageServer, type PageServer } from './pageServer.ts';
import type { Scene } from './scenes.ts';
import './stage.ts';
import type { ThemeName } from './themes.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** A browser, which other files may share, and a server for one file; `open` hands out pages that note every complaint. */
export class WebviewBench {
  readonly #browser: Browser;
  readonly server: PageServer;

  private constructor(browser: Browser, server: PageServer) {
    this.#browser = browser;
    this.server = server;
  }

  static async start(): Promise<WebviewBench> {
    const browser = await openChromium();
    return new WebviewBench(browser, await startPageServer());
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.server.close();
  }

  /** Opens a page of the server; its console's warnings and errors end up in `complaints`. */
  async open(pathAndQuery: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 940, height: 900 },
      locale: 'en-US',
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${this.server.origin}${pathAndQuery}`);
    return { page, complaints, close: () => context.close() };
  }

  async openStage(query = '', options: BrowserContextOptions = {}): Promise<OpenPage> {
    const opened = await this.open(`/stage${query}`, options);
    await opened.page.waitForFunction(() => 'stage' in window);
    return opened;
  }
}

export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

export async function dress(page: Page, theme: ThemeName): Promise<void> {
  await page.evaluate((name) => {
    window.stage.dress(name);
  }, theme);
}

export async function mount(page: Page, scene: Scene, widthPx: number): Promise<void> {
  await page.evaluate(([tag, properties, width]) => window.stage.mount(tag, properties, width), [
    scene.tag,
    scene.properties,
    widthPx,
  ] as const);
}

export function visibleText(page: Page): Promise<string> {
  return page.evaluate(() => window.stage.text());
}

/** Resolves to the score curve's picture once it has been drawn. */
export async function waitForCurve(page: Page): Promise<string> {
  const handle = await page.waitForFunction(() => window.stage.curve());
  return (await handle.jsonValue()) ?? '';
}

/** What axe-core finds wrong with the page as it stands, in words. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Half a megabyte, once for each page.
  if (await page.evaluate(`window.axe === undefined`)) {
    await page.evaluate(`void (() => { ${axeSource} })()`);
  }
  const found = await page.evaluate<AxeResults>(
    // Rules about whole pages don't fit one element on a stage.
    `window.axe.run(document, { resultTypes: ['violations'], rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false }, 'landmark-one-main': { enabled: false } } })`,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

/** Fails with everything that was complained about, and forgets it. */
export function assertNoComplaints(complaints: string[], where: string): void {
  assert.deepEqual(complaints.splice(0), [], where);
}
