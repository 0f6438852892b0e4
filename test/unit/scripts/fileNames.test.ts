import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

describe('The files of src/ and companion/', () => {
  it('have a name each, so that a name says which file is meant', () => {
    const names = ['src', 'companion'].flatMap((folder) =>
      readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => path.basename(file)),
    );
    assert.ok(names.length > 100, 'looked in the wrong place');
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});
