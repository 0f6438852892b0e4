import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

interface Violation {
  readonly rule: string;
  readonly from: string;
}

/** A house of a few files, by path, and what the walls of the real one say to it. */
async function cruise(files: Readonly<Record<string, string>>): Promise<readonly Violation[]> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'millrace-walls-')));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        path.join(repositoryRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', path.join(repositoryRoot, '.dependency-cruiser.mjs')],
        ...['--output-type', 'json', 'src', 'companion'],
      ],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
    );
    const { summary } = JSON.parse(stdout) as {
      readonly summary: {
        readonly violations: readonly { readonly from: string; readonly rule: { name: string } }[];
      };
    };
    return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const value = 'export const value = 1;\nexport type Value = number;\n';

describe('the walls between rooms', () => {
  it('stop a forbidden import, however it is written, and no other', async () => {
    const violations = await cruise({
      'src/host/words.ts': value,
      'src/host/data/above.ts': value,
      'src/flow/features/above.ts': value,
      'src/base/ground.ts': value,
      'src/base/static.ts': "import { value } from '../host/words.ts';\nexport { value };\n",
      'src/base/lazy.ts': "export const load = () => import('../host/words.ts');\n",
      'src/base/typed.ts': "export type { Value } from '../host/words.ts';\n",
      'src/base/typedInline.ts': "export type V = import('../host/words.ts').Value;\n",
      'src/base/node.ts': "import { readFileSync } from 'node:fs';\nreadFileSync('x');\n",
      'src/base/package.ts': "export const load = () => import('ws');\n",
      'src/tracking/editor.ts': "export type { Uri } from 'vscode';\n",
      'src/host/settings/static.ts':
        "import { value } from '../data/above.ts';\nexport { value };\n",
      'src/host/settings/lazy.ts': "export const load = () => import('../data/above.ts');\n",
      'src/host/settings/typed.ts': "export type { Value } from '../data/above.ts';\n",
      'src/unknown/room.ts': "import { value } from '../base/ground.ts';\nexport { value };\n",
      'src/host/unknown/floor.ts': "import { value } from '../words.ts';\nexport { value };\n",
      'companion/page.ts': "import { value } from '../src/base/ground.ts';\nexport { value };\n",
      // What is allowed.
      'src/host/data/fine.ts': [
        "import { readFileSync } from 'node:fs';",
        "import * as vscode from 'vscode';",
        "import { value } from '../../base/ground.ts';",
        "import type { Value } from '../words.ts';",
        "export const load = () => import('../../flow/features/above.ts');",
        'export const fine: Value = value;',
        'readFileSync(String(vscode));\n',
      ].join('\n'),
    });
    assert.deepEqual(
      violations.map(({ from, rule }) => `${from}: ${rule}`).sort(),
      [
        'companion/page.ts: companion',
        'src/base/lazy.ts: src/base',
        'src/base/node.ts: src/base',
        'src/base/package.ts: src/base',
        'src/base/static.ts: src/base',
        'src/base/typed.ts: src/base',
        'src/base/typedInline.ts: src/base',
        'src/host/settings/lazy.ts: src/host/settings',
        'src/host/settings/static.ts: src/host/settings',
        'src/host/settings/typed.ts: src/host/settings',
        'src/host/unknown/floor.ts: src/host/*',
        'src/tracking/editor.ts: src/tracking',
        'src/unknown/room.ts: src/*',
      ].sort(),
    );
  });

  it('stop a circle, of types or of `import()` as well', async () => {
    const violations = await cruise({
      'src/base/one.ts': "export const load = () => import('./two.ts');\nexport type One = 1;\n",
      'src/base/two.ts': "import type { One } from './one.ts';\nexport const two: One = 1;\n",
      'companion/page.ts': value,
    });
    assert.ok(violations.length > 0);
    assert.deepEqual([...new Set(violations.map(({ rule }) => rule))], ['no-circle']);
  });
});
