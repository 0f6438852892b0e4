import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder } from '../realEditor/realEditor.ts';
import { makeWorkspace, startWithMillrace, statusItem } from '../e2e/millrace.ts';
import { atMost, median, told, type SuiteResult } from '../support/figure.ts';

const rounds = 7;
/** What hardly anything costs here: a machine that is busy with its window makes all of them wait. */
const smallExtension = 'Merge Conflict';

/**
 * What starting Millrace costs the extension host's thread. First what counts: loading it and calling `activate`, as VS
 * Code itself measures both and shows them under "Developer: Show Running Extensions". Then, in a turn of its own, what
 * keeps and shows it, as the log tells. Each round is a new extension host, while its window starts.
 */
export async function run(): Promise<SuiteResult> {
  const home = await makeTestFolder('activation');
  const editor = await startWithMillrace();
  const timesMs: number[] = [];
  const ownMs: number[] = [];
  const restMs: number[] = [];
  try {
    const window = await editor.openWindow(await makeWorkspace(home, 'work'));
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) {
        await window.reload();
      }
      await statusItem(window).waitFor();
      await window.runCommand('Developer: Show Running Extensions');
      timesMs.push(await activationMs(window, 'Millrace'));
      ownMs.push(await activationMs(window, smallExtension));
    }
    restMs.push(...(await heldMs(path.join(editor.server.userDataFolder, 'logs'))));
  } finally {
    await editor.stop();
    await removeTestFolder(home);
  }
  return {
    suite: 'activation',
    figures: [
      atMost('activation on the host thread, median', median(timesMs), 'ms', 30),
      told('fastest', Math.min(...timesMs), 'ms'),
      told('slowest', Math.max(...timesMs), 'ms'),
      told(`${smallExtension}, VS Code's own, in the same rounds`, median(ownMs), 'ms'),
      told('the rest, in a turn of its own, median', median(restMs), 'ms'),
      told('fastest of the rest', Math.min(...restMs), 'ms'),
    ],
  };
}

/** How long the thread was held by what is loaded after activation, once for each host that started. */
async function heldMs(logs: string): Promise<readonly number[]> {
  const files = (await readdir(logs, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.name.includes('Millrace'),
  );
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(path.join(parentPath, name), 'utf8')),
  );
  const found = texts.flatMap((text) => [...text.matchAll(/Started .*heldMs\W+(\d+)/g)]);
  if (found.length === 0) {
    throw new Error('The log does not tell how long starting took');
  }
  return found.map(([, ms]) => Number(ms));
}

/** Reads `Activation: 12ms` from the row of an extension. */
async function activationMs(window: EditorWindow, name: string): Promise<number> {
  const row = window.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ has: window.page.getByText(name, { exact: true }) });
  const text = await row.locator('.activation-time').innerText();
  const found = /(\d+)\s*ms/.exec(text)?.[1];
  if (found === undefined) {
    throw new Error(`VS Code tells no activation time: ${text}`);
  }
  return Number(found);
}
