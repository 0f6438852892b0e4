import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
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
      readdirSync(path.join(folder, 'one')).sort(),
    );
    for (const { name, bytes } of entries) {
      assert.equal(bytes, readFileSync(path.join(folder, 'one', name)).length, name);
    }
  });
});
