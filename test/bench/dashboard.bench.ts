import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import {
  makeWorkspace,
  openDashboard,
  startWithMillrace,
  statusItem,
  waitForDashboard,
} from '../e2e/millrace.ts';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { atMost, median, told, type SuiteResult } from '../support/figure.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { pause, waitFor } from '../support/waitFor.ts';

const execute = promisify(execFile);
const coldRounds = 7;
const warmRounds = 7;
const changeRounds = 10;
const days = 3_650;

/** Moments of one opening, in milliseconds after the click that asked for it. */
interface Opening {
  readonly pageMs: number;
  readonly firstPaintMs: number;
  readonly completeMs: number;
}

/**
 * How long somebody waits for the dashboard, with ten years of history: from the click on its icon to the first
 * painting of the page and to the one with all of its panes. Cold: nobody has looked since the window was loaded,
 * so that the keeper has to be started. Warm: the view was hidden and comes back. All clocks are the browser's.
 */
export async function run(): Promise<SuiteResult> {
  const cleanUp = new CleanUp();
  try {
    const home = await makeTestFolder('dashboard-bench');
    cleanUp.add(() => removeTestFolder(home));
    const folder = path.join(home, 'editor');
    const storage = path.join(folder, 'data/User/globalStorage/millrace.millrace/vault');
    await mkdir(storage, { recursive: true });
    const cli = path.join(repositoryRoot, 'dist/cli.js');
    await execute(process.execPath, [cli, 'demo', '--storage', storage, '--days', String(days)]);
    const editor = await startWithMillrace({ folder });
    cleanUp.add(() => editor.stop());
    await editor.browser.addInitScript(watchDrawing);
    const window = await editor.openWindow(await makeWorkspace(home, 'work'));
    await statusItem(window).waitFor();
    await openAllPanes(window);

    const cold: Opening[] = [];
    for (let round = 0; round < coldRounds; round += 1) {
      await window.openActivity('Explorer');
      // VS Code writes down now and then which view is open.
      await settle(window);
      await pause(6_000);
      await window.reload();
      await statusItem(window).waitFor();
      await settle(window);
      cold.push(await open(window));
    }
    const warm: Opening[] = [];
    for (let round = 0; round < warmRounds; round += 1) {
      await window.openActivity('Explorer');
      await settle(window);
      warm.push(await open(window));
    }
    const changes = await measureChanges(window);
    const of = (openings: readonly Opening[], what: keyof Opening): number =>
      median(openings.map((opening) => opening[what]));
    return {
      suite: 'dashboard',
      figures: [
        atMost('first paint, cold, median', of(cold, 'firstPaintMs'), 'ms', 300),
        atMost('complete, cold, median', of(cold, 'completeMs'), 'ms', 800),
        told("the webview's page begins, cold, median", of(cold, 'pageMs'), 'ms'),
        told(
          'complete, cold, slowest',
          Math.max(...cold.map(({ completeMs }) => completeMs)),
          'ms',
        ),
        atMost('first paint, warm, median', of(warm, 'firstPaintMs'), 'ms', 300),
        atMost('complete, warm, median', of(warm, 'completeMs'), 'ms', 800),
        told("the webview's page begins, warm, median", of(warm, 'pageMs'), 'ms'),
        atMost('a change of state, click to drawn, median', median(changes), 'ms', 100),
        told('a change of state, slowest', Math.max(...changes), 'ms'),
      ],
    };
  } finally {
    await cleanUp.run();
  }
}

declare global {
  interface Window {
    /** When the last click was, in the workbench's page, since the epoch. */
    benchClickMs?: number;
    /** When each thing was drawn first, in the dashboard's page, since the epoch. */
    benchDrawn?: Record<string, number>;
  }
}

/** Runs in every page before its own scripts: notes clicks, and when what is being waited for has been drawn. */
function watchDrawing(): void {
  const nowMs = (): number => performance.timeOrigin + performance.now();
  window.addEventListener(
    'click',
    () => {
      window.benchClickMs = nowMs();
    },
    true,
  );
  const drawn: Record<string, number> = {};
  window.benchDrawn = drawn;
  const find = (root: ParentNode, selector: string): Element | undefined => {
    const found = root.querySelector(selector);
    if (found !== null) {
      return found;
    }
    for (const child of root.querySelectorAll('*')) {
      const below = child.shadowRoot === null ? undefined : find(child.shadowRoot, selector);
      if (below !== undefined) {
        return below;
      }
    }
    return undefined;
  };
  // What stands in the panes once their contents are there.
  const parts = ['millrace-day-totals', 'svg.bars', 'table.heat'];
  const look = (): void => {
    const dashboard = document.querySelector('millrace-dashboard');
    if (dashboard !== null) {
      const state = (dashboard as { state?: { now: { state: string }; insights?: unknown } }).state;
      const isComplete =
        state !== undefined &&
        state.insights !== null &&
        parts.every((selector) => find(document, selector) !== undefined);
      for (const name of [state?.now.state, isComplete ? 'complete' : undefined]) {
        if (name !== undefined && drawn[name] === undefined) {
          // A task after the frame in which it stood: it has been painted.
          drawn[name] = 0;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            drawn[name] = nowMs();
          };
          requestAnimationFrame(() => {
            port2.postMessage(0);
          });
        }
      }
    }
  };
  // VS Code writes the page into a frame that is there before, which ends a chain of animation frames.
  setInterval(look, 4);
}

