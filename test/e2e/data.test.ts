import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { waitFor } from '../support/waitFor.ts';
import {
  countedSeconds,
  makeWorkspace,
  openDashboard,
  startWithMillrace,
  statusItem,
  storageFolderOf,
  typeFor,
  waitForDashboard,
} from './millrace.ts';

describe('What a person does with their own data', function () {
  this.timeout(300_000);

  const cleanUp = new CleanUp();
  let home: string;
  let backups: string;
  let kept: string;
  let editor: RealEditor;
  let window: EditorWindow;

  before(async () => {
    home = await makeTestFolder('data');
    cleanUp.add(() => removeTestFolder(home));
    backups = path.join(home, 'backups');
    kept = path.join(home, 'kept');
    await mkdir(backups);
    editor = await startWithMillrace({
      settings: { 'millrace.backup.folder': backups, 'millrace.backup.schedule': 'off' },
    });
    cleanUp.add(() => editor.stop());
    window = await editor.openWindow(await makeWorkspace(home, 'work'));
    await statusItem(window).waitFor();
  });

  after(() => cleanUp.run());

  /** Presses a button of the question in front. */
  const answer = async (button: string): Promise<void> => {
    await window.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: button, exact: true })
      .click();
  };

  const ageFiles = async (): Promise<readonly string[]> =>
    (await readdir(backups)).filter((name) => name.endsWith('.age'));

  const secondsToday = async (what: string, fits: (seconds: number) => boolean): Promise<void> => {
    const frame = await openDashboard(window);
    await waitForDashboard(
      frame,
      what,
      ({ today }) => today !== null && fits(countedSeconds(today)),
    );
  };

  it('backs up what was typed, verified, into the folder', async () => {
    await window.focusEditor();
    await typeFor(window, 6_000);
    // A window that closes hands on all it has.
    await window.reload();
    await statusItem(window).waitFor();
    await secondsToday('the minute in the vault', (seconds) => seconds > 0);
    await window.runCommand('Millrace: Back Up Now');
    await waitFor('the backup', async () => (await ageFiles()).length === 1);
    const manifest = await waitFor('its manifest', async () => {
      const file = (await ageFiles())[0]?.replace(/age$/, 'json') ?? '';
      const parsed = JSON.parse(await readFile(path.join(backups, file), 'utf8')) as {
        readonly verifiedMs: number | null;
      };
      return parsed.verifiedMs === null ? undefined : parsed;
    });
    assert.ok(manifest);
    await cp(backups, kept, { recursive: true });
  });

  it('exports it to a file that other programs read', async () => {
    const file = path.join(home, 'export.json');
    await window.runCommand('Millrace: Export…', { asksNext: true });
    await window.chooseRow('JSON');
    await window.chooseRow('Everything');
    const input = window.page.locator('.quick-input-widget input').first();
    await waitFor('the dialog for the file', async () => (await input.inputValue()).includes('/'));
    const text = await waitFor('the export', async () => {
      // The dialog looks at the path as it is typed, and takes no Enter meanwhile.
      if (await input.isVisible()) {
        await input.fill(file, { timeout: 2_000 });
        await input.press('Enter', { timeout: 2_000 });
      }
      return readFile(file, 'utf8').catch(() => undefined);
    });
    const { format } = JSON.parse(text) as { readonly format?: string };
    assert.match(format ?? '', /millrace/);
  });

  it('erases today once that is confirmed, from the backup as well', async () => {
    const [before] = await ageFiles();
    await window.runCommand('Millrace: Erase…', { asksNext: true });
    await window.chooseRow('A day…');
    const prompt = window.page.locator('.quick-input-widget').getByText('Which day?');
    await prompt.waitFor();
    await window.press('Enter');
    await answer('Erase');
    await window.page
      .locator('.monaco-dialog-box')
      .getByText(/^Erased: \d+ records?/)
      .waitFor();
    await window.press('Escape');
    await secondsToday('an empty day', (seconds) => seconds === 0);
    assert.ok(!(await ageFiles()).includes(before ?? ''));
  });

  it('restores the copy that was kept as a new vault, and finds the session again', async () => {
    await rm(backups, { recursive: true });
    await cp(kept, backups, { recursive: true });
    await window.runCommand('Millrace: Restore from Backup…', { asksNext: true });
    await window.chooseRow('verified');
    await window.chooseRow('As a new vault');
    await window.reloadBy(() => answer('Restore'));
    await statusItem(window).waitFor();
    const storage = storageFolderOf(editor.server);
    assert.ok((await readdir(storage)).includes('vault-location.json'));
    await secondsToday('the session that was backed up', (seconds) => seconds > 0);
    assert.equal((await readdir(path.join(storage, 'vaults'))).length, 1);
    assert.ok((await readdir(path.join(storage, 'vault'))).includes('vault.json'));
  });

  it('purges everything, the vault that was replaced as well, and begins with one new vault', async () => {
    const storage = storageFolderOf(editor.server);
    const vaultFiles = async (): Promise<readonly string[]> =>
      (await readdir(storage, { recursive: true })).filter((file) => file.endsWith('vault.json'));
    const keyFiles = (): Promise<readonly string[]> => readdir(path.join(storage, 'keys'));
    const before = await keyFiles();
    assert.equal((await vaultFiles()).length, 2);
    // On a busy machine a window that was just loaded has the settings of the user only after a while.
    await waitForDashboard(
      await openDashboard(window),
      'the backup folder',
      ({ data }) => data?.backup?.folderName === 'backups',
    );
    await window.runCommand('Millrace: Purge Everything…', { asksNext: true });
    const question = window.page.locator('.monaco-dialog-box');
    await question.getByRole('button', { name: 'Purge Everything', exact: true }).waitFor();
    const losses = await question.innerText();
    assert.match(losses, /earlier vaults that a restore replaced, with their keys: 1/);
    assert.match(losses, /the backup folder backups/);
    await answer('Purge Everything');
    const input = window.page.locator('.quick-input-widget input').first();
    await input.fill('delete everything');
    await window.reloadBy(() => input.press('Enter'));
    await statusItem(window).waitFor();
    await secondsToday('an empty vault', (seconds) => seconds === 0);
    const [made, ...others] = await vaultFiles();
    assert.deepEqual([path.dirname(path.dirname(made ?? '')), others], ['vaults', []]);
    // The key, the device's, and what is remembered of the vault.
    const keys = await keyFiles();
    assert.deepEqual(keys.map((name) => path.extname(name)).sort(), ['.device', '.key', '.pin']);
    const pin = keys.find((name) => name.endsWith('.pin')) ?? '';
    const [key = '', ...more] = new Set(
      keys.filter((name) => name !== pin).map((name) => path.parse(name).name),
    );
    assert.deepEqual(more, [], 'they are of one vault');
    assert.ok(!before.some((name) => name.startsWith(key)), 'which is new');
    // It is named by the folder, which may be one that a vault lay in before.
    const remembered = await readFile(path.join(storage, 'keys', pin), 'utf8');
    assert.equal((JSON.parse(remembered) as { readonly vault: string }).vault, key);
    assert.equal((await ageFiles()).length, 1, 'the backup folder is as it was');
  });
});
