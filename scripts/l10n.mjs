// Writes l10n/bundle.l10n.json, every text of the code: `node scripts/l10n.mjs`. They are what is handed to `l10n.t`, and what the
// tables of `lib/languages.mjs` hold. With `--check` it says only whether the file is what it would write.
import { getL10nJson } from '@vscode/l10n-dev';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readTables, toldTexts } from './lib/languages.mjs';
import { root } from './lib/processes.mjs';

const target = path.join(root, 'l10n/bundle.l10n.json');

const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => readFileSync(path.join(root, 'src', name), 'utf8'));
const files = sources
  .filter((contents) => contents.includes('l10n'))
  .map((contents) => ({ extension: '.ts', contents }));

const handedOn = [...(await readTables()), ...sources.flatMap(toldTexts)];
const texts = {
  ...(await getL10nJson(files)),
  ...Object.fromEntries(handedOn.map((text) => [text, text])),
};
const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
const bundle = `${JSON.stringify(sorted, undefined, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, bundle);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== bundle) {
  console.error('l10n/bundle.l10n.json is not what the source says: node scripts/l10n.mjs');
  process.exitCode = 1;
}
