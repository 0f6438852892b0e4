import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import type { DashboardState } from '../../src/protocol/dashboard.ts';
import type { DayReading } from '../../src/readings/dayReading.ts';
import type { EditorServer } from '../realEditor/editorServer.ts';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { RealEditor, type RealEditorOptions } from '../realEditor/realEditor.ts';
import { vsixFile } from '../support/vsixFile.ts';
import { waitFor } from '../support/waitFor.ts';

/** What the end-to-end tests know of Millrace: where a person finds its parts. */

const itemId = 'millrace.millrace.millrace.flow';
const dashboardElement = 'millrace-dashboard';

/** A real editor with the packaged Millrace in it. */
export function startWithMillrace(options: RealEditorOptions = {}): Promise<RealEditor> {
  return RealEditor.start({ ...options, vsixFiles: [vsixFile()] });
}

/** The status-bar item; it is there once Millrace has activated. */
export function statusItem(window: EditorWindow): Locator {
  return window.statusBarItem(itemId);
}

/** What the item says to a screen reader: `Millrace: building`. */
export async function spokenState(window: EditorWindow): Promise<string> {
  return (await statusItem(window).getByRole('button').getAttribute('aria-label')) ?? '';
}

/** Opens the dashboard by its command and waits until it has drawn a state. */
export async function openDashboard(window: EditorWindow): Promise<Frame> {
  await window.runCommand('Millrace: Open Dashboard');
  const frame = await window.webviewFrame(dashboardElement);
  await dashboardState(frame);
  return frame;
}

/** The state that the dashboard draws, as its element holds it. */
export function dashboardState(frame: Frame): Promise<DashboardState> {
  return waitFor('the dashboard to have a state', () =>
    frame.evaluate((selector) => {
      // The element's property; this function runs in the page, where its class is not to be had.
      const element = document.querySelector(selector) as { state?: DashboardState } | null;
      return element?.state;
    }, dashboardElement),
  );
}

/** Waits until the dashboard's state fits. */
export function waitForDashboard(
  frame: Frame,
  what: string,
  fits: (state: DashboardState) => boolean,
): Promise<DashboardState> {
  return waitFor(what, async () => {
    const state = await dashboardState(frame);
    return fits(state) ? state : undefined;
  });
}

/** The seconds of a day in all states together. */
export function countedSeconds(day: DayReading): number {
  return Object.values(day.seconds).reduce((sum, seconds) => sum + seconds, 0);
}

/** Everything that Millrace stores for this server's user. */
export function storageFolderOf(server: EditorServer): string {
  return path.join(server.userDataFolder, 'User/globalStorage/millrace.millrace');
}

/** Makes a workspace folder with one empty file. */
export async function makeWorkspace(
  parent: string,
  name: string,
  fileName = 'notes.txt',
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = path.join(parent, name);
  const file = path.join(folder, fileName);
  await mkdir(folder, { recursive: true });
  await writeFile(file, '');
  return { folder, file };
}

/** Types words as a person would, with uneven pauses, until told to stop or the time is over. */
export async function typeFor(
  window: EditorWindow,
  durationMs: number,
  isDone: () => Promise<boolean> | boolean = () => false,
): Promise<void> {
  const endMs = performance.now() + durationMs;
  for (let word = 0; performance.now() < endMs && !(await isDone()); word += 1) {
    await window.type(words[word % words.length] ?? '', { delayMs: 60 + (word % 5) * 15 });
  }
}

const words = ['water ', 'turns ', 'the ', 'wheel, ', 'and ', 'stones ', 'grind.\n'];
