import assert from 'node:assert/strict';
import type { FocusReading } from '../../src/readings/focusReading.ts';
import { WebviewBench, mount, visibleText, type OpenPage } from './browser.ts';
import {
  breakFocus,
  freshFocus,
  idleFocus,
  inSession,
  overtimeFocus,
  pausedFocus,
  runningSession,
  sessionWith,
  withFocus,
} from './focusSnapshots.ts';
import { atMs, nowIn, ordinary, ordinaryDay, zoneOffsetMinutes } from './snapshots.ts';

describe('FOCUS', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
  });

  after(async () => {
    await bench.stop();
  });

  afterEach(() => {
    assert.deepEqual(stage.complaints.splice(0), []);
  });

  const put = (tag: string, properties: Readonly<Record<string, unknown>>): Promise<void> =>
    mount(
      stage.page,
      { name: tag, tag, properties: { atMs, zoneOffsetMinutes, ...properties } },
      360,
    );
  const show = (
    focusState: FocusReading | null | undefined,
    rest: Readonly<Record<string, unknown>> = {},
  ): Promise<void> =>
    put('millrace-focus', { focusState, condition: 'ready', open: true, ...rest });
  const dashboard = (focus: FocusReading | null): Promise<void> =>
    put('millrace-dashboard', { state: withFocus(focus) });
  const change = (properties: Readonly<Record<string, unknown>>): Promise<void> =>
    stage.page.evaluate((next) => window.stage.change(next), properties);
  const heard = (): Promise<readonly string[]> => stage.page.evaluate(() => window.stage.heard());
  const button = (name: string | RegExp) =>
    stage.page.getByRole('button', { name, exact: typeof name === 'string' });
  const assertSeen = async (...expected: readonly string[]): Promise<void> => {
    const seen = await visibleText(stage.page);
    for (const words of expected) {
      assert.ok(seen.includes(words), `"${words}" in "${seen}"`);
    }
  };
  const heldName = (): Promise<string> =>
    stage.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) {
        element = element.shadowRoot.activeElement;
      }
      return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
    });

  describe('while no session runs', () => {
    it('says that it is not known yet, with nothing to press but its header', async () => {
      for (const unknown of [null, undefined]) {
        await show(unknown);
        await assertSeen('It is not known yet whether a session runs.');
        assert.equal(await stage.page.getByRole('button').count(), 1);
        assert.equal(await stage.page.getByRole('switch').count(), 0);
      }
    });

    it('chooses a length by arrow keys', async () => {
      await show(idleFocus);
      const chosen = stage.page.getByRole('radio', { name: '50 min' });
      assert.ok(await chosen.isChecked());
      await chosen.press('ArrowLeft');
      assert.deepEqual(await heard(), ['wish {"wish":"chooseLength","minutes":25}']);
    });

    it('offers the chosen length too where it is none of the usual ones', async () => {
      await show(freshFocus);
      const radios = stage.page.getByRole('radio');
      assert.deepEqual(
        await radios.evaluateAll((all) => all.map((radio) => radio.getAttribute('value'))),
        ['15', '25', '40', '50', '90'],
      );
      assert.ok(await stage.page.getByRole('radio', { name: '40 min' }).isChecked());
    });

    it('switches sites, apps and the suggested break, each with a name of its own', async () => {
      await show(idleFocus);
      await stage.page.getByRole('switch', { name: 'Block youtube.com' }).press('Space');
      await stage.page
        .getByRole('switch', { name: 'Block Discord, close after warning' })
        .press('Space');
      await stage.page.getByRole('switch', { name: /Suggest a break after it/ }).press('Space');
      assert.deepEqual(await heard(), [
        'wish {"wish":"switchSite","name":"youtube.com","isOn":true}',
        'wish {"wish":"switchApp","name":"Discord","isOn":false}',
        'wish {"wish":"suggestBreaks","isOn":false}',
      ]);
    });

    it('puts a switch back when the wish came to nothing', async () => {
      await show(idleFocus);
      const site = stage.page.getByRole('switch', { name: 'Block x.com' });
      await site.press('Space');
      assert.equal(await site.isChecked(), false);
      await change({ failures: 1 });
      assert.equal(await site.isChecked(), true);
    });

    it('adds, pairs and leads to the settings', async () => {
      await show(idleFocus);
      await button('Add a site or an app').press('Enter');
      await button('Pair a browser…').press('Enter');
      await button('Settings').press('Enter');
      assert.deepEqual(await heard(), [
        'wish {"wish":"addEntry"}',
        'wish {"wish":"pairBrowser"}',
        'action openSettings',
      ]);
      await assertSeen('Nothing is blocked now. Blocking starts and ends with a session.');
    });

    it('says how each way of blocking stands, and offers to pair only where that is a way', async () => {
      await show(idleFocus);
      await assertSeen('not paired', 'Proxy ready', 'failed The hosts file cannot be written');
      await show(freshFocus);
      await assertSeen('Browser extension off', 'No sites or apps yet.');
      assert.equal(await button('Pair a browser…').count(), 0);
    });

    it('restores what a session left behind', async () => {
      await show(idleFocus);
      assert.equal(await button('Restore everything now').count(), 0);
      await show({ ...idleFocus, isBlocking: true });
      await button('Restore everything now').press('Enter');
      assert.deepEqual(await heard(), ['wish {"wish":"restoreEverything"}']);
    });

    it('shows what sessions came to, and opens a score to the parts that earned it', async () => {
      await show(idleFocus);
      await assertSeen('Time in sessions 1 h 44 6 h 11', 'Mean score 88 81', 'ended early');
      const session = button(/^11:10/);
      assert.equal(await session.getAttribute('aria-expanded'), 'false');
      await session.press('Enter');
      assert.equal(await session.getAttribute('aria-expanded'), 'true');
      const parts = stage.page.getByRole('table', { name: /How the score of the session/ });
      assert.equal(await parts.getByRole('row').count(), 5);
      await assertSeen(
        '71% steady or in flow',
        '40 of 45',
        'The score is the sum of these points.',
      );
      assert.deepEqual(await heard(), ['focusPartsOpen true']);
      await session.press('Enter');
      assert.equal(await parts.count(), 0);
    });

    it('opens the last score from the start where parts were looked at before', async () => {
      await show(idleFocus, { partsOpen: true });
      assert.equal(await button(/^11:10/).getAttribute('aria-expanded'), 'true');
      assert.equal(await button(/^9:08/).getAttribute('aria-expanded'), 'false');
    });

    it('says that figures are locked; the rest works', async () => {
      await show({ ...idleFocus, today: null, week: null }, { condition: 'locked' });
      await assertSeen('They are in the vault, which is locked. Sessions work all the same.');
      assert.equal(await stage.page.getByRole('switch').count(), 7);
    });

    it('says what is inside when closed', async () => {
      await show(idleFocus, { open: false });
      assert.equal(await visibleText(stage.page), 'Focus 50 min, 3 sites, 2 apps');
      await show(freshFocus, { open: false });
      assert.equal(await visibleText(stage.page), 'Focus 40 min, nothing blocked');
    });
  });

  describe('while a session runs', () => {
    it('says what is left, when it ends and what is blocked', async () => {
      await show(inSession);
      await assertSeen('ends 3:54 PM', 'since 3:04 PM', 'Blocked now 3 sites, 2 apps');
      await assertSeen('A 5 min break is suggested at 3:54 PM.', 'Lifts every block at once.');
      const ring = stage.page.getByRole('timer');
      assert.equal(await ring.getAttribute('aria-label'), '18 min left of 50 min');
      assert.equal(await stage.page.getByRole('radio').count(), 0);
    });

    it('counts by itself, by what has passed, and tells no screen reader', async () => {
      await show(inSession);
      const clock = stage.page.locator('.clock');
      const before = (await clock.textContent()) ?? '';
      assert.match(before, /^18:[012]\d$/);
      await stage.page.locator('.clock', { hasNotText: before }).waitFor();
      assert.ok(((await clock.textContent()) ?? '') < before);
      assert.equal(await stage.page.locator('[aria-live], [role=status], [role=alert]').count(), 0);
      // A later snapshot has the last word, whatever was counted meanwhile.
      await change({ focusState: sessionWith({ remainingMs: 600_000 }), atMs: atMs + 1 });
      assert.match((await clock.textContent()) ?? '', /^(10:00|9:\d\d)$/);
    });

    it('stands still while paused', async () => {
      await show(pausedFocus);
      await assertSeen('18:24', 'paused', 'Nothing is blocked while the session is paused.');
      const moved = await stage.page.evaluate(async () => {
        const ring = document
          .querySelector('millrace-focus')
          ?.shadowRoot?.querySelector('millrace-focus-running')
          ?.shadowRoot?.querySelector('millrace-focus-ring')?.shadowRoot;
        const before = ring?.querySelector('.clock')?.textContent;
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return before !== ring?.querySelector('.clock')?.textContent;
      });
      assert.equal(moved, false);
      await button('Resume').press('Enter');
      assert.deepEqual(await heard(), ['wish {"wish":"resume"}']);
      assert.equal(await button('Restore everything now').count(), 0);
    });

    it('pauses, adds time and ends', async () => {
      await show(inSession);
      for (const name of ['Pause', 'Add 5 min', 'End', 'Restore everything now']) {
        await button(name).press('Enter');
      }
      assert.deepEqual(await heard(), [
        'wish {"wish":"pause"}',
        'wish {"wish":"extend","minutes":5}',
        'wish {"wish":"end"}',
        'wish {"wish":"restoreEverything"}',
      ]);
    });

    it('says that time is over, and counts what is over', async () => {
      await show(overtimeFocus);
      await assertSeen('Time is over; it ends when flow is over.', 'time is over');
      assert.match((await stage.page.locator('.clock').textContent()) ?? '', /^\+[23]:\d\d$/);
      assert.equal(await button('Pause').count(), 0);
    });

    it('knows a break from a session', async () => {
      await show(breakFocus);
      await assertSeen('Break');
      assert.match((await stage.page.locator('.clock').textContent()) ?? '', /^3:\d\d$/);
      const seen = await visibleText(stage.page);
      assert.ok(!seen.includes('Block') && !seen.includes('is suggested'), seen);
    });

    it('names ways that fail, and is silent about the others', async () => {
      await show(inSession);
      const seen = await visibleText(stage.page);
      assert.ok(seen.includes('Hosts file') && !seen.includes('Proxy'), seen);
      await show({
        ...inSession,
        ways: [{ way: 'proxy', name: 'Proxy', state: 'ready', reason: null }],
      });
      assert.ok(!(await visibleText(stage.page)).includes('How sites are blocked'));
    });
  });

  describe('in NOW', () => {
    const showNow = (state: 'unknown' | 'building' | 'steady' | 'inFlow' | 'reading' | 'paused') =>
      put('millrace-now', { now: nowIn(state), focusState: idleFocus });

    it('asks to be pressed where there is nothing to disturb, and is quiet otherwise', async () => {
      for (const [state, isQuiet] of [
        ['unknown', false],
        ['building', false],
        ['steady', false],
        ['inFlow', true],
        ['reading', true],
      ] as const) {
        await showNow(state);
        const start = button('Start focus, 50 min');
        assert.equal(await start.evaluate((each) => each.matches('.second')), isQuiet, state);
      }
      await showNow('paused');
      assert.equal(await button('Start focus, 50 min').count(), 0);
    });

    it('starts a session, and has none of it while nothing is known', async () => {
      await showNow('steady');
      await button('Start focus, 50 min').press('Enter');
      assert.deepEqual(await heard(), ['wish {"wish":"start","kind":"focus","minutes":50}']);
      await put('millrace-now', { now: nowIn('steady'), focusState: null });
      assert.equal(await stage.page.getByRole('button').count(), 0);
    });

    it('has a menu of other lengths and a break, walked by arrows and left by Escape', async () => {
      await showNow('steady');
      const more = button('Other lengths and breaks');
      await more.press('ArrowDown');
      assert.equal(await more.getAttribute('aria-expanded'), 'true');
      assert.equal(await heldName(), '15 min');
      await stage.page.keyboard.press('ArrowUp');
      assert.equal(await heldName(), 'Take a 5 min break');
      await stage.page.keyboard.press('Escape');
      assert.equal(await stage.page.getByRole('menu').count(), 0);
      assert.equal(await heldName(), 'Other lengths and breaks');
      await more.press('Enter');
      await stage.page.keyboard.press('End');
      await stage.page.keyboard.press('Enter');
      assert.deepEqual(await heard(), ['wish {"wish":"start","kind":"break","minutes":5}']);
      await more.press('Enter');
      await stage.page.keyboard.press('Home');
      await stage.page.keyboard.press('Enter');
      assert.equal((await heard()).at(-1), 'wish {"wish":"start","kind":"custom","minutes":15}');
    });
  });

  describe('in the dashboard', () => {
    const headings = async (): Promise<readonly string[]> =>
      (await stage.page.getByRole('heading', { level: 2 }).allTextContents()).map(
        (words) => words.trim().split(/\s+/)[0] ?? '',
      );

    it('moves under NOW for a session, takes its button away, and keeps the keyboard', async () => {
      await dashboard(idleFocus);
      const order = await headings();
      assert.ok(order.indexOf('Focus') > order.indexOf('Week'), order.join(' '));
      await button('Start focus, 50 min').focus();
      await change({ state: withFocus(inSession) });
      assert.equal((await headings())[0], 'Focus');
      assert.equal(await button('Start focus, 50 min').count(), 0);
      await stage.page.waitForFunction(
        () =>
          document.querySelector('millrace-dashboard')?.shadowRoot?.activeElement?.localName ===
          'millrace-focus',
      );
      await button('End').focus();
      await change({ state: withFocus(idleFocus) });
      await stage.page.waitForFunction(
        () =>
          document.querySelector('millrace-dashboard')?.shadowRoot?.activeElement?.localName ===
          'millrace-focus',
      );
      assert.match(await heldName(), /^Focus/);
    });

    it('opens the menu over the panes below', async () => {
      await dashboard(idleFocus);
      await button('Other lengths and breaks').click();
      // A press goes to what is on top.
      await stage.page.getByRole('menuitem', { name: 'Take a 5 min break' }).click();
      assert.deepEqual(await heard(), ['wish {"wish":"start","kind":"break","minutes":5}']);
    });

    it('takes no focus from anybody else', async () => {
      await dashboard(idleFocus);
      await change({ state: withFocus(inSession) });
      await stage.page.getByText('Blocked now').waitFor();
      assert.equal(await stage.page.evaluate(() => document.activeElement === document.body), true);
    });

    it('brackets the sessions of today, and no breaks', async () => {
      await dashboard(inSession);
      // Two to the end, one given up, and the one that runs.
      assert.equal(await stage.page.locator('g.bracket').count(), 4);
      await assertSeen('Focus sessions 4');
      const label = await stage.page.locator('svg.ribbon').getAttribute('aria-label');
      assert.match(label ?? '', /Focus sessions: 4\.$/);
      await dashboard({ ...idleFocus, today: null, week: null });
      assert.equal(await stage.page.locator('g.bracket').count(), 0);
    });

    it('has a row for each of them in the table, at its time', async () => {
      await put('millrace-dashboard', {
        state: withFocus(inSession),
        preferences: { todayOpen: true, todayTable: true, focusOpen: true },
      });
      const table = stage.page.getByRole('table', { name: 'The day, spell by spell' });
      assert.equal(await table.getByRole('row').count(), ordinaryDay.spans.length + 4 + 1);
      assert.match(
        (await table.getByRole('row').allTextContents()).join('|').replaceAll(/\s+/g, ' '),
        /11:10 AM Focus session 90 50 min/,
      );
    });

    it('says that a wish failed', async () => {
      await dashboard(inSession);
      await stage.page.evaluate(() => {
        const element = document.querySelector('millrace-dashboard');
        if (element !== null) {
          element.host = { request: () => Promise.reject(new Error('no')) };
        }
      });
      await button('End').press('Enter');
      await stage.page.locator('.failed').getByText('That did not work').waitFor();
    });

    it('is there before anything is known, and in a snapshot without it', async () => {
      await put('millrace-dashboard', { state: ordinary });
      await assertSeen('It is not known yet whether a session runs.');
      assert.equal(await button(/Start focus/).count(), 0);
    });
  });

  it('keeps the session when the vault is locked', async () => {
    await show({ ...inSession, today: null, week: null }, { condition: 'locked' });
    await assertSeen(`${runningSession.blockedSites} sites`, 'ends 3:54 PM');
  });
});
