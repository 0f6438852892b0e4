import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { dashboardProtocolVersion, type DashboardState } from '../../src/protocol/dashboard.ts';
import { WebviewBench, type OpenPage } from './browser.ts';
import { idleFocus, withFocus } from './focusSnapshots.ts';
import { firstRun, nowIn, ordinary, ordinaryDay, todayNumber } from './snapshots.ts';

interface Posted {
  readonly kind: string;
  readonly name: string;
  readonly id?: number;
  readonly params?: unknown;
  readonly payload?: unknown;
}

declare global {
  interface Window {
    vscodeStandIn: { readonly posted: Posted[] };
  }
}

const posted = (page: Page): Promise<readonly Posted[]> =>
  page.evaluate(() => window.vscodeStandIn.posted);

const tell = async (page: Page, message: unknown): Promise<void> => {
  await page.evaluate(async (data) => {
    const heard = new Promise((resolve) => {
      window.addEventListener('message', resolve, { once: true });
    });
    window.postMessage(data, '*');
    await heard;
  }, message);
};

const tellState = (page: Page, payload: unknown): Promise<void> =>
  tell(page, { kind: 'event', name: 'stateChanged', payload });

/** The request of one name, once it has been posted. */
async function requestOf(page: Page, name: string): Promise<Posted> {
  await page.waitForFunction(
    (wanted) => window.vscodeStandIn.posted.some((message) => message.name === wanted),
    name,
  );
  const found = (await posted(page)).filter((message) => message.name === name).at(-1);
  assert.ok(found !== undefined);
  return found;
}

