import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import type { EditorServer } from './editorServer.ts';
import { LentHands } from './lentHands.ts';
import { remoteUri, windowUrl } from './editorWindow.ts';
import { makeTestFolder, RealEditor, removeTestFolder } from './realEditor.ts';

/** How the host suite is run; the same for the served editor and for a desktop one. */
export interface HostSuiteRun {
  /** For the extension host: where its events go, and which tests to run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
  /** Aborted when the tests get no further; the served editor is ended then. */
  readonly signal: AbortSignal;
  /** The desktop VS Code to use; the served editor has no use for it. */
  readonly vscodePath: string | undefined;
}

/** Begins each line of the tests' own report; the page logs much else. See test/host/index.ts. */
const reportMark = 'test|';

/**
 * Runs dist/test/host inside an extension host of the served VS Code, with the built extension loaded from
 * the repository's folder. Returns when the tests have ended, passed or not; what became of them is in the
 * file that the environment names.
 * @throws {Error} when the signal is aborted.
 */
export async function runHostSuite(run: HostSuiteRun): Promise<void> {
  const folder = await makeTestFolder('host');
  const hands = await LentHands.lend();
  try {
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    const editor = await RealEditor.start({
      folder,
      environment: { ...run.environment, ...hands.environment },
      withTestDriver: true,
    });
    try {
      const page = await editor.browser.newPage();
      await hands.useOn(page);
      await runInWindow(page, editor.server, workspace, run);
    } finally {
      await editor.stop();
    }
  } finally {
    await hands.stop();
    await removeTestFolder(folder);
  }
}

async function runInWindow(
  page: Page,
  server: EditorServer,
  workspace: string,
  run: HostSuiteRun,
): Promise<void> {
  // VS Code calls these two by name, in src/vs/workbench/services/extensions/browser.
  await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
    const line = String(args[0]);
    if (line.startsWith(reportMark)) {
      run.say(line.slice(reportMark.length));
    }
  });
  const ended = new Promise<void>((resolve) => {
    void page.exposeFunction('codeAutomationExit', () => {
      resolve();
    });
  });
  const tests = path.join(repositoryRoot, 'dist/test/host/index.js');
  await page.goto(
    windowUrl(server, { folder: workspace }, [
      ['extensionDevelopmentPath', remoteUri(server, repositoryRoot)],
      ['extensionTestsPath', remoteUri(server, tests)],
    ]),
  );
  const aborted = new Promise<never>((_resolve, reject) => {
    run.signal.addEventListener('abort', () => {
      reject(new Error('The host suite got no further'));
    });
  });
  await Promise.race([ended, aborted]);
}
