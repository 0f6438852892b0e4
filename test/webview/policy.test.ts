import assert from 'node:assert/strict';
import { dashboardPage } from '../../src/protocol/dashboardPage.ts';
import { WebviewBench, type OpenPage } from './browser.ts';

describe('the page policy', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
  });

  beforeEach(async () => {
    stage = await bench.openStage();
    await stage.page.evaluate(() => {
      const broken: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        broken.push(event.effectiveDirective);
      });
      Object.assign(window, { broken, wasRun: false });
    });
  });

  afterEach(async () => {
    await stage.close();
  });

  after(async () => {
    await bench.stop();
  });

  const blocked = async (): Promise<readonly string[]> => {
    await stage.page.waitForFunction('window.broken.length > 0');
    return stage.page.evaluate<string[]>('window.broken');
  };

  it('blocks an inline script that somebody slipped in', async () => {
    await stage.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
    });
    assert.deepEqual(await blocked(), ['script-src-elem']);
    assert.equal(await stage.page.evaluate('window.wasRun'), false);
  });

  it('blocks an inline handler', async () => {
    await stage.page.evaluate(() => {
      const holder = document.createElement('div');
      holder.innerHTML = '<button onclick="window.wasRun = true">x</button>';
      document.body.append(holder);
      holder.querySelector('button')?.click();
    });
    assert.deepEqual(await blocked(), ['script-src-attr']);
    assert.equal(await stage.page.evaluate('window.wasRun'), false);
  });

  it('blocks a remote image, a request and a style attribute', async () => {
    await stage.page.evaluate((origin) => {
      const holder = document.createElement('div');
      holder.innerHTML = `<img alt="" src="${origin}/pixel.png"><p style="color:red">x</p>`;
      document.body.append(holder);
      fetch(`${origin}/told`).catch(() => undefined);
    }, bench.server.origin);
    await stage.page.waitForFunction('window.broken.length === 3');
    assert.deepEqual((await blocked()).toSorted(), ['connect-src', 'img-src', 'style-src-attr']);
    assert.ok(!bench.server.asked.includes('/pixel.png'));
    assert.ok(!bench.server.asked.includes('/told'));
  });

  it('keeps what the host puts into the page inside its quotes', () => {
    const page = dashboardPage({
      nonce: 'AAAAAAAAAAAAAAAAAAAAAA==',
      scriptUri: 'https://example.invalid/"><script>',
      language: '"><script>',
      place: 'sideBar',
      boot: { state: null, strings: { a: '</script><script>alert(1)' } },
    });
    assert.equal(page.match(/<script/g)?.length, 2);
    assert.throws(
      () =>
        dashboardPage({
          nonce: `' unsafe-inline`,
          scriptUri: '',
          language: 'en',
          place: 'editor',
          boot: { state: null, strings: null },
        }),
      TypeError,
    );
  });
});
