import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chooseKitPlace } from '../../../src/host/vault/keys/kitPlaceFlow.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

describe('host/kitPlaceFlow', () => {
  let root: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    for (const folder of ['home', 'open', 'repository/.git']) {
      await mkdir(path.join(root, folder), { recursive: true });
    }
  });
  afterEach(() => remove());

  /** Answers in this order; at the end of them, all has to have been asked. */
  async function choose(
    ...answers: readonly (string | undefined)[]
  ): Promise<{ chosen: string | undefined; asked: string[] }> {
    const left = [...answers];
    const asked: string[] = [];
    const chosen = await chooseKitPlace(path.join(root, 'home'), [path.join(root, 'open')], {
      place(begin) {
        asked.push(begin);
        const answer = left.shift();
        return Promise.resolve(answer && path.join(root, answer));
      },
      exposed({ by }) {
        asked.push(by);
        const answer = left.shift();
        return Promise.resolve(answer === 'here' || answer === 'elsewhere' ? answer : undefined);
      },
    });
    assert.deepEqual(left, []);
    return { chosen: chosen && path.relative(root, chosen), asked };
  }

  const begin = (): string => path.join(root, 'home', 'millrace-recovery-kit.txt');

  it('begins in the home folder, and asks nothing more where the kit lies well', async () => {
    assert.deepEqual(await choose('home/kit.txt'), { chosen: 'home/kit.txt', asked: [begin()] });
    assert.deepEqual(await choose(undefined), { chosen: undefined, asked: [begin()] });
  });

  it('asks once more before a kit lies in a repository or in an open folder', async () => {
    for (const [file, by] of [
      ['open/kit.txt', 'openFolder'],
      ['repository/kit.html', 'repository'],
    ] as const) {
      assert.deepEqual(await choose(file, 'here'), { chosen: file, asked: [begin(), by] });
      assert.deepEqual(await choose(file, undefined), { chosen: undefined, asked: [begin(), by] });
      assert.deepEqual(await choose(file, 'elsewhere', 'home/kit.txt'), {
        chosen: 'home/kit.txt',
        asked: [begin(), by, begin()],
      });
      assert.equal((await choose(file, 'elsewhere', undefined)).chosen, undefined);
    }
  });
});
