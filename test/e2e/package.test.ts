import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { vsixFile } from '../support/vsixFile.ts';
import { listZip } from '../support/zipEntries.ts';

describe('The packaged extension', () => {
  let archive: Buffer;
  let names: readonly string[];

  before(async () => {
    archive = await readFile(vsixFile());
    names = listZip(archive).map(({ name }) => name);
  });

  it('is 1.5 MB at most', () => {
    assert.ok(archive.length <= 1_500_000, `${archive.length} bytes`);
  });

  it('holds what runs', () => {
    for (const file of [
      ...[
        'extension.js',
        'window.js',
        'focus.js',
        'data.js',
        'keeper.js',
        'transfer.js',
        'webview.js',
        'cli.js',
      ],
      ...['sql-wasm.wasm', 'companion/manifest.json', 'companion/background.js', 'companion.zip'],
    ]) {
      assert.ok(names.includes(`extension/dist/${file}`), file);
    }
  });

  it('holds no source maps, tests, sources or native modules', () => {
    const unwanted = names.filter((name) =>
      /\.(map|ts|mts|cts|mjs|node|test\.js)$|\/(test|src|scripts|node_modules|\.[^/]*)\//.test(
        name,
      ),
    );
    assert.deepEqual(unwanted, []);
  });

  it('names no source map in its scripts', () => {
    // The files are compressed, so the list of names and the build's own setting are what there is to see.
    assert.deepEqual(
      names.filter(
        (name) => !/^(extension\/|extension\.vsixmanifest$|\[Content_Types\]\.xml$)/.test(name),
      ),
      [],
    );
  });
});
