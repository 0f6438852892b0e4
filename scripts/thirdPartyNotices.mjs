// Writes THIRD-PARTY-NOTICES.md from the licences of what the bundles hold: `node scripts/thirdPartyNotices.mjs`.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

const bundled = [
  'age-encryption',
  '@noble/ciphers',
  '@noble/curves',
  '@noble/hashes',
  '@noble/post-quantum',
  '@scure/base',
  'chart.js',
  '@kurkle/color',
  'hash-wasm',
  'lit',
  'sql.js',
  'valibot',
  'ws',
];

const sections = bundled.map((name) => {
  const folder = path.join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} comes without its licence`);
  }
  const text = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r', '').trim();
  return `## ${name} ${version} (${license})\n\n\`\`\`\n${text}\n\`\`\`\n`;
});

const codicons = JSON.parse(
  readFileSync(path.join(root, 'node_modules/@vscode/codicons/package.json'), 'utf8'),
);

writeFileSync(
  path.join(root, 'THIRD-PARTY-NOTICES.md'),
  `# What Millrace contains of others

## Codicons ${codicons.version} (CC BY 4.0)

The icons in the dashboard are from Visual Studio Code - Icons, <https://github.com/microsoft/vscode-codicons>,
copyright (c) Microsoft Corporation, under the Creative Commons Attribution 4.0 International licence,
<https://creativecommons.org/licenses/by/4.0/>. They are used as they are.

## SQLite (public domain)

sql.js contains SQLite compiled to WebAssembly, <https://sqlite.org/copyright.html>.

${sections.join('\n')}`,
);
