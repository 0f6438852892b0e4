import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { openBrowser } from '../realEditor/browser.ts';
import { EditorWindow } from '../realEditor/editorWindow.ts';
import { descendantsOf, endProcesses, isRunning } from '../realEditor/processTree.ts';
import { makeTestFolder, removeTestFolder } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { patienceMs, waitFor } from '../support/waitFor.ts';
import { openDashboard, spokenState, statusItem, typeFor, waitForDashboard } from './millrace.ts';

/** `npm start` as somebody runs it who has just cloned the repository; only the packages are already there. */
describe('npm start -- --browser --demo', function () {
  this.timeout(240_000);

  let home: string;
  let script: ChildProcess;
  let url = '';
  let output = '';
  let taken: Server;
  let temporary: string;
  let window: EditorWindow;
  const cleanUp = new CleanUp();

  before(async () => {
    home = await makeTestFolder('start');
    cleanUp.add(() => removeTestFolder(home));
    const clone = path.join(home, 'clone');
    // A build of its own must not take the ground from under the tests that run from dist/.
    const left = new Set(['.git', '.cache', 'dist', 'node_modules']);
    await cp(repositoryRoot, clone, {
      recursive: true,
      filter: (source) =>
        !left.has(path.relative(repositoryRoot, source)) && !source.endsWith('.vsix'),
    });
    await symlink(path.join(repositoryRoot, 'node_modules'), path.join(clone, 'node_modules'));
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    cleanUp.add(() => {
      taken.close();
    });
    temporary = path.join(home, 'tmp');
    await mkdir(temporary);
    script = spawn(
      process.execPath,
      [
        path.join(clone, 'scripts/start.mjs'),
        '--browser',
        '--demo',
        '--port',
        String(portOf(taken)),
      ],
      {
        cwd: clone,
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    cleanUp.add(endScript);
    let printed = '';
    script.stdout?.on('data', (data: Buffer) => {
      printed += data.toString();
      // Up to the blank behind it: an address may arrive in pieces.
      url ||= /http:\/\/\S+(?=\s)/.exec(printed)?.[0] ?? '';
    });
    script.stderr?.on('data', (data: Buffer) => {
      output += data.toString();
    });
  });

  after(() => cleanUp.run());

  /** Ends the script with all that it started, also when a test has failed half way. */
  async function endScript(): Promise<void> {
    if (script.pid === undefined || script.exitCode !== null || script.signalCode !== null) {
      return;
    }
    const started = descendantsOf(script.pid);
    script.kill('SIGINT');
    await endProcesses(started, 15_000);
    script.kill('SIGKILL');
  }

  it('says what it does and prints an address', async () => {
    await waitFor(
      'the address',
      () => {
        assert.equal(script.exitCode, null, output);
        return url !== '';
      },
      { timeoutMs: 2 * patienceMs },
    );
    assert.match(output, /Building and packaging Millrace/);
    assert.match(output, /90 days of history/);
    assert.ok(output.includes(`Port ${portOf(taken)} is taken`));
    assert.ok(!url.includes(`:${portOf(taken)}/`));
  });

  it('serves a VS Code with Millrace and the made-up history in it', async () => {
    const browser = await openBrowser(path.join(home, 'chromium'));
    cleanUp.add(() => browser.close());
    browser.setDefaultTimeout(patienceMs);
    window = new EditorWindow(await browser.newPage(), url);
    await window.open();
    await statusItem(window).waitFor();
    const frame = await openDashboard(window);
    await waitForDashboard(
      frame,
      'the made-up week in a vault with nothing unsaved',
      ({ vault, week }) =>
        vault.condition === 'ready' && vault.unsavedMinutes === 0 && week?.demo === true,
    );
  });

  it('shows a state for 300 typed characters', async () => {
    await window.runCommand('File: New Untitled Text File');
    await window.focusEditor();
    await typeFor(window, 2 * patienceMs, async () =>
      /building|steady/.test(await spokenState(window)),
    );
    assert.match(await spokenState(window), /^Millrace: (building|steady)/);
  });

  it('ends all that it started on Ctrl-C, and removes the throw-away profile', async () => {
    assert.ok(script.pid !== undefined);
    const started = descendantsOf(script.pid);
    assert.ok(started.length > 0);
    script.kill('SIGINT');
    await waitFor('the end of npm start', () => script.exitCode !== null);
    assert.equal(script.exitCode, 130);
    await waitFor('the end of what it started', () => !started.some(isRunning));
    assert.deepEqual(
      (await readdir(temporary)).filter((name) => name.startsWith('millrace-')),
      [],
    );
  });
});

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
