import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FocusSessionRecord } from '../../src/vault/record.ts';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { descendantsOf, isRunning, sendSignal } from '../realEditor/processTree.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import {
  makeHostsNamespace,
  whyNoHostsNamespace,
  type HostsNamespace,
} from '../support/hostsNamespace.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { waitFor } from '../support/waitFor.ts';
import {
  makeWorkspace,
  spokenState,
  startWithMillrace,
  statusItem,
  storageFolderOf,
} from './millrace.ts';
import { VaultContents } from './vaultContents.ts';

async function waitForSession(window: EditorWindow): Promise<void> {
  await waitFor('the session in the status bar', async () =>
    /focus session.*minutes left: \d+/.test(await spokenState(window)),
  );
}

async function waitForNoSession(window: EditorWindow): Promise<void> {
  await waitFor(
    'no session in the status bar',
    async () => !(await spokenState(window)).includes('minutes left'),
  );
}

async function storedSessions(editor: RealEditor): Promise<readonly FocusSessionRecord[]> {
  const vault = await VaultContents.open(storageFolderOf(editor.server));
  try {
    return (await vault.records()).filter((record) => record.type === 'focusSession');
  } finally {
    vault.dispose();
  }
}

/** Ends the session and chooses a reason, or says nothing. */
async function endSession(window: EditorWindow, reason?: string): Promise<void> {
  await window.runCommand('Millrace: End Focus Session…', { asksNext: true });
  const question = window.page.getByText('Why Does It End Early?');
  await question.waitFor();
  if (reason === undefined) {
    await window.press('Escape');
  } else {
    await window.chooseRow(reason, { isWhole: true });
  }
  await question.waitFor({ state: 'hidden' });
}

