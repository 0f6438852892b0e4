import path from 'node:path';
import { root } from './processes.mjs';

const bin = (name) => path.join(root, 'node_modules', name);

/** What looks at the source without running it; each is one test of `npm test`. */
export const lintChecks = [
  {
    name: 'eslint',
    // No cache: a typed rule may find fault with a file because another one has changed.
    args: [path.join(root, 'scripts/eslint.mjs')],
  },
  {
    name: 'walls',
    args: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', 'src', 'companion'],
    ],
  },
  { name: 'knip', args: [bin('knip/bin/knip.js')] },
  {
    name: 'knip of what is shipped',
    args: [bin('knip/bin/knip.js'), '--production', '--include', 'files,exports,types'],
  },
  {
    name: 'l10n',
    args: [path.join(root, 'scripts/l10n.mjs'), '--check'],
  },
  {
    name: 'prettier',
    args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'advisories', args: [path.join(root, 'scripts/advisories.mjs')] },
  { name: 'package.json', args: [path.join(root, 'scripts/manifest.mjs'), '--check'] },
];

/** All runtimes at once, as they build on each other; `--verbose` names the one that a fault was found in. */
export const typeChecks = [
  {
    name: 'tsc',
    args: [bin('typescript/bin/tsc'), '-b', '--verbose', '--pretty', 'false'],
  },
];
