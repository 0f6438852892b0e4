import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { commands } from '../../../src/cli/commandList.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

const cli = path.join(repositoryRoot, 'dist/cli.js');

/** The built program, in an environment with nothing but these. */
function millrace(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: { HOME: os.tmpdir(), ...environment },
  });
  return { status, stdout, stderr };
}

describe('the language of the command line', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-language-'));
  const noVault = ['vault', 'info', '--storage', path.join(folder, 'none')];
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is English where the environment names none, or none that is spoken', () => {
    const english = millrace(['help'], {});
    for (const { summary } of commands) {
      assert.ok(english.stdout.includes(summary), summary);
    }
    for (const LANG of ['C', 'C.UTF-8', 'POSIX', 'en_GB.UTF-8', 'zz_ZZ.UTF-8', '../de', 'den']) {
      assert.deepEqual(millrace(['help'], { LANG }), english, LANG);
    }
  });

  it('is the first of LC_ALL, LC_MESSAGES and LANG that is not empty', () => {
    const says = (environment: Readonly<Record<string, string>>): string =>
      millrace(['help'], environment).stdout.split('\n')[0] ?? '';
    assert.equal(says({ LANG: 'de' }), 'Aufruf:');
    assert.equal(says({ LANG: 'de_AT.UTF-8@euro' }), 'Aufruf:');
    assert.equal(says({ LANG: 'en', LC_MESSAGES: 'de_DE' }), 'Aufruf:');
    assert.equal(says({ LANG: 'de_DE', LC_MESSAGES: '', LC_ALL: 'C' }), 'Usage:');
    assert.equal(says({ LANG: 'de_DE', LC_MESSAGES: '', LC_ALL: '' }), 'Aufruf:');
  });

  it('is that of failures too, and of no word that a program reads', () => {
    const english = millrace(noVault, {});
    const german = millrace(noVault, { LANG: 'de_DE.UTF-8' });
    assert.match(
      english.stderr,
      /^millrace vault info: There is no vault in this folder \((\w+)\)/,
    );
    assert.match(german.stderr, /^millrace vault info: In diesem Ordner ist kein Tresor \((\w+)\)/);
    assert.equal(/\(\w+\)$/m.exec(german.stderr)?.[0], /\(\w+\)$/m.exec(english.stderr)?.[0]);
    assert.equal(german.status, english.status);
  });

  it('is told in the help of a command, whose usage is the same', () => {
    const german = millrace(['unblock', '--help'], { LANG: 'de' }).stdout;
    assert.match(german, /^Aufruf: millrace unblock \[--storage DIR\]\.\.\. /);
    assert.match(german, /eine andere Hosts-Datei/);
  });
});
