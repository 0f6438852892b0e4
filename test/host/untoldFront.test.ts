import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FlowEngine } from '../../src/flow/detection/flowEngine.ts';
import type { FlowReading } from '../../src/flow/flowReading.ts';
import { isUntoldInFront } from '../../src/host/recording/inFront.ts';
import { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';
import { Tracker } from '../../src/tracking/tracker.ts';
import { ManualClock } from '../support/manualClock.ts';
import { waitFor } from '../support/waitFor.ts';
import { closeEditors, openNewFile, RecordedEvents, typeText } from './recordedEvents.ts';

const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no workspace folder');
/** Above 50 MB VS Code tells extensions nothing of a document. */
const tooLargeBytes = 56 * 1024 * 1024;

describe('what can not be told of what is in front', () => {
  const large = vscode.Uri.joinPath(folder, 'large.log');
  const workbench = vscode.workspace.getConfiguration('workbench');

  before(async () => {
    // Elsewhere than on a desktop VS Code asks before it opens as large a file.
    await workbench.update('editorLargeFileConfirmation', 1_000, true);
    const line = `${'x'.repeat(1_023)}\n`;
    await vscode.workspace.fs.writeFile(
      large,
      Buffer.from(line.repeat(tooLargeBytes / line.length)),
    );
  });

  after(async () => {
    await workbench.update('editorLargeFileConfirmation', undefined, true);
    await vscode.workspace.fs.delete(large);
  });

  afterEach(closeEditors);

  const isShown = (uri: vscode.Uri): boolean => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const shown =
      input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
        ? input.uri.toString()
        : undefined;
    return shown === uri.toString();
  };

  const open = async (uri: vscode.Uri): Promise<void> => {
    await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
    await waitFor('the tab in front', () => isShown(uri));
  };

  it('is what is typed in a very large file, and it is not taken for reading', async () => {
    const events = new RecordedEvents();
    const clock = new ManualClock(Date.UTC(2026, 5, 1, 9));
    const ring = new KeystrokeRing();
    const tracker = new Tracker<FlowReading>({
      clock,
      ring,
      scorer: new FlowEngine(ring),
      newSessionId: () => 'session',
      idleMs: 300_000,
      focused: true,
      active: true,
      isFrontUntold: isUntoldInFront,
      onListenerError: (error) => {
        throw error;
      },
    });
    const work = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        tracker.activeChanged(true, clock.monotonicMs());
        clock.advance(10_000);
      }
    };
    try {
      await openNewFile('before.txt');
      assert.equal(isUntoldInFront(), false);
      work(180_000);
      assert.equal(tracker.latest.state, 'reading');
      await open(large);
      await waitFor('no editor in front', () => vscode.window.activeTextEditor === undefined);
      events.edits.length = 0;
      await typeText('typed where nobody is told');
      assert.equal(isUntoldInFront(), true);
      work(180_000);
      assert.equal(tracker.latest.state, 'unknown');
      assert.equal(tracker.latest.evidence.isUntold, true);
      assert.deepEqual(events.edits, []);
      await openNewFile('after.txt');
      assert.equal(isUntoldInFront(), false);
    } finally {
      tracker.dispose();
      events.dispose();
    }
  });

  it('is what is done in a custom editor of what is no text', async () => {
    const picture = vscode.Uri.joinPath(folder, 'dot.gif');
    const dot = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
    await vscode.workspace.fs.writeFile(picture, Buffer.from(dot, 'base64'));
    await open(picture);
    await waitFor('no editor in front', () => vscode.window.activeTextEditor === undefined);
    assert.ok(
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom,
    );
    assert.equal(isUntoldInFront(), true);
  });

  it('is what is done in a custom editor of a text, whose edits have no sign of a key', async () => {
    const { document } = await openNewFile('shown.md', '# A title\n');
    assert.equal(isUntoldInFront(), false);
    const preview = 'vscode.markdown.preview.editor';
    await vscode.commands.executeCommand('vscode.openWith', document.uri, preview);
    await waitFor(
      'the custom editor',
      () =>
        vscode.window.activeTextEditor === undefined &&
        vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom,
    );
    assert.equal(isUntoldInFront(), true);
  });

  for (const [what, command] of [
    ['settings', 'workbench.action.openSettings2'],
    ['keyboard shortcuts', 'workbench.action.openGlobalKeybindings'],
    ['a terminal', 'workbench.action.createTerminalEditor'],
  ] as const) {
    it(`is nothing in ${what}, where no document is edited`, async () => {
      await vscode.commands.executeCommand(command);
      await waitFor(
        'the page',
        () => vscode.window.tabGroups.activeTabGroup.activeTab !== undefined,
      );
      assert.equal(isUntoldInFront(), false);
    });
  }

  it('is nothing in a web page, nor where nothing is open', async () => {
    assert.equal(isUntoldInFront(), false);
    const panel = vscode.window.createWebviewPanel('test', 'Test', vscode.ViewColumn.Active);
    panel.webview.html = '<p>Nothing to see</p>';
    await waitFor('the page', () => panel.active);
    assert.equal(isUntoldInFront(), false);
    panel.dispose();
  });
});