async function openAllPanes(window: EditorWindow): Promise<void> {
  const frame = await openDashboard(window);
  await waitForDashboard(frame, 'the history', (state) => Boolean(state.week && state.bestHours));
  for (const header of await frame.locator('millrace-pane h2 button').all()) {
    if ((await header.getAttribute('aria-expanded')) === 'false') {
      await header.click();
    }
  }
  await drawnAt(frame, 'complete');
}

/** Waits until the host and the page have been quiet for a moment: extensions start one after the other. */
async function settle(window: EditorWindow): Promise<void> {
  await window.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let quiet = 0;
        let looks = 0;
        const rest = (): void => {
          requestIdleCallback((deadline) => {
            quiet = deadline.timeRemaining() > 5 ? quiet + 1 : 0;
            looks += 1;
            if (quiet > 20 || looks > 60) {
              resolve();
            } else {
              setTimeout(rest, 100);
            }
          });
        };
        rest();
      }),
  );
}

async function open(window: EditorWindow): Promise<Opening> {
  await window.openActivity('Millrace');
  const frame = await window.webviewFrame('millrace-dashboard');
  const completeMs = await drawnAt(frame, 'complete');
  const clickMs = await clickedAt(window);
  const page = await frame.evaluate(() => ({
    originMs: performance.timeOrigin,
    paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  }));
  if (page.paintMs === undefined) {
    throw new Error('The browser tells no first paint');
  }
  return {
    pageMs: page.originMs - clickMs,
    firstPaintMs: page.originMs + page.paintMs - clickMs,
    completeMs: completeMs - clickMs,
  };
}

/** From a click on the view's own button to the painted state: through the workbench, the host and the page. */
async function measureChanges(window: EditorWindow): Promise<number[]> {
  const frame = await window.webviewFrame('millrace-dashboard');
  const times: number[] = [];
  for (let round = 0; round < changeRounds; round += 1) {
    await forget(frame);
    const label = round % 2 === 0 ? 'Pause Tracking' : 'Resume Tracking';
    const before = round % 2 === 0 ? 'paused' : undefined;
    await window.page.locator('.part.sidebar > .composite.title').hover();
    await window.page
      .locator(`.part.sidebar .action-label[aria-label^="${label}"]`)
      .first()
      .click();
    const atMs = await (before === undefined
      ? waitFor('the end of the pause', () =>
          frame.evaluate(
            () =>
              Object.entries(globalThis.window.benchDrawn ?? {}).find(
                ([name, ms]) => name !== 'paused' && name !== 'complete' && ms > 0,
              )?.[1],
          ),
        )
      : drawnAt(frame, before));
    times.push(atMs - (await clickedAt(window)));
  }
  return times;
}

/** Lets the page note anew what it draws, once it has drawn what it has. */
async function forget(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    const current = document.querySelector('millrace-dashboard') as {
      state?: { now: { state: string } };
    } | null;
    const drawn = window.benchDrawn ?? {};
    for (const name of Object.keys(drawn)) {
      if (name !== current?.state?.now.state) {
        Reflect.deleteProperty(drawn, name);
      }
    }
    // What is on view now is no change.
    drawn[current?.state?.now.state ?? ''] = -1;
  });
}

async function drawnAt(frame: Frame, name: string): Promise<number> {
  return waitFor(`${name} to be drawn`, async () => {
    const atMs = await frame.evaluate((wanted) => window.benchDrawn?.[wanted], name);
    return atMs !== undefined && atMs > 0 ? atMs : undefined;
  });
}

async function clickedAt(window: EditorWindow): Promise<number> {
  const atMs = await window.page.evaluate(() => globalThis.window.benchClickMs);
  if (atMs === undefined) {
    throw new Error('The click was not noticed');
  }
  return atMs;
}
