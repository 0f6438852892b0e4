import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseRestore, type RestoreQuestions } from '../../../src/host/data/backup/restoreFlow.ts';
import type { ListedBackup, RestoreKey } from '../../../src/transfer/messages/backupMessages.ts';
import { TransferError, type TransferFailure } from '../../../src/transfer/transferError.ts';

const entry = (file: string, failure: TransferFailure | null = null): ListedBackup => ({
  ...{ kind: 'backup', file, createdMs: 1, sizeBytes: 2, verifiedMs: 3, vault: null },
  ...{ counts: {}, takesPassphrase: true, failure },
});

const passphrase = { kind: 'passphrase', text: 'correct' } as const;

describe('chooseRestore', () => {
  let inFolder: readonly ListedBackup[];
  let listFailure: TransferFailure | undefined;
  let asked: string[];

  beforeEach(() => {
    inFolder = [entry('new.age'), entry('old.age', 'wrongKey'), entry('cut.age', 'damaged')];
    listFailure = undefined;
    asked = [];
  });

  const list = (folder: string, key: RestoreKey): Promise<readonly ListedBackup[]> => {
    asked.push(`list ${path.basename(folder)} ${key.kind}`);
    if (listFailure !== undefined && path.basename(folder) === 'backups') {
      return Promise.reject(new TransferError(listFailure, 'Not now'));
    }
    const opens = key.kind === 'passphrase' && key.text === 'correct';
    return Promise.resolve(
      inFolder.map((one) =>
        opens && one.failure === 'wrongKey' ? { ...one, failure: null } : one,
      ),
    );
  };

  /** Answers as told; what is not told is a plain yes. */
  const choose = (
    source: RestoreQuestions['source'],
    answers: Partial<RestoreQuestions> = {},
    canMerge = true,
  ): ReturnType<typeof chooseRestore> =>
    chooseRestore({
      ...{ backupFolder: '/backups', canMerge, list },
      ask: {
        source,
        key: () => {
          asked.push('key');
          return Promise.resolve(passphrase);
        },
        way: () => {
          asked.push('way');
          return Promise.resolve('merge');
        },
        confirm: (_entry, way) => {
          asked.push(`confirm ${way}`);
          return Promise.resolve(true);
        },
        ...answers,
      },
    });

  const take =
    (file: string): RestoreQuestions['source'] =>
    (listed) => {
      const found = listed.find((one) => one.file === file);
      return Promise.resolve(found && { entry: found });
    };

  it('asks for no key where the present one opens it', async () => {
    const choice = await choose(take('new.age'));
    assert.deepEqual(
      [choice?.from, choice?.key.kind, choice?.way],
      [path.join('/backups', 'new.age'), 'present', 'merge'],
    );
    assert.deepEqual(asked, ['list backups present', 'way', 'confirm merge']);
  });

  it('asks for a key where it does not, and tries that before it goes on', async () => {
    assert.deepEqual((await choose(take('old.age')))?.key, passphrase);
    assert.deepEqual(asked.slice(0, 3), ['list backups present', 'key', 'list backups passphrase']);
    await assert.rejects(
      choose(take('old.age'), {
        key: () => Promise.resolve({ kind: 'passphrase', text: 'wrong' }),
      }),
      (error) => TransferError.is(error, 'wrongKey'),
    );
  });

  it('refuses what is damaged, before any question', async () => {
    await assert.rejects(choose(take('cut.age')), (error) => TransferError.is(error, 'damaged'));
    assert.deepEqual(asked, ['list backups present']);
  });

  it('makes a new vault where there is none to merge into', async () => {
    const choice = await choose(take('new.age'), {}, false);
    assert.equal(choice?.way, 'asNew');
    assert.ok(!asked.includes('way'));
  });

  it('says why a folder shows nothing, and goes on with another', async () => {
    listFailure = 'unreachable';
    const failures: (TransferFailure | undefined)[] = [];
    const choice = await choose((listed, failure) => {
      failures.push(failure);
      return failures.length === 1
        ? Promise.resolve({ folder: '/elsewhere' })
        : take('new.age')(listed, failure);
    });
    assert.deepEqual(failures, ['unreachable', undefined]);
    assert.equal(choice?.from, path.join('/elsewhere', 'new.age'));
  });

  it('takes a file that is picked, and none that is no backup', async () => {
    const file = path.join('/stick', 'new.age');
    assert.equal((await choose(() => Promise.resolve({ file })))?.from, file);
    const other = path.join('/stick', 'notes.txt');
    await assert.rejects(
      choose(() => Promise.resolve({ file: other })),
      (error) => TransferError.is(error, 'notOurs'),
    );
  });

  it('does nothing when the person has had enough, at any question', async () => {
    const enough = (): Promise<undefined> => Promise.resolve(undefined);
    assert.equal(await choose(enough), undefined);
    assert.equal(await choose(take('old.age'), { key: enough }), undefined);
    assert.equal(await choose(take('new.age'), { way: enough }), undefined);
    const no = (): Promise<boolean> => Promise.resolve(false);
    assert.equal(await choose(take('new.age'), { confirm: no }), undefined);
  });
});
