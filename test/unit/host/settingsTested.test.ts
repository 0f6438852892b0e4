import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { settingNames } from '../../support/knownSettings.ts';

/** Only say how settings are read and described, which is not what they do. */
const aboutTheManifest = [
  'manifest.test.ts',
  'settings.test.ts',
  'settingTable.test.ts',
  'settingsTested.test.ts',
];

describe('every setting', () => {
  it('has a test that names it and says what it does', () => {
    const folder = path.join(repositoryRoot, 'test');
    const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(
        (file) => file.endsWith('.test.ts') && !aboutTheManifest.includes(path.basename(file)),
      )
      .map((file) => readFileSync(path.join(folder, file), 'utf8'));
    assert.ok(tests.length > 50);
    const untested = Object.values(settingNames).filter(
      (name) =>
        !tests.some((text) =>
          ["'", '"', '`', '.', ' '].some((before) =>
            ["'", '"', '`', ' ', ':'].some((after) => text.includes(`${before}${name}${after}`)),
          ),
        ),
    );
    assert.deepEqual(untested, []);
  });
});
