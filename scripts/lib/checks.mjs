import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './processes.mjs';

const bin = (name) => path.join(root, 'node_modules', name);

/** What looks at the source without running it; each is one test of `npm test`. */
export const lintChecks = [
  {
    name: 'eslint',
    // No cache: a typed rule may find fault with a file because another one has changed.
    args: [bin('eslint/bin/eslint.js'), '.', '--max-warnings=0'],
  },
  {
    name: 'walls',
    args: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', 'src', 'companion'],
    ],
  },
  {
    name: 'l10n',
    args: [path.join(root, 'scripts/l10n.mjs'), '--check'],
  },
  {
    name: 'prettier',
    args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'package.json', args: [path.join(root, 'scripts/manifest.mjs'), '--check'] },
];

/**
 * One per runtime, in the order in which they build on each other: tsconfig.json lists them. What one has checked, and
 * left in .cache/types, the next need not check again.
 */
export const typeChecks = JSON.parse(
  readFileSync(path.join(root, 'tsconfig.json'), 'utf8'),
).references.map(({ path: project }) => ({
  name: path.basename(project, '.json'),
  args: [bin('typescript/bin/tsc'), '-b', '--pretty', 'false', project],
}));
