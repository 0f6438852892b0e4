import assert from 'node:assert/strict';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import type { ProcessIdentity } from '../realEditor/processTree.ts';
import { isRunning, sendSignal } from '../realEditor/processTree.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { waitFor } from '../support/waitFor.ts';
import {
  countedSeconds,
  makeWorkspace,
  openDashboard,
  spokenState,
  startWithMillrace,
  statusItem,
  storageFolderOf,
  typeFor,
  waitForDashboard,
} from './millrace.ts';
import { hasVault, minuteKeys, VaultContents } from './vaultContents.ts';

describe('An extension host that is killed while somebody types', function () {
  this.timeout(300_000);

  let home: string;
  let editor: RealEditor;
  let window: EditorWindow;
  let acknowledged: readonly string[] = [];
  const cleanUp = new CleanUp();

  before(async () => {
    home = await makeTestFolder('crash');
    cleanUp.add(() => removeTestFolder(home));
    const workspace = await makeWorkspace(home, 'work');
    editor = await startWithMillrace();
    cleanUp.add(() => editor.stop());
    window = await editor.openWindow(workspace);
    await statusItem(window).waitFor();
  });

  after(() => cleanUp.run());

  it('loses no minute that was recorded before', async () => {
    await waitFor('the vault', () => hasVault(storageFolderOf(editor.server)));
    await window.focusEditor();
    // A minute is handed on when the clock leaves it.
    await typeFor(window, 130_000, async () => (await minutesOnDisk()).length > 0);
    acknowledged = await minutesOnDisk();
    assert.ok(acknowledged.length > 0, 'a minute is recorded');

    await Promise.all([typeFor(window, 3_000), killHost()]);
    assertHolds(await minutesOnDisk(), acknowledged);
  });

  it('records on after the restart, into a file of its own', async () => {
    await statusItem(window).waitFor();
    await window.focusEditor();
    await typeFor(window, 6_000);
    await window.runCommand('Millrace: Pause Tracking');
    await waitFor('the pause', async () => (await spokenState(window)).includes('paused'));
    await waitFor(
      'the new minutes',
      async () => (await minutesOnDisk()).length > acknowledged.length,
    );
    assertHolds(await minutesOnDisk(), acknowledged);
    acknowledged = await minutesOnDisk();
  });

  it('survives a second kill, right after a write', async () => {
    await killHost();
    await statusItem(window).waitFor();
    assertHolds(await minutesOnDisk(), acknowledged);
  });

  it('shows all of it in the dashboard', async () => {
    const vault = await VaultContents.open(storageFolderOf(editor.server));
    // Nothing is added: the pause has outlived the host.
    const minutes = await vault.minutes().finally(() => {
      vault.dispose();
    });
    const recorded = minutes.reduce((sum, { sample }) => sum + sample.seconds, 0);
    const frame = await openDashboard(window);
    const { today } = await waitForDashboard(
      frame,
      'both sessions, with all that is recorded of them',
      (state) => state.today?.sessions.length === 2 && countedSeconds(state.today) === recorded,
    );
    assert.ok(today);
  });

  async function minutesOnDisk(): Promise<readonly string[]> {
    const vault = await VaultContents.open(storageFolderOf(editor.server));
    try {
      return minuteKeys(await vault.minutes());
    } finally {
      vault.dispose();
    }
  }

  /** Ends the extension host at once, as the out-of-memory killer would, and waits for its successor. */
  async function killHost(): Promise<void> {
    const [host] = editor.server.extensionHosts();
    assert.ok(host);
    sendSignal(host.pid, 'SIGKILL');
    await waitFor('the end of the host', () => !isRunning(host));
    await waitFor('a new extension host', () =>
      editor.server.extensionHosts().some((other: ProcessIdentity) => other.pid !== host.pid),
    );
  }

  function assertHolds(now: readonly string[], before: readonly string[]): void {
    const there = new Set(now);
    assert.deepEqual(
      before.filter((key) => !there.has(key)),
      [],
    );
  }
});