describe('the dashboard', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let opened: OpenPage | undefined;

  before(async () => {
    bench = await WebviewBench.start();
  });

  beforeEach(() => {
    bench.server.setBoot({ state: null, strings: null });
  });

  afterEach(async () => {
    assert.deepEqual(opened?.complaints ?? [], []);
    await opened?.close();
    opened = undefined;
  });

  after(async () => {
    await bench.stop();
  });

  const open = async (): Promise<Page> => {
    opened = await bench.open('/dashboard');
    await requestOf(opened.page, 'ready');
    return opened.page;
  };

  const openWith = async (state: DashboardState): Promise<Page> => {
    const page = await open();
    const ready = await requestOf(page, 'ready');
    await tell(page, { kind: 'reply', id: ready.id, ok: true, result: state });
    await page
      .getByText(/of 100|no score|Nothing is recorded/)
      .first()
      .waitFor();
    return page;
  };

  it('says that it is there, and which language it speaks', async () => {
    const page = await open();
    const ready = await requestOf(page, 'ready');
    assert.deepEqual(ready.params, { version: dashboardProtocolVersion });
    assert.ok(await page.getByText('Starting').isVisible());
  });

  it('draws the answer, and every snapshot after it', async () => {
    const page = await openWith(ordinary);
    assert.ok(await page.getByText('In flow', { exact: true }).first().isVisible());
    await tellState(page, { ...ordinary, now: nowIn('reading') });
    await page.getByText('7 min here without edits').waitFor();
  });

  it('paints the snapshot that came with the page before the host has answered', async () => {
    bench.server.setBoot({ state: ordinary, strings: { 'state.inFlow': 'Im </script> Fluss' } });
    const page = await open();
    assert.ok(await page.getByText('46 min in this spell, 24 in flow').isVisible());
    assert.ok(await page.getByText('Im </script> Fluss').first().isVisible());
  });

  it('drops hostile snapshots and reports them without their content', async () => {
    const page = await openWith(ordinary);
    const secret = 'x'.repeat(10_000_000);
    const polluted: unknown = JSON.parse('{"__proto__": {"polluted": true}, "now": 1}');
    const { now } = ordinary;
    for (const payload of [
      null,
      [],
      secret,
      polluted,
      { ...ordinary, extra: 1 },
      { ...ordinary, now: { ...now, score: 1e9 } },
      { ...ordinary, now: { ...now, score: Number.NaN } },
      { ...ordinary, now: { ...now, state: 'constructor' } },
      {
        ...ordinary,
        now: { ...now, contributions: [{ feature: '<img src=x onerror=alert(1)>', points: 1 }] },
      },
    ]) {
      await tellState(page, payload);
    }
    for (const message of [
      1,
      null,
      { kind: 'event', name: '__proto__' },
      { kind: 'request', id: 1, name: 'constructor' },
    ]) {
      await tell(page, message);
    }
    assert.ok(await page.getByText('46 min in this spell, 24 in flow').isVisible());
    const reports = (await posted(page)).filter(({ name }) => name === 'failed');
    assert.ok(reports.length >= 1 && reports.length <= 5, `${reports.length} reports`);
    assert.ok(!JSON.stringify(reports).includes('xxx'));
    assert.equal(await page.evaluate(() => 'polluted' in {}), false);
  });

  it('sends a press to the host, shows that it runs, and that it failed', async () => {
    const page = await openWith(ordinary);
    await page.getByRole('button', { name: 'Vault' }).press('Enter');
    await page.getByRole('button', { name: 'Back up now' }).press('Enter');
    const request = await requestOf(page, 'runAction');
    assert.deepEqual(request.params, { action: 'backUpNow' });
    const busy = page.getByRole('button', { name: 'Backing up' });
    await busy.press('Enter');
    assert.equal((await posted(page)).filter(({ name }) => name === 'runAction').length, 1);
    await tell(page, { kind: 'reply', id: request.id, ok: false, reason: 'full' });
    await page.locator('.failed').getByText('That did not work').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).waitFor();
  });

  it('keeps how it was arranged, and nothing else, over hiding', async () => {
    const page = await openWith(ordinary);
    await page.getByRole('button', { name: 'Vault' }).press('Enter');
    await page.getByRole('button', { name: 'Show as table' }).press('Enter');
    const kept = await page.evaluate(() => sessionStorage.getItem('state'));
    const parsed: unknown = JSON.parse(kept ?? 'null');
    assert.ok(typeof parsed === 'object' && parsed !== null);
    assert.ok(
      Object.values(parsed).every((value) => typeof value === 'boolean'),
      kept ?? '',
    );
    await page.reload();
    const ready = await requestOf(page, 'ready');
    await tell(page, { kind: 'reply', id: ready.id, ok: true, result: ordinary });
    await page.getByRole('table', { name: 'The day, spell by spell' }).waitFor();
    assert.equal(
      await page.getByRole('button', { name: 'Vault' }).getAttribute('aria-expanded'),
      'true',
    );
  });

  it('goes from day to day, past days without a record, and back to today', async () => {
    const page = await openWith(ordinary);
    const before = page.getByRole('button', { name: 'Day before' });
    const after = page.getByRole('button', { name: 'Day after' });
    assert.equal(await after.getAttribute('aria-disabled'), 'true');
    await before.press('Enter');
    const request = await requestOf(page, 'loadDay');
    assert.deepEqual(request.params, { day: todayNumber - 1 });
    await page.getByText('Reading the day.').waitFor();
    const day = { ...ordinaryDay, focusedSeconds: 600 };
    const result = { day, previousDay: todayNumber - 5, nextDay: todayNumber };
    await tell(page, { kind: 'reply', id: request.id, ok: true, result });
    await page.getByRole('button', { name: 'Tue, Nov 17' }).waitFor();
    await page.getByText('10min').waitFor();
    await before.press('Enter');
    const further = await requestOf(page, 'loadDay');
    assert.deepEqual(further.params, { day: todayNumber - 5 });
    await tell(page, { kind: 'reply', id: further.id, ok: false, reason: 'corrupt' });
    await page.getByText('This day could not be read.').waitFor();
    await after.press('Enter');
    await page.getByRole('button', { name: 'Today', exact: true }).waitFor();
    await page.getByText('11min').waitFor();
  });

  it('comes back to the day that was on view, and to today once that is another', async () => {
    const page = await openWith(ordinary);
    await page.getByRole('button', { name: 'Day before' }).press('Enter');
    const request = await requestOf(page, 'loadDay');
    const result = { day: ordinaryDay, previousDay: null, nextDay: todayNumber };
    await tell(page, { kind: 'reply', id: request.id, ok: true, result });
    await page.getByRole('button', { name: 'Tue, Nov 17' }).waitFor();

    const comeBack = async (state: DashboardState): Promise<void> => {
      await page.reload();
      const ready = await requestOf(page, 'ready');
      await tell(page, {
        kind: 'reply',
        id: ready.id,
        ok: true,
        result: { ...state, history: null },
      });
      await tellState(page, state);
    };
    await comeBack(ordinary);
    const again = await requestOf(page, 'loadDay');
    assert.deepEqual(again.params, { day: todayNumber - 1 });
    await tell(page, { kind: 'reply', id: again.id, ok: true, result });
    await page.getByRole('button', { name: 'Tue, Nov 17' }).waitFor();

    await comeBack({
      ...ordinary,
      history: { today: todayNumber + 1, previousDay: todayNumber },
    });
    await page.getByRole('button', { name: 'Today', exact: true }).waitFor();
    assert.ok(!(await posted(page)).some(({ name }) => name === 'loadDay'));
  });

  it('leads nowhere before the host knows of other days', async () => {
    const page = await openWith({ ...ordinary, history: null });
    assert.equal(await page.getByRole('button', { name: /Day (before|after)/ }).count(), 0);
  });

  it('carries a wish about focus sessions to the host, once, and comes back as it was left', async () => {
    const page = await openWith(withFocus(idleFocus));
    await page.getByRole('button', { name: 'Start focus, 50 min' }).press('Enter');
    await page.getByRole('button', { name: 'Start focus, 50 min' }).press('Enter');
    const request = await requestOf(page, 'wishFocus');
    assert.deepEqual(request.params, { wish: 'start', kind: 'focus', minutes: 50 });
    assert.equal((await posted(page)).filter(({ name }) => name === 'wishFocus').length, 1);
    await tell(page, { kind: 'reply', id: request.id, ok: true, result: {} });
    await page.getByRole('button', { name: /^11:10/ }).press('Enter');
    await page.getByText('30 of 30').waitFor();
    await page.reload();
    const ready = await requestOf(page, 'ready');
    await tell(page, { kind: 'reply', id: ready.id, ok: true, result: withFocus(idleFocus) });
    await page.getByText('30 of 30').waitFor();
  });

  it('says what to do when the host speaks another version', async () => {
    const page = await open();
    const ready = await requestOf(page, 'ready');
    await tell(page, { kind: 'reply', id: ready.id, ok: false, reason: 'malformed' });
    await page.getByText('Reload the window to see the dashboard').waitFor();
  });

  it('waits for first edits on the first day', async () => {
    const page = await openWith(firstRun);
    assert.ok(await page.getByText('Waiting for your first edits.').isVisible());
    assert.ok(await page.getByText('Your day appears here').isVisible());
  });

  it('tells a screen reader of states, once a minute at most, and never of the score', async () => {
    const page = await openWith(ordinary);
    const region = page.getByRole('status');
    assert.equal(await region.count(), 1);
    assert.equal(await region.textContent(), '');
    await tellState(page, { ...ordinary, now: { ...ordinary.now, score: 73 } });
    await tellState(page, { ...ordinary, now: nowIn('steady') });
    await page.waitForFunction(
      () =>
        document
          .querySelector('millrace-dashboard')
          ?.shadowRoot?.querySelector('millrace-announcer')
          ?.shadowRoot?.textContent.trim() === 'Steady',
    );
    await tellState(page, { ...ordinary, now: nowIn('away') });
    await page.getByText('Nothing is counted.').waitFor();
    assert.equal(await region.textContent(), 'Steady');
  });

  it('is walked through by Tab in the order of the page', async () => {
    const page = await openWith({ ...ordinary, now: nowIn('paused') });
    const names: string[] = [];
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press('Tab');
      names.push(
        await page.evaluate(() => {
          let element = document.activeElement;
          while (element?.shadowRoot?.activeElement) {
            element = element.shadowRoot.activeElement;
          }
          return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
        }),
      );
    }
    assert.deepEqual(
      names.map((name) => name.replaceAll(/\s+/g, ' ')),
      [
        'Resume',
        'Today',
        'Day before',
        'Day after',
        'Show as table',
        'Look through the day',
        'Week today is within your usual',
        'Focus',
        'Vault unlocked, backed up today 1:40 PM',
      ],
    );
  });
});
