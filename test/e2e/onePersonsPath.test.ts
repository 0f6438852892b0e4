import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { probeEnvironment, readProbe } from '../realEditor/hostProbe.ts';
import { OutsideWatch } from '../realEditor/outsideWatch.ts';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { filesBelow, TraceSearch, type Trace } from '../support/traces.ts';
import { patienceMs, waitFor } from '../support/waitFor.ts';
import {
  countedSeconds,
  dashboardState,
  makeWorkspace,
  openDashboard,
  spokenState,
  startWithMillrace,
  statusItem,
  storageFolderOf,
  typeFor,
  waitForDashboard,
} from './millrace.ts';
import { VaultContents } from './vaultContents.ts';

const secret =
  'Perspicacious walruses juggle forty-seven turquoise xylophones behind Schloss Quedlinburg.';
const folderName = 'orchard-of-bellflowers';
const fileName = 'kaleidoscope-invoice.txt';

/**
 * One person on one day, in order: each step goes on from the last. What they typed, and where, must be
 * nowhere but in their file.
 */
describe('One person', function () {
  this.timeout(180_000);

  let home: string;
  let probeFile: string;
  let workspace: { readonly folder: string; readonly file: string };
  let editor: RealEditor;
  let window: EditorWindow;
  /** One for each server: the person closes everything once and comes back. */
  const watches: OutsideWatch[] = [];
  const cleanUp = new CleanUp();

  before(async () => {
    home = await makeTestFolder('path');
    cleanUp.add(() => removeTestFolder(home));
    probeFile = path.join(home, 'probe.jsonl');
    workspace = await makeWorkspace(path.join(home, 'work'), folderName, fileName);
    await start();
  });

  after(() => cleanUp.run());

  async function start(): Promise<void> {
    editor = await startWithMillrace({
      folder: path.join(home, 'editor'),
      // The built-in git extension would start git.
      settings: { 'git.enabled': false },
      environment: probeEnvironment(probeFile),
    });
    const started = editor;
    cleanUp.add(() => started.stop());
    const watch = new OutsideWatch(editor.server);
    watches.push(watch);
    cleanUp.add(() => {
      watch.stop();
    });
    window = await editor.openWindow(workspace);
  }

  it('finds one quiet item in the status bar', async () => {
    await statusItem(window).waitFor();
    assert.equal(await spokenState(window), 'Millrace: unknown');
  });

  it('types, and sees the state change', async () => {
    await window.focusEditor();
    await window.type(secret, { delayMs: 70 });
    await typeFor(
      window,
      2 * patienceMs,
      async () => (await spokenState(window)) !== 'Millrace: unknown',
    );
    assert.match(await spokenState(window), /^Millrace: (building|steady|in flow)/);
    await window.save();
    assert.ok((await readFile(workspace.file, 'utf8')).startsWith(secret));
  });

  it('opens the dashboard from the palette and looks at the moment', async () => {
    const frame = await openDashboard(window);
    const { now } = await waitForDashboard(
      frame,
      'a ready vault with nothing unsaved, and the typed characters',
      (state) =>
        state.vault.condition === 'ready' &&
        state.vault.unsavedMinutes === 0 &&
        state.now.evidence.typedChars >= secret.length,
    );
    assert.match(now.state, /^(building|steady|inFlow)$/);
    assert.equal(now.evidence.blockChars, 0);
    assert.match(
      await frame.locator('millrace-now section').innerText(),
      /Building|Steady|In flow/,
    );
  });

  it('pauses, and sees what was recorded as a session of today', async () => {
    await window.runCommand('Millrace: Pause Tracking');
    await waitFor('the pause in the status bar', async () =>
      (await spokenState(window)).startsWith('Millrace: paused'),
    );
    const frame = await openDashboard(window);
    const { today } = await waitForDashboard(
      frame,
      // A part of it may have been there before: that of a minute that was over.
      'the whole session, with nothing unsaved',
      ({ now, today: read, vault }) =>
        now.state === 'paused' &&
        vault.unsavedMinutes === 0 &&
        read?.sessions.length === 1 &&
        countedSeconds(read) >= 5,
    );
    assert.ok(today);
    assert.ok(countedSeconds(today) >= 5, `${countedSeconds(today)} s are counted`);
    assert.equal(today.demo, false);
    await frame.locator('millrace-session-list').waitFor();
  });

  it('types while paused, and nothing is counted', async () => {
    const before = await recordedChars();
    await window.focusEditor();
    await window.type('unrecorded words', { delayMs: 30 });
    await window.runCommand('Millrace: Resume Tracking');
    await waitFor(
      'the end of the pause',
      async () => !(await spokenState(window)).includes('paused'),
    );
    await window.runCommand('Millrace: Pause Tracking');
    await waitFor('the next pause', async () => (await spokenState(window)).includes('paused'));
    assert.equal(await recordedChars(), before);
    await window.runCommand('Millrace: Resume Tracking');
  });

  it('makes a backup from the palette', async () => {
    await window.runCommand('Millrace: Back Up Now');
    await waitFor('the notice', async () =>
      (await window.notifications()).some((text) => text.startsWith('Backed up inside the vault:')),
    );
  });

  it('closes, comes back, and finds the session', async () => {
    await window.close();
    watches.forEach((watch) => {
      watch.stop();
    });
    await editor.stop();
    await start();
    await statusItem(window).waitFor();
    const frame = await openDashboard(window);
    const { today } = await waitForDashboard(
      frame,
      'the session of before',
      (state) => (state.today?.sessions.length ?? 0) >= 1,
    );
    assert.ok(today);
    assert.equal((await dashboardState(frame)).vault.condition, 'ready');
  });

  it('has left no trace of what was typed, or of its place, in storage, log or database', async () => {
    const search = new TraceSearch([secret, folderName, fileName]);
    assert.notDeepEqual(
      search.inBytes('the file', await readFile(workspace.file)),
      [],
      'the search finds what is there',
    );

    const traces: Trace[] = [...(await search.inFolder(storageFolderOf(editor.server)))];
    const logs = (await filesBelow(path.join(editor.server.userDataFolder, 'logs'))).filter(
      (file) => file.toLowerCase().includes('millrace'),
    );
    assert.ok(logs.length > 0, 'Millrace has a log');
    for (const log of logs) {
      traces.push(...search.inBytes(log, await readFile(log)));
    }

    const vault = await VaultContents.open(storageFolderOf(editor.server));
    try {
      const records = JSON.stringify(await vault.records());
      const opened = path.join(home, 'opened');
      await mkdir(opened);
      const { bytes, dump } = await vault.openNewestSnapshot(opened);
      assert.match(dump, /CREATE TABLE/);
      for (const [where, content] of [
        ['the records', Buffer.from(records)],
        ['the decrypted database', bytes],
        ['its dump', Buffer.from(dump)],
      ] as const) {
        traces.push(...search.inBytes(where, content));
      }
    } finally {
      vault.dispose();
    }
    assert.deepEqual(traces, []);
  });

  it('had an extension host without a connection or a process of Millrace', async () => {
    const calls = await readProbe(probeFile);
    assert.ok(calls.length > 0, 'the probe sees what VS Code itself does');
    assert.deepEqual(
      calls.filter(({ stack }) => stack.includes('millrace.millrace')),
      [],
    );

    const outside = watches.flatMap((watch) => watch.views());
    assert.ok(outside.length > 0);
    const children = new Set(outside.flatMap((view) => view.children));
    assert.deepEqual(
      [...children].filter((commandLine) => !isBuiltIn(commandLine)),
      [],
    );
    // The one connection of an extension host is the window's, which the server hands over to it.
    const foreign = outside.flatMap(({ serverPort, sockets }) =>
      sockets.filter(({ protocol, localPort }) => protocol !== 'tcp' || localPort !== serverPort),
    );
    assert.deepEqual(foreign, []);
  });

  async function recordedChars(): Promise<number> {
    const vault = await VaultContents.open(storageFolderOf(editor.server));
    try {
      return (await vault.minutes()).reduce((sum, { sample }) => sum + sample.insertedChars, 0);
    } finally {
      vault.dispose();
    }
  }
});

/**
 * What VS Code's own extension host starts: the language servers of its installation, the search through files with
 * which its npm extension looks for packages, and the programs with which it looks for ports to forward. Whose call
 * each was, the probe tells.
 */
function isBuiltIn(commandLine: string): boolean {
  return ofTheInstallation.test(commandLine) || searchForPorts.test(commandLine);
}

const ofTheInstallation =
  /\/code-server\/lib\/vscode\/(extensions|node_modules\/@vscode\/ripgrep[\w-]*)\//;
const searchForPorts = /^(\/bin\/sh -c )?(ls -l \/proc\/|ps -F -A -l|grep (root|socket:)$)/;
