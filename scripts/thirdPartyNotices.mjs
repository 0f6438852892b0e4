// Writes THIRD-PARTY-NOTICES.md from the licences of what the bundles hold: `node scripts/thirdPartyNotices.mjs`. With
// `--check` it says only whether the file is what it would write. The build before has left in dist/ what the bundles hold.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/processes.mjs';

const target = path.join(root, 'THIRD-PARTY-NOTICES.md');
// Icons under a licence of their own, which its section names.
const codicons = 'node_modules/@vscode/codicons';

const folders = JSON.parse(readFileSync(path.join(root, 'dist/packages.json'), 'utf8'));
const readPackage = (folder) =>
  JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));

const sections = folders
  .filter((folder) => folder !== codicons)
  .map((folder) => {
    const { name, version, license, author } = readPackage(folder);
    const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined && (license !== 'MIT' || typeof author !== 'string')) {
      throw new Error(`${name} comes without its licence`);
    }
    // Some say whose and under which licence they are, and bring no text of it: of MIT there is ours.
    const text = (
      file === undefined
        ? readFileSync(path.join(root, 'LICENSE'), 'utf8').replace(
            /^Copyright .*$/m,
            `Copyright (c) ${author}`,
          )
        : readFileSync(path.join(root, folder, file), 'utf8')
    )
      .replaceAll('\r', '')
      .trim();
    return `## ${name} ${version} (${license})\n\n\`\`\`\n${text}\n\`\`\`\n`;
  });

const notices = `# What Millrace contains of others

## Codicons ${readPackage(codicons).version} (CC BY 4.0)

The icons in the dashboard are from Visual Studio Code - Icons, <https://github.com/microsoft/vscode-codicons>,
copyright (c) Microsoft Corporation, under the Creative Commons Attribution 4.0 International licence,
<https://creativecommons.org/licenses/by/4.0/>. They are used as they are.

## SQLite (public domain)

sql.js contains SQLite compiled to WebAssembly, <https://sqlite.org/copyright.html>.

${sections.join('\n')}`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, notices);
} else if (readFileSync(target, 'utf8') !== notices) {
  console.error(
    'THIRD-PARTY-NOTICES.md is not what the bundles hold: node esbuild.mjs && node scripts/thirdPartyNotices.mjs',
  );
  process.exitCode = 1;
}
