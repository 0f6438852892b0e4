import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder } from '../realEditor/realEditor.ts';
import { makeWorkspace, startWithMillrace, statusItem } from '../e2e/millrace.ts';
import { atMost, median, told, type SuiteResult } from '../support/figure.ts';

const rounds = 7;

/**
 * What activating Millrace costs the extension host's thread: loading its code and calling `activate`, as VS
 * Code itself measures both and shows them under "Developer: Show Running Extensions". Each round is a new
 * extension host.
 */
export async function run(): Promise<SuiteResult> {
  const home = await makeTestFolder('activation');
  const editor = await startWithMillrace();
  const timesMs: number[] = [];
  try {
    const window = await editor.openWindow(await makeWorkspace(home, 'work'));
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) {
        await window.reload();
      }
      await statusItem(window).waitFor();
      timesMs.push(await activationMs(window));
    }
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
    ],
  };
}

/** Reads `Activation: 12ms` from Millrace's row. */
async function activationMs(window: EditorWindow): Promise<number> {
  await window.runCommand('Developer: Show Running Extensions');
  const row = window.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ has: window.page.getByText('Millrace', { exact: true }) });
  const text = await row.locator('.activation-time').innerText();
  const found = /(\d+)\s*ms/.exec(text)?.[1];
  if (found === undefined) {
    throw new Error(`VS Code tells no activation time: ${text}`);
  }
  return Number(found);
}
