import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { stepByStep } from '../support/stepByStep.ts';
import { waitFor } from '../support/waitFor.ts';
import {
  dashboardState,
  makeWorkspace,
  openDashboard,
  startWithMillrace,
  statusItem,
  waitForDashboard,
} from './millrace.ts';

const execute = promisify(execFile);
const inSideBar = 'html[data-place="sideBar"] millrace-dashboard';
const inEditor = 'html[data-place="editor"] millrace-dashboard';
const passphrase = 'eleven quiet herons';

/** What a person has arranged, and which day they look at, stays whatever happens to the view. */
describe('The dashboard in the workbench', function () {
  this.timeout(240_000);
  stepByStep();

  let editor: RealEditor;
  let window: EditorWindow;
  /** How the heading of the day begins that was chosen. */
  let chosenDay = /^(?!)/;
  const cleanUp = new CleanUp();

  before(async () => {
    const home = await makeTestFolder('dashboard');
    cleanUp.add(() => removeTestFolder(home));
    const folder = path.join(home, 'editor');
    const storage = path.join(folder, 'data/User/globalStorage/millrace.millrace/vault');
    await mkdir(storage, { recursive: true });
    const cli = path.join(repositoryRoot, 'dist/cli.js');
    await execute(process.execPath, [cli, 'demo', '--storage', storage, '--days', '21']);
    editor = await startWithMillrace({
      folder,
      settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    });
    cleanUp.add(() => editor.stop());
    const { folder: workspace } = await makeWorkspace(home, 'work');
    // Without a file: one in the address keeps VS Code from bringing back what was open.
    window = await editor.openWindow({ folder: workspace });
    await statusItem(window).waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const file = path.join(repositoryRoot, '.cache/test-results/dashboard-failure.png');
      await mkdir(path.dirname(file), { recursive: true });
      await window.page.screenshot({ path: file }).catch(() => {});
    }
  });

  after(() => cleanUp.run());

  const button = (frame: Frame, name: string | RegExp) =>
    frame.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const isOpen = async (frame: Frame, pane: RegExp): Promise<boolean> =>
    (await button(frame, pane).getAttribute('aria-expanded')) === 'true';

  /** The view in the side bar has come back as it was left; VS Code may still take away the page that was there before. */
  function assertArranged(): Promise<Frame> {
    return waitFor('the view as it was left', async () => {
      const frame = await window.webviewFrame(inSideBar);
      await button(frame, chosenDay).waitFor();
      assert.equal(await frame.getByText('This day could not be read').count(), 0);
      assert.ok(await isOpen(frame, /^Vault/), 'the vault is open');
      assert.ok(!(await isOpen(frame, /^Week/)), 'the week is closed');
      return frame;
    });
  }

  it('is arranged: a pane opened, one closed, another day chosen', async () => {
    const frame = await openDashboard(window);
    await waitForDashboard(
      frame,
      'the made-up history',
      (state) => state.vault.condition === 'ready' && Boolean(state.history?.previousDay),
    );
    for (const [pane, wanted] of [
      [/^Vault/, true],
      [/^Week/, false],
    ] as const) {
      await button(frame, pane).waitFor();
      if ((await isOpen(frame, pane)) !== wanted) {
        await button(frame, pane).click();
      }
      await waitFor('the pane as it is wanted', async () => (await isOpen(frame, pane)) === wanted);
    }
    await button(frame, 'Day before').click();
    const heading = frame.locator('millrace-today h2 .title');
    const words = await waitFor('another day', async () => {
      const shown = (await heading.textContent()) ?? '';
      return shown === 'Today' ? undefined : shown;
    });
    chosenDay = new RegExp(`^${words}`);
    await frame.locator('millrace-today millrace-day-ribbon').waitFor();
    await assertArranged();
  });

  it('comes back after it was hidden', async () => {
    await window.openActivity('Explorer');
    await waitFor('the page to be gone', () => isGone(window, inSideBar));
    await window.openActivity('Millrace');
    await assertArranged();
  });

  it('shows the same in an editor tab beside the view', async () => {
    await window.runCommand('Millrace: Open Dashboard in Editor Area');
    const tab = await window.webviewFrame(inEditor);
    await dashboardState(tab);
    const view = await assertArranged();
    await window.runCommand('Millrace: Pause Tracking');
    for (const frame of [tab, view]) {
      await waitForDashboard(frame, 'the pause', ({ now }) => now.state === 'paused');
    }
    await window.runCommand('Millrace: Resume Tracking');
    for (const frame of [tab, view]) {
      await waitForDashboard(frame, 'the end of the pause', ({ now }) => now.state !== 'paused');
    }
    // Asked for once more, it is brought to the front; there is no second one.
    await window.runCommand('Millrace: Open Dashboard in Editor Area');
    assert.equal(await window.page.locator('.tab[aria-label*="Millrace Dashboard"]').count(), 1);
  });

  it('changes its colours with the theme, without a reload', async () => {
    const frame = await assertArranged();
    const born = await frame.evaluate(() => performance.timeOrigin);
    const seen = new Set<string>([await coloursOf(frame)]);
    for (const [theme, kind] of [
      ['Light Modern', 'vs'],
      ['Dark High Contrast', 'hc-black'],
      ['Light High Contrast', 'hc-light'],
      ['Dark Modern', 'vs-dark'],
    ] as const) {
      const before = await coloursOf(frame);
      await window.runCommand('Preferences: Color Theme', { asksNext: true });
      const box = window.page.locator('.quick-input-widget');
      await box.getByPlaceholder(/Color Theme/).fill(theme);
      await window.chooseRow(theme);
      await box.waitFor({ state: 'hidden' });
      await window.page.locator(`.monaco-workbench.${kind}`).waitFor();
      const after = await waitFor('other colours', async () => {
        const colours = await coloursOf(frame);
        return colours === before ? undefined : colours;
      });
      seen.add(after);
    }
    assert.equal(seen.size, 4, 'four themes, and the first one again at the end');
    assert.equal(await frame.evaluate(() => performance.timeOrigin), born, 'the same page');
    await assertArranged();
  });

  it('comes back after a reload of the window, the tab too', async () => {
    await window.reload();
    await statusItem(window).waitFor();
    await assertArranged();
    const tab = await window.webviewFrame(inEditor);
    await waitForDashboard(tab, 'the week', (state) => Boolean(state.week));
    await window.runCommand('View: Close All Editors');
  });

  it('locks and unlocks, with a passphrase', async () => {
    await window.runCommand('Millrace: Set or Change Passphrase…', { asksNext: true });
    await answerBox(/A new passphrase/);
    await answerBox(/The same once more/);
    await noticed(/The passphrase opens the vault now/);

    const frame = await assertArranged();
    await button(frame, 'Lock').click();
    const locked = await waitForDashboard(
      frame,
      'the lock',
      ({ vault }) => vault.condition === 'locked',
    );
    // Nothing that was read stays in the page.
    assert.deepEqual([locked.today, locked.week, locked.bestHours], [null, null, null]);
    assert.equal(await button(frame, chosenDay).count(), 0);

    await button(frame, /^Unlock/)
      .first()
      .click();
    await window.chooseRow('Passphrase…');
    await answerBox(/The passphrase of the vault/);
    await waitForDashboard(
      frame,
      'the open vault',
      (state) => state.vault.condition === 'ready' && Boolean(state.week),
    );
    assert.ok(await isOpen(frame, /^Vault/));
  });

  it('keeps its state in the secondary side bar', async () => {
    const frame = await window.webviewFrame(inSideBar);
    await button(frame, 'Day before').click();
    await button(frame, chosenDay).waitFor();
    await window.runCommand('View: Move View', { asksNext: true });
    await window.chooseRow('Dashboard');
    await window.chooseRow('Secondary Side Bar');
    // Whether that bar is shown at all is VS Code's own memory; the command shows where the view is.
    const bar = window.page.locator('.part.auxiliarybar');
    await window.runCommand('Millrace: Open Dashboard');
    await bar.waitFor();
    await assertArranged();
    await window.reload();
    await statusItem(window).waitFor();
    await window.runCommand('Millrace: Open Dashboard');
    await bar.waitFor();
    await assertArranged();
  });

  it('has a walkthrough of at most five steps, whose commands exist', async () => {
    await window.runCommand('Millrace: Open Walkthrough');
    const steps = window.page.locator('.getting-started-step');
    await steps.first().waitFor();
    const count = await steps.count();
    assert.ok(count >= 3 && count <= 5, `${count} steps`);
    const names = JSON.parse(
      await readFile(path.join(repositoryRoot, 'package.nls.json'), 'utf8'),
    ) as Record<string, string>;
    const manifest = await readFile(path.join(repositoryRoot, 'package.json'), 'utf8');
    const linked = Object.entries(names)
      .filter(([key]) => key.startsWith('walkthrough.'))
      .flatMap(([, words]) => [...words.matchAll(/command:([\w.]+)/g)].map(([, id]) => id));
    assert.ok(linked.length >= count - 1);
    assert.deepEqual(
      linked.filter((id) => !manifest.includes(`"command": "${id}"`)),
      [],
    );
    // A step's button does what it says.
    const title = names['walkthrough.statusBar.title'];
    assert.ok(title);
    await steps.filter({ hasText: title }).click();
    await window.page.getByRole('button', { name: 'Open Settings' }).first().click();
    await window.page.locator('.settings-editor').waitFor();
  });

  /** Types the passphrase into the editor's own box, once it asks for that. */
  async function answerBox(question: RegExp): Promise<void> {
    const box = window.page.locator('.quick-input-widget');
    await box.getByText(question).waitFor();
    await box.locator('input[type="password"]').fill(passphrase);
    await window.press('Enter');
  }

  async function noticed(words: RegExp): Promise<void> {
    await waitFor(`a notice ${String(words)}`, async () =>
      (await window.notifications()).some((notice) => words.test(notice)),
    );
    await window.runCommand('Notifications: Clear All Notifications');
  }
});

/** What of the page follows the theme. */
function coloursOf(frame: Frame): Promise<string> {
  return frame.evaluate(() => {
    const now = document
      .querySelector('millrace-dashboard')
      ?.shadowRoot?.querySelector('millrace-now')?.shadowRoot;
    const shown = now?.querySelector('section');
    return shown
      ? `${getComputedStyle(shown).color} ${getComputedStyle(document.body).backgroundColor}`
      : '';
  });
}

async function isGone(window: EditorWindow, selector: string): Promise<boolean> {
  for (const frame of window.page.frames()) {
    const count = await frame
      .locator(selector)
      .count()
      .catch(() => 0);
    if (count > 0) {
      return false;
    }
  }
  return true;
}