describe('A focus session in two windows', function () {
  this.timeout(300_000);

  const cleanUp = new CleanUp();
  let editor: RealEditor;
  let one: EditorWindow;
  let two: EditorWindow;

  before(async () => {
    const home = await makeTestFolder('focus');
    cleanUp.add(() => removeTestFolder(home));
    editor = await startWithMillrace({
      settings: { 'millrace.focus.lengthMinutes': 33, 'millrace.focus.breakMinutes': 7 },
    });
    cleanUp.add(() => editor.stop());
    one = await editor.openWindow(await makeWorkspace(home, 'one'));
    await statusItem(one).waitFor();
    two = await editor.openWindow(await makeWorkspace(home, 'two'));
    await statusItem(two).waitFor();
  });

  after(() => cleanUp.run());

  it('begins in one and shows in both', async () => {
    await two.runCommand('Millrace: Start Focus Session');
    await waitForSession(two);
    await waitForSession(one);
    assert.match(await statusItem(one).innerText(), /3[23]m left/);
  });

  it('survives the reload of the window that began it', async () => {
    await two.reload();
    await statusItem(two).waitFor();
    await waitForSession(two);
  });

  it('is paused and resumed from the other window', async () => {
    await one.bringToFront();
    await one.runCommand('Millrace: Pause Focus Session');
    await waitFor('the pause', async () => (await spokenState(one)).includes('paused'));
    await one.runCommand('Millrace: Resume Focus Session');
    await waitFor('the end of the pause', async () => !(await spokenState(one)).includes('paused'));
  });

  it('ends in both, and is in the vault with its reason', async () => {
    await endSession(one, 'I was interrupted');
    await waitForNoSession(one);
    await waitForNoSession(two);
    const [stored] = await waitFor('the session in the vault', async () => {
      const found = await storedSessions(editor);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(stored?.kind, 'focus');
    assert.equal(stored.end?.by, 'early');
    assert.equal(stored.end.reason, 'interrupted');
    assert.equal(stored.plannedMs, 33 * 60_000);
    assert.equal(stored.pauses.filter(({ cause }) => cause === 'person').length, 1);
  });

  it('is followed by a break of its own length', async () => {
    await one.runCommand('Millrace: Take a Break');
    await waitFor('the break', async () =>
      /break, minutes left: [67]/.test(await spokenState(one)),
    );
  });
});

describe('A site that a focus session blocks by the hosts file', function () {
  this.timeout(300_000);

  const cleanUp = new CleanUp();
  let namespace: HostsNamespace;
  let original: Buffer;
  let editor: RealEditor;
  let window: EditorWindow;

  before(async function () {
    const reason = whyNoHostsNamespace();
    if (reason !== undefined) {
      console.error(`Skipped: this suite ${reason}.`);
      this.skip();
    }
    const home = await makeTestFolder('focus-hosts');
    cleanUp.add(() => removeTestFolder(home));
    namespace = await makeHostsNamespace(home);
    cleanUp.add(() => {
      namespace.end();
    });
    original = readFileSync(namespace.hostsFile);
    editor = await startWithMillrace({
      launcher: namespace.launcher,
      settings: {
        'millrace.focus.blockedSites': { 'distraction.test': true, 'kept.test': false },
        'millrace.blocking.hostsFile.enabled': true,
      },
    });
    cleanUp.add(() => editor.stop());
    window = await editor.openWindow(await makeWorkspace(home, 'work'));
    await statusItem(window).waitFor();
  });

  after(() => cleanUp.run());

  const text = (): string => readFileSync(namespace.hostsFile, 'utf8');
  const isBlocked = (): boolean => text().includes('0.0.0.0 distraction.test');
  const assertRestored = (): void => {
    assert.deepEqual(readFileSync(namespace.hostsFile), original);
  };
  /** The extension host writes the file in place: it lets the site through before all of it is there again. */
  const restoring = async (): Promise<void> => {
    await waitFor('the hosts file as it was', () =>
      readFileSync(namespace.hostsFile).equals(original),
    );
    assertRestored();
  };

  it('is let through before, and blocked from the start on', async () => {
    assert.ok(!isBlocked());
    await window.runCommand('Millrace: Start Focus Session');
    await waitForSession(window);
    await waitFor('the block', isBlocked);
    assert.ok(!text().includes('kept.test'));
  });

  it('stays with the session when the extension host is killed, and goes with its end', async () => {
    const [host] = editor.server.extensionHosts();
    assert.ok(host);
    sendSignal(host.pid, 'SIGKILL');
    await waitFor('the end of the host', () => !isRunning(host));
    assert.ok(isBlocked());
    await waitFor('a new extension host', () =>
      editor.server.extensionHosts().some(({ pid }) => pid !== host.pid),
    );
    await statusItem(window).waitFor();
    await waitForSession(window);
    await endSession(window);
    await restoring();
  });

  it('is lifted by the command at once, while the session goes on', async () => {
    await waitForNoSession(window);
    await window.runCommand('Millrace: Start Focus Session');
    await waitForSession(window);
    await waitFor('the block', isBlocked);
    await window.runCommand('Millrace: Restore Everything Now');
    await restoring();
    await waitForSession(window);
    await endSession(window);
    await waitForNoSession(window);
  });

  it('is put right by the command line when the whole editor is killed', async () => {
    await window.runCommand('Millrace: Start Focus Session');
    await waitForSession(window);
    await waitFor('the block', isBlocked);
    for (const { pid } of descendantsOf(editor.server.pid)) {
      sendSignal(pid, 'SIGKILL');
    }
    sendSignal(editor.server.pid, 'SIGKILL');
    await editor.server.ended;
    assert.ok(isBlocked());
    const [command = '', ...words] = [
      ...namespace.launcher,
      ...[process.execPath, path.join(repositoryRoot, 'dist/cli.js'), 'unblock'],
      ...['--storage', storageFolderOf(editor.server)],
    ];
    const { status, stdout } = spawnSync(command, words, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    assert.deepEqual([status, stdout], [0, 'Restored the hosts file.\n']);
    assertRestored();
  });
});
