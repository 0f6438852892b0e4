import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { makeTestFolder, removeTestFolder } from './realEditor.ts';
import type { HostSuiteRun } from './runHostSuite.ts';

/**
 * Runs dist/test/host inside a desktop VS Code: the one given, else one that @vscode/test-electron downloads.
 * Returns when the tests have ended, passed or not.
 */
export async function runHostSuite(run: HostSuiteRun): Promise<void> {
  const folder = await makeTestFolder('desktop');
  try {
    await runTests({
      ...(run.vscodePath === undefined ? {} : { vscodeExecutablePath: run.vscodePath }),
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath: path.join(repositoryRoot, 'dist/test/host/index.js'),
      extensionTestsEnv: { ...run.environment },
      launchArgs: [
        path.join(folder, 'workspace'),
        '--user-data-dir',
        path.join(folder, 'data'),
        '--extensions-dir',
        path.join(folder, 'extensions'),
        '--disable-workspace-trust',
        // Chromium refuses its sandbox to root.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
  } catch (error) {
    // Failed tests end VS Code with a code, which is told as an error; the counts say the rest.
    run.say(error instanceof Error ? error.message : String(error));
  } finally {
    await removeTestFolder(folder);
  }
}
