import assert from 'node:assert/strict';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { formatVaultFile, parseVaultFile } from '../../src/vault/protectors/vaultFile.ts';
import { makeTestFolder, removeTestFolder, type RealEditor } from '../realEditor/realEditor.ts';
import { withStranger } from '../support/forgedVaultFiles.ts';
import { CleanUp } from '../support/cleanUp.ts';
import { waitFor } from '../support/waitFor.ts';
import {
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
import { hasVault, VaultContents } from './vaultContents.ts';

/** Whatever is wrong: one notice that says what to do, tracking goes on, and nothing is overwritten. */
describe('Bad input', function () {
  this.timeout(180_000);

  let home: string;
  /** One for all: what a window reads, it reads when it opens, and each has a workspace of its own. */
  let editor: RealEditor;
  /** The storage of somebody who has recorded a session; each test spoils a copy. */
  let goodStorage: string;
  const cleanUp = new CleanUp();

  before(async () => {
    home = await makeTestFolder('bad-input');
    cleanUp.add(() => removeTestFolder(home));
    editor = await startWithMillrace();
    cleanUp.add(() => editor.stop());
    const window = await editor.openWindow(await makeWorkspace(home, 'work'));
    await statusItem(window).waitFor();
    await waitFor('the vault', () => hasVault(storageFolderOf(editor.server)));
    await window.focusEditor();
    await typeFor(window, 3_000);
    await window.close();
    goodStorage = path.join(home, 'good-storage');
    await cp(storageFolderOf(editor.server), goodStorage, { recursive: true });
  });

  after(() => cleanUp.run());

  /** Opens a window on a copy of the good storage that `spoil` has changed, and closes it at the end. */
  async function withStorage(
    name: string,
    spoil: (storage: string) => Promise<void>,
    settings: Readonly<Record<string, unknown>>,
    use: (window: EditorWindow, storage: string) => Promise<void>,
  ): Promise<void> {
    const storage = storageFolderOf(editor.server);
    await rm(storage, { recursive: true });
    await cp(goodStorage, storage, { recursive: true });
    await spoil(storage);
    await editor.writeSettings(settings);
    const window = await editor.openWindow(await makeWorkspace(home, name));
    try {
      await statusItem(window).waitFor();
      await use(window, storage);
    } finally {
      await window.close();
    }
  }

  /** Waits for a notice, and sees that it is the only one of Millrace. */
  async function assertOneNotice(window: EditorWindow, text: RegExp): Promise<void> {
    const notices = await waitFor(`a notice that matches ${String(text)}`, async () => {
      const found = await window.notices();
      return found.some((notice) => text.test(notice)) ? found : undefined;
    });
    const own = notices.filter((notice) => /millrace/i.test(notice));
    assert.equal(own.length, 1, own.join('\n'));
  }

  async function waitForSpoken(window: EditorWindow, words: string): Promise<void> {
    await waitFor(`"${words}"`, async () => (await spokenState(window)) === words);
  }

  /** Types, and sees in the dashboard that it is counted in memory. */
  async function assertTracks(window: EditorWindow): Promise<void> {
    await window.focusEditor();
    await typeFor(window, 2_000);
    const frame = await openDashboard(window);
    await waitForDashboard(frame, 'the typed characters', ({ now }) => now.evidence.typedChars > 0);
  }

  it('a damaged vault.json', async () => {
    const garbage = '{"format":"millrace-vault", this is no JSON';
    let segments: readonly string[] = [];
    await withStorage(
      'damaged',
      async (storage) => {
        await writeFile(path.join(storage, 'vault/vault.json'), garbage);
        segments = await readdir(path.join(storage, 'vault/segments'));
      },
      {},
      async (window, storage) => {
        await assertOneNotice(window, /can't read its vault file.*Nothing was changed/s);
        await waitForSpoken(window, 'Millrace: vault damaged');
        await assertTracks(window);
        await window.close();
        assert.equal(await readFile(path.join(storage, 'vault/vault.json'), 'utf8'), garbage);
        const left = await readdir(path.join(storage, 'vault/segments'));
        assert.deepEqual(
          segments.filter((name) => !left.includes(name)),
          [],
        );
      },
    );
  });

  it('a vault.json of a later version', async () => {
    let later = '';
    await withStorage(
      'later',
      async (storage) => {
        const file = path.join(storage, 'vault/vault.json');
        later = (await readFile(file, 'utf8')).replace(/"version": \d+/, '"version": 99');
        await writeFile(file, later);
      },
      {},
      async (window, storage) => {
        await assertOneNotice(window, /made by another version.*Update Millrace/s);
        await assertTracks(window);
        await window.close();
        assert.match(later, /"version": 99/);
        assert.equal(await readFile(path.join(storage, 'vault/vault.json'), 'utf8'), later);
      },
    );
  });

  it('a vault.json that somebody else put there', async () => {
    let theirs = '';
    await withStorage(
      'stranger',
      async (storage) => {
        const file = path.join(storage, 'vault/vault.json');
        const forged = withStranger(parseVaultFile(await readFile(file)));
        await writeFile(file, formatVaultFile(forged));
        theirs = await readFile(file, 'utf8');
      },
      {},
      async (window, storage) => {
        await assertOneNotice(window, /does not know its vault file.*Nothing is sealed/s);
        await waitForSpoken(window, 'Millrace: vault not trusted');
        await assertTracks(window);
        await window.runCommand('Millrace: Pause Tracking');
        const frame = await openDashboard(window);
        await waitForDashboard(
          frame,
          'minutes that wait in memory',
          ({ vault }) => vault.unsavedMinutes > 0 && vault.condition === 'untrusted',
        );
        const segments = path.join(storage, 'vault/segments');
        assert.deepEqual(
          await readdir(segments),
          await readdir(path.join(goodStorage, 'vault/segments')),
          'nothing is written',
        );
        assert.equal(await readFile(path.join(storage, 'vault/vault.json'), 'utf8'), theirs);

        await cp(
          path.join(goodStorage, 'vault/vault.json'),
          path.join(storage, 'vault/vault.json'),
        );
        await waitForDashboard(
          frame,
          'the minutes to be saved',
          ({ vault }) => vault.condition === 'ready' && vault.unsavedMinutes === 0,
        );
      },
    );
  });

  it('a missing key: recording goes on, reading waits for the key', async () => {
    await withStorage(
      'keyless',
      (storage) => rm(path.join(storage, 'keys'), { recursive: true }),
      {},
      async (window, storage) => {
        const before = await readFile(path.join(storage, 'vault/vault.json'));
        await openDashboard(window);
        await assertOneNotice(window, /has no key for its vault here.*Recording goes on/s);
        await assertTracks(window);
        await window.close();
        assert.deepEqual(await readFile(path.join(storage, 'vault/vault.json')), before);

        // With the key back, what was recorded without it is there.
        await cp(path.join(goodStorage, 'keys'), path.join(storage, 'keys'), { recursive: true });
        const vault = await VaultContents.open(storage);
        try {
          const sessions = new Set((await vault.minutes()).map(({ session }) => session));
          assert.equal(sessions.size, 2);
        } finally {
          vault.dispose();
        }
      },
    );
  });

  it('a folder that cannot be written, and that can be again', async () => {
    let blocked = '';
    await withStorage(
      'unwritable',
      // Permissions would not stop root, under whom tests may run.
      async (storage) => {
        blocked = path.join(storage, 'vault/segments');
        await rm(blocked, { recursive: true });
        await writeFile(blocked, 'a file where a folder should be');
      },
      {},
      async (window) => {
        await assertTracks(window);
        await window.runCommand('Millrace: Pause Tracking');
        await assertOneNotice(window, /can't write to its vault folder.*kept in memory/s);
        await waitForSpoken(window, 'Millrace: vault not writable');
        const frame = await openDashboard(window);
        const { vault } = await waitForDashboard(
          frame,
          'unsaved minutes',
          (state) => state.vault.unsavedMinutes > 0 && state.vault.condition !== 'ready',
        );
        assert.equal(vault.condition, 'unwritable');
        assert.equal(await readFile(blocked, 'utf8'), 'a file where a folder should be');

        await rm(blocked);
        await waitForDashboard(
          frame,
          'the minutes to be saved',
          (state) => state.vault.condition === 'ready' && state.vault.unsavedMinutes === 0,
        );
      },
    );
  });

  it('settings out of range', async () => {
    await withStorage(
      'settings',
      () => Promise.resolve(),
      { 'millrace.session.idleMinutes': 100_000 },
      async (window) => {
        await assertOneNotice(window, /setting millrace.session.idleMinutes is out of range/);
        await assertTracks(window);
      },
    );
  });

  it('unknown and malformed messages from the webview', async () => {
    let earlierLogs: readonly string[] = [];
    await withStorage(
      'messages',
      async () => {
        earlierLogs = await logFiles(editor);
      },
      {},
      async (window) => {
        // VS Code hands its API to a page only once; this keeps a second reference for the test.
        await window.page.context().addInitScript(() => {
          let give: (() => unknown) | undefined;
          Object.defineProperty(globalThis, 'acquireVsCodeApi', {
            configurable: true,
            set: (value: () => unknown) => {
              give = value;
            },
            get: () => () => {
              const api = give?.();
              Object.assign(globalThis, { keptApi: api });
              return api;
            },
          });
        });
        await window.reload();
        await statusItem(window).waitFor();
        const frame = await openDashboard(window);
        const before = await storedRecords(editor);
        // Ten thousand of them.
        for (let round = 0; round < 1_000; round += 1) {
          await frame.evaluate(() => {
            const { keptApi } = globalThis as unknown as {
              keptApi: { postMessage(message: unknown): void };
            };
            for (const message of [
              'no object',
              null,
              { kind: 'launch', what: 'missiles' },
              { kind: 'request', id: 1, name: 'constructor', params: {} },
              { kind: 'request', id: 2, name: 'runAction', params: { action: 'deleteEverything' } },
              { kind: 'request', id: 3, name: 'ready', params: { version: 99 } },
              { kind: 'reply', id: 4, ok: true, result: {} },
              { kind: 'event', name: 'failed', payload: { what: 'x'.repeat(10_000) } },
              JSON.parse('{"__proto__": {"polluted": 1}, "kind": "event", "name": "__proto__"}'),
              {
                kind: 'request',
                id: 5,
                name: 'answerQuestion',
                params: { rating: 7, activity: 'writing', interrupted: false },
              },
            ]) {
              keptApi.postMessage(message);
            }
          });
        }
        await frame.evaluate((megabytes) => {
          const { keptApi } = globalThis as unknown as {
            keptApi: { postMessage(message: unknown): void };
          };
          const long = 'x'.repeat(megabytes * 1_000_000);
          keptApi.postMessage(long);
          keptApi.postMessage({ kind: 'request', id: 6, name: long, params: {} });
          keptApi.postMessage({
            kind: 'request',
            id: 7,
            name: 'runAction',
            params: { action: long },
          });
        }, 10);
        // The page, the host and the editor still answer one another.
        await window.runCommand('Millrace: Pause Tracking');
        await waitForDashboard(frame, 'the pause', ({ now }) => now.state === 'paused');
        await window.runCommand('Millrace: Resume Tracking');
        await waitForDashboard(frame, 'the end of it', ({ now }) => now.state !== 'paused');
        await assertTracks(window);
        const state = await dashboardState(frame);
        assert.equal(state.vault.condition, 'ready');
        assert.deepEqual(
          (await window.notifications()).filter((notice) => /millrace/i.test(notice)),
          [],
        );
        const after = await storedRecords(editor);
        assert.deepEqual(
          after.filter((type) => !recordedByItself.has(type)),
          before.filter((type) => !recordedByItself.has(type)),
        );

        const log = await readLogs(
          (await logFiles(editor)).filter((file) => !earlierLogs.includes(file)),
        );
        const dropped = log.split('\n').filter((line) => line.includes('Dropped'));
        assert.ok(dropped.length > 0, 'the log says what was dropped');
        assert.equal(
          new Set(dropped.map(withoutTime)).size,
          dropped.length,
          'and says each kind once',
        );
        assert.ok(log.split('\n').length < 200, 'and is not filled');
        assert.doesNotMatch(log, /missiles|deleteEverything|xxxx/);
      },
    );
  });
});

/** Time that passes, and what the day's chores learn of it. */
const recordedByItself: ReadonlySet<string> = new Set(['minute', 'session', 'template']);

/** The types of all records on the disk. */
async function storedRecords(editor: RealEditor): Promise<readonly string[]> {
  const vault = await VaultContents.open(storageFolderOf(editor.server));
  try {
    return (await vault.records()).map(({ type }) => type);
  } finally {
    vault.dispose();
  }
}

/** A line of the log without the time at its beginning. */
function withoutTime(line: string): string {
  return line.replace(/^[-\d: .]+/, '');
}

/** Millrace's logs, one for each extension host that there was. */
async function logFiles(editor: RealEditor): Promise<readonly string[]> {
  const logs = path.join(editor.server.userDataFolder, 'logs');
  const files = await readdir(logs, { recursive: true });
  return files.filter((file) => file.endsWith('Millrace.log')).map((file) => path.join(logs, file));
}

async function readLogs(files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}
