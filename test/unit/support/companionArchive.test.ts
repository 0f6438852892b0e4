import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { texts } from '../../../companion/texts.ts';
import { allLanguages } from '../../support/languages.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { listZip } from '../../support/zipEntries.ts';

describe("the companion's archive", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-companion-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function pack(name: string, zone: string): Buffer {
    const outdir = path.join(folder, name);
    const script = pathToFileURL(path.join(repositoryRoot, 'scripts/companion.mjs')).href;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { buildCompanion } = await import(${JSON.stringify(script)});
         await buildCompanion({ outdir: ${JSON.stringify(outdir)} });`,
      ],
      { encoding: 'utf8', env: { ...process.env, TZ: zone } },
    );
    assert.equal(status, 0, stderr);
    return readFileSync(`${outdir}.zip`);
  }

  it('holds what the folder holds, and is the same whenever and wherever it is made', () => {
    const one = pack('one', 'America/Los_Angeles');
    assert.ok(one.equals(pack('two', 'Asia/Tokyo')));
    const entries = listZip(one);
    assert.deepEqual(
      entries.map(({ name }) => name),
      readdirSync(path.join(folder, 'one'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          path.join(path.relative(path.join(folder, 'one'), entry.parentPath), entry.name),
        )
        .sort(),
    );
    for (const { tag, translate } of allLanguages) {
      const file = path.join(folder, 'one/_locales', tag, 'messages.json');
      const messages = JSON.parse(readFileSync(file, 'utf8')) as Readonly<
        Record<string, { readonly message: string }>
      >;
      const { language, ...others } = messages;
      assert.equal(language?.message, tag);
      assert.deepEqual(Object.keys(others), Object.keys(texts));
      assert.equal(others['minutesMore']?.message, translate(texts.minutesMore, '$1'));
    }
    for (const { name, bytes } of entries) {
      assert.equal(bytes, readFileSync(path.join(folder, 'one', name)).length, name);
    }
  });
});
