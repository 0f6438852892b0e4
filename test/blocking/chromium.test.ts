import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { systemClock } from '../../src/base/clock.ts';
import { CompanionBlocker } from '../../src/focus/companion/companionBlocker.ts';
import { GnomeProxy } from '../../src/focus/proxy/gnomeProxy.ts';
import { ProxyBlocker } from '../../src/focus/proxy/proxyBlocker.ts';
import { RestoreJournal } from '../../src/focus/undo/restoreJournal.ts';
import { runCommand } from '../../src/focus/runCommand.ts';
import { createUndoing } from '../../src/focus/undoing.ts';
import { findChromium } from '../realEditor/browser.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { pause, waitFor } from '../support/waitFor.ts';
import { tellTime } from './support/tellTime.ts';
import { openTestSites } from './support/testSites.ts';

const sites = ['distraction.test'];
const inAnHour = (): number => Date.now() + 3_600_000;

describe('Chromium', function () {
  this.timeout(180_000);
  let folder: string;
  let context: BrowserContext;
  const cleanUp = new CleanUp();
  const cleanUpOfTest = new CleanUp();

  before(async () => {
    folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'chromium-'));
    cleanUp.add(() => {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    });
    const testSites = await openTestSites(folder);
    cleanUp.add(() => testSites.close());
  });

  after(() => cleanUp.run());

  afterEach(() => cleanUpOfTest.run());

  async function open(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Page> {
    const home = mkdtempSync(path.join(folder, 'home-'));
    const environment = {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      ...env,
    };
    context = await chromium.launchPersistentContext(path.join(home, 'profile'), {
      executablePath: findChromium(),
      headless: true,
      ignoreDefaultArgs: ['--disable-extensions'],
      env: environment,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--ignore-certificate-errors',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-background-timer-throttling',
        '--disable-backgrounding-occluded-windows',
        '--disable-renderer-backgrounding',
        ...args,
      ],
    });
    const opened = context;
    cleanUpOfTest.add(() => opened.close());
    return context.newPage();
  }

  const shows = async (page: Page, address: string): Promise<boolean> => {
    try {
      await page.goto(address, { timeout: 3_000, waitUntil: 'domcontentloaded' });
      return await page.locator('#site').isVisible();
    } catch {
      return false;
    }
  };
  /** In a tab of its own: a navigation that failed may disturb the next one of its tab. */
  const canOpen = async (address: string): Promise<boolean> => {
    const fresh = await context.newPage();
    try {
      return await shows(fresh, address);
    } finally {
      await fresh.close();
    }
  };
  /** What may be opened is opened in the end; on a machine that is held up, not always at the first try. */
  const opens = async (address: string): Promise<void> => {
    await waitFor(address, () => canOpen(address));
  };
  const showsIn = async (page: Page, address: string): Promise<void> => {
    await waitFor(address, () => shows(page, address));
  };
  /** How often its server has answered the page; `undefined` where it did not the last time. */
  const answersIn = async (page: Page): Promise<number | undefined> => {
    const count = /^up (\d+)$/.exec(await page.title())?.[1];
    return count === undefined ? undefined : Number(count);
  };
  const isUp = async (page: Page): Promise<boolean> => (await page.title()).startsWith('up');
  const isDown = async (page: Page): Promise<boolean> => (await page.title()) === 'down';

  it('is blocked by the hosts file and let go again', async () => {
    const { hosts } = createUndoing({
      storageFolder: path.join(folder, 'storage'),
      log: new MemoryLog(),
    });
    await open();
    const kept = await context.newPage();
    await showsIn(kept, 'https://distraction.test/');
    await waitFor('the kept tab', () => isUp(kept));
    await opens('http://www.distraction.test/');
    let startMs = performance.now();
    await hosts.block({ sites, deadlineMs: inAnHour() });
    await tellTime(
      'Chromium, hosts: start to a new page blocked',
      startMs,
      async () => !(await canOpen('http://distraction.test/')),
    );
    await opens('https://work.test/');
    // What this way can't do, and the documentation says so: the connection that is open lives on.
    await pause(500);
    const answers = await waitFor('an answer', () => answersIn(kept));
    await waitFor('another answer', async () => ((await answersIn(kept)) ?? 0) > answers);
    startMs = performance.now();
    await hosts.release();
    await tellTime('Chromium, hosts: end to free', startMs, () =>
      canOpen('http://www.distraction.test/'),
    );
  });

  it('is blocked by PAC and proxy from the desktop setting, kept connections too, and let go again', async () => {
    const environment = {
      XDG_CURRENT_DESKTOP: 'GNOME',
      GSETTINGS_BACKEND: 'keyfile',
      XDG_CONFIG_HOME: path.join(folder, 'gnome'),
    };
    const previous = Object.keys(environment).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, environment);
    cleanUpOfTest.add(() => {
      for (const [name, value] of previous) {
        if (value === undefined) {
          Reflect.deleteProperty(process.env, name);
        } else {
          process.env[name] = value;
        }
      }
    });
    const storage = path.join(folder, 'proxy-storage');
    const journal: RestoreJournal = new RestoreJournal(storage, () => [systemProxy.kind]);
    const systemProxy: GnomeProxy = new GnomeProxy({ journal });
    let blocked = 0;
    const blocker = new ProxyBlocker({
      port: 47_147,
      token: 'a'.repeat(32),
      wallMs: () => Date.now(),
      systemProxy,
      onBlocked: () => {
        blocked += 1;
      },
    });
    const get = async (key: string): Promise<string> =>
      (await runCommand('gsettings', ['get', 'org.gnome.system.proxy', key])).output.trim();
    await blocker.open(sites);
    assert.deepEqual(await blocker.probe(), { state: 'ready', detail: 'proxySet' });
    assert.equal(await get('mode'), "'auto'");
    const page = await open([], environment);
    const kept = await context.newPage();
    await showsIn(kept, 'https://distraction.test/');
    await waitFor('the kept tab', () => isUp(kept));
    await opens('http://www.distraction.test/');
    let startMs = performance.now();
    await blocker.block({ sites, deadlineMs: inAnHour() });
    await tellTime('Chromium, proxy: start to an open tab cut off', startMs, () => isDown(kept));
    await tellTime(
      'Chromium, proxy: start to a new page blocked',
      startMs,
      async () => !(await canOpen('https://distraction.test/')),
    );
    await page.goto('http://www.distraction.test/');
    assert.match(await page.locator('h1').innerText(), /asked for this page to wait/);
    assert.ok(blocked > 0);
    await opens('https://work.test/');
    startMs = performance.now();
    await blocker.release();
    await tellTime('Chromium, proxy: end to free', startMs, () =>
      canOpen('https://distraction.test/'),
    );
    await blocker.block({ sites, deadlineMs: inAnHour() });
    // The editor dies: what it set remains, and fails open.
    startMs = performance.now();
    await blocker.close();
    assert.equal(await get('mode'), "'none'");
    await tellTime('Chromium, proxy: gone, to free', startMs, () =>
      canOpen('https://www.distraction.test/'),
    );
    assert.deepEqual(await journal.all(), []);
  });

  it('has a page of the companion that no other site can use, and brings back what was written', async () => {
    let counted = 0;
    const blocker = new CompanionBlocker({
      storageFolder: path.join(folder, 'page-storage'),
      port: 47_148,
      owner: '12345678',
      clock: systemClock,
      log: new MemoryLog(),
      onBlocked: (count) => {
        counted += count;
      },
      onPaired: () => {},
    });
    await blocker.open();
    cleanUpOfTest.add(() => blocker.close());
    const extension = path.join(repositoryRoot, '.cache/blocking/companion');
    const page = await open([
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ]);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const base = worker.url().replace('background.js', '');
    const popup = await context.newPage();
    await popup.goto(`${base}popup.html`);
    await popup.fill('#code', blocker.server?.offerPairing() ?? '');
    await popup.click('button');
    await waitFor('the companion', () => blocker.server?.connected === 1);
    await popup.close();

    const draft = await context.newPage();
    await draft.goto('http://distraction.test/form');
    await draft.locator('#draft').pressSequentially('not sent yet');
    await blocker.block({ sites, deadlineMs: inAnHour() });
    await waitFor('the draft to be replaced', () => draft.url().startsWith(base));
    const dotted = await context.newPage();
    await dotted.goto('http://distraction.test./').catch(() => undefined);
    await waitFor('the name with a dot', () => dotted.url().startsWith(base));
    await waitFor('the count', () => counted === 2);

    const blocked = 'http://distraction.test/';
    const elsewhere = 'http://work.test/elsewhere';
    const frameAtWork = async (address: string): Promise<void> => {
      await page.goto('http://work.test/');
      await page.evaluate((from) => {
        const frame = document.createElement('iframe');
        frame.src = from;
        document.body.append(frame);
      }, address);
    };
    for (const key of ['', '?', `?${'0'.repeat(36)}`]) {
      for (const address of [blocked, elsewhere]) {
        const target = `${base}blocked.html${key}#${address}`;
        await page.goto('http://work.test/');
        await page.evaluate((to) => {
          location.href = to;
        }, target);
        await pause(300);
        await frameAtWork(target);
        await pause(300);
      }
    }
    // Even one that was really held back, should its address become known.
    await frameAtWork(draft.url());
    await pause(500);
    // Nothing can be read out of a frame that is just going somewhere.
    const { framed } = await waitFor('the frame to stand still', async () => ({
      framed: await page.frames()[1]?.content(),
    }));
    assert.ok(!framed?.includes('data-text'), 'it is not framed');
    assert.equal(counted, 2, 'nothing was held back but by the rules');

    const linked = await context.newPage();
    await linked.goto('http://work.test/');
    await linked.evaluate((to) => {
      location.href = to;
    }, `${base}blocked.html#${elsewhere}`);
    await blocker.release();
    await waitFor('the draft', () => draft.url() === 'http://distraction.test/form');
    // The browser fills it in again once the form is there.
    await waitFor(
      'what was written',
      async () => (await draft.locator('#draft').inputValue()) === 'not sent yet',
    );
    await waitFor('the name with a dot', () => dotted.url() === 'http://distraction.test./');
    await pause(6_000);
    assert.ok(!linked.url().includes('elsewhere') || linked.url().startsWith(base));
    assert.notEqual(linked.url(), elsewhere);
  });

  it('is blocked by the companion, an open tab too, and let go again', async () => {
    const log = new MemoryLog();
    const extension = path.join(repositoryRoot, '.cache/blocking/companion');
    let blocked = 0;
    const blocker = new CompanionBlocker({
      storageFolder: path.join(folder, 'companion-storage'),
      port: 47_148,
      owner: '12345678',
      clock: systemClock,
      log,
      onBlocked: (count) => {
        blocked += count;
      },
      onPaired: () => {},
    });
    await blocker.open();
    const page = await open([
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ]);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const popup = await context.newPage();
    await popup.goto(worker.url().replace('background.js', 'popup.html'));
    await popup.fill('#code', 'WRONG-CODE2');
    blocker.server?.offerPairing();
    await popup.click('button');
    await waitFor('the refusal', async () =>
      (await popup.innerText('#status')).includes('not right'),
    );
    const code = blocker.server?.offerPairing() ?? '';
    await popup.fill('#code', code.toLowerCase());
    await popup.click('button');
    await waitFor('the pairing', async () => (await popup.innerText('#status')).includes('Paired'));
    await waitFor('the companion', () => blocker.server?.connected === 1);
    await popup.close();

    const openTab = await context.newPage();
    await showsIn(openTab, 'https://distraction.test/deep?x=1#y');
    let startMs = performance.now();
    await blocker.block({ sites, deadlineMs: inAnHour() });
    await tellTime('Chromium, companion: start to an open tab replaced', startMs, () =>
      Promise.resolve(openTab.url().startsWith('chrome-extension://')),
    );
    await page.goto('http://www.distraction.test/').catch(() => undefined);
    await waitFor('the page of the companion', () => page.url().startsWith('chrome-extension://'));
    await waitFor('the time left', async () =>
      /60 more minutes|61 more/.test(await page.innerText('#left')),
    );
    await opens('https://work.test/');
    await waitFor('the count', () => blocked > 0);
    startMs = performance.now();
    await blocker.release();
    await tellTime('Chromium, companion: end to the tab back', startMs, async () => {
      await pause(1);
      return openTab.url() === 'https://distraction.test/deep?x=1#y';
    });
    await waitFor('the other tab', () => page.url() === 'http://www.distraction.test/');

    // The editor is gone without a word: half a minute later everything is open.
    await blocker.block({ sites, deadlineMs: inAnHour() });
    await waitFor('the block', () => openTab.url().startsWith('chrome-extension://'));
    startMs = performance.now();
    await blocker.close();
    await tellTime('Chromium, companion: editor gone to free', startMs, async () => {
      await pause(1);
      return openTab.url().startsWith('https://distraction.test/');
    });
    // And comes back.
    await blocker.open();
    await tellTime('Chromium, companion: editor back to connected', performance.now(), () =>
      Promise.resolve(blocker.server?.connected === 1),
    );
    await blocker.close();
  });
});
