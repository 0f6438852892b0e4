import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
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
import { VaultContents } from './vaultContents.ts';

describe('Two windows on two folders', function () {
  this.timeout(300_000);

  let home: string;
  let editor: RealEditor;
  let one: EditorWindow;
  let two: EditorWindow;
  let oneFrame: Frame;
  let twoFrame: Frame;
  let typedMs = 0;
  const cleanUp = new CleanUp();

  before(async () => {
    home = await makeTestFolder('windows');
    cleanUp.add(() => removeTestFolder(home));
    editor = await startWithMillrace();
    cleanUp.add(() => editor.stop());
    one = await editor.openWindow(await makeWorkspace(home, 'one'));
    await statusItem(one).waitFor();
    oneFrame = await openDashboard(one);
    two = await editor.openWindow(await makeWorkspace(home, 'two'));
    await statusItem(two).waitFor();
    twoFrame = await openDashboard(two);
  });

  after(() => cleanUp.run());

  it('count only in the one in front', async () => {
    const startMs = performance.now();
    for (const window of [one, two, one, two]) {
      await window.bringToFront();
      await window.focusEditor();
      await typeFor(window, 7_000);
    }
    // A pause ends the session of the window in front, and of the other when it comes to the front.
    await two.runCommand('Millrace: Pause Tracking');
    await waitFor('the pause', async () => (await spokenState(two)).includes('paused'));
    await one.bringToFront();
    await waitFor('the pause in the other', async () =>
      (await spokenState(one)).includes('paused'),
    );
    typedMs = performance.now() - startMs;

    // A part of each session may be on disk before: that of a minute that was over.
    for (const [window, frame] of [
      [two, twoFrame],
      [one, oneFrame],
    ] as const) {
      await window.bringToFront();
      await waitForDashboard(
        frame,
        'the pause with nothing unsaved',
        ({ now, vault }) => now.state === 'paused' && vault.unsavedMinutes === 0,
      );
    }
    const minutes = await recordedMinutes();
    assert.equal(new Set(minutes.map(({ session }) => session)).size, 2);
    const secondsOf = new Map<number, number>();
    for (const { sample } of minutes) {
      secondsOf.set(sample.minute, (secondsOf.get(sample.minute) ?? 0) + sample.seconds);
    }
    for (const [minute, seconds] of secondsOf) {
      assert.ok(seconds <= 61, `minute ${minute} has ${seconds} s, each part rounded to a second`);
    }
    for (const session of new Set(minutes.map((minute) => minute.session))) {
      const own = minutes.filter((minute) => minute.session === session);
      assert.ok(own.reduce((sum, { sample }) => sum + sample.insertedChars, 0) > 20);
    }
    const total = [...secondsOf.values()].reduce((sum, seconds) => sum + seconds, 0);
    assert.ok(total >= 14, `${total} s are counted`);
    assert.ok(total <= typedMs / 1000 + minutes.length, `${total} s in ${typedMs / 1000} s`);
  });

  it('show the sum of both in both dashboards', async () => {
    const minutes = await recordedMinutes();
    const total = minutes.reduce((sum, { sample }) => sum + sample.seconds, 0);
    for (const [window, frame] of [
      [one, oneFrame],
      [two, twoFrame],
    ] as const) {
      await window.bringToFront();
      const { today } = await waitForDashboard(
        frame,
        'the sessions of both windows',
        (state) => state.today?.sessions.length === 2 && countedSeconds(state.today) === total,
      );
      assert.ok(today);
    }
  });

  async function recordedMinutes() {
    const vault = await VaultContents.open(storageFolderOf(editor.server));
    try {
      return await vault.minutes();
    } finally {
      vault.dispose();
    }
  }
});
