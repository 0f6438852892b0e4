import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

describe('THIRD-PARTY-NOTICES.md', () => {
  it('has the licence of every package that the bundles hold, and of no other', () => {
    const script = path.join(repositoryRoot, 'scripts/thirdPartyNotices.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
});
