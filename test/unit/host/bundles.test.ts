import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lazyParts } from '../../../src/host/lazyParts.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

const dist = path.join(repositoryRoot, 'dist');
const textOf = (bundle: string): string => readFileSync(path.join(dist, `${bundle}.js`), 'utf8');

/** The files that a bundle is made of, as esbuild names them in it. */
const filesOf = (bundle: string): readonly string[] =>
  [...textOf(bundle).matchAll(/^\/\/ (\S*\b(?:src|node_modules)\/\S+)$/gm)].map(
    ([, file = '']) => file,
  );

/** The bundles that one loads when it first needs them, by their names. */
const loadedBy = (bundle: string): readonly string[] =>
  [...textOf(bundle).matchAll(/=> (?:\w+\()?require\("\.\/(\w+)\.js"\)/g)].map(
    ([, name = '']) => name,
  );

describe('the bundles', () => {
  it('are loaded one after the other, each by who first needs it', () => {
    assert.deepEqual(loadedBy('extension'), ['window']);
    assert.deepEqual([...loadedBy('window')].sort(), Object.keys(lazyParts).sort());
    assert.deepEqual(loadedBy('focus'), ['companionBlocker']);
    assert.deepEqual(loadedBy('data'), []);
  });

  it('hold a lazy part in its own alone', () => {
    for (const bundle of ['extension', 'window']) {
      const files = filesOf(bundle);
      assert.ok(files.length > 10);
      assert.deepEqual(
        files.filter(
          (file) =>
            /\/host\/\w+\/\w+Part\.ts$|Dialogs\.ts$/.test(file) && !file.endsWith('/lazyPart.ts'),
        ),
        [],
      );
    }
  });

  it('bring the WebSocket library with the browser companion only', () => {
    const holders = readdirSync(dist)
      .filter((file) => file.endsWith('.js'))
      .map((file) => path.basename(file, '.js'))
      .filter((bundle) => filesOf(bundle).some((file) => file.includes('node_modules/ws/')));
    assert.deepEqual(holders, ['companionBlocker']);
  });
});
