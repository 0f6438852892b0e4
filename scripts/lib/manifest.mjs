import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandManifest } from './commandManifest.mjs';
import { root } from './processes.mjs';
import { settingManifest } from './settingManifest.mjs';

/**
 * A part of package.json that a table in the source makes.
 * @typedef {object} ManifestSection
 * @property {string} table The file of the table, from the repository's root; it runs without an editor.
 * @property {(manifest: any, table: any) => void} write Puts into the manifest what the table's exports say.
 */

/** @type {readonly ManifestSection[]} */
const sections = [commandManifest, settingManifest];

const file = path.join(root, 'package.json');

/** @returns {Promise<{ isStale: boolean, text: string }>} package.json as the tables say it should be */
export async function freshManifest() {
  const text = readFileSync(file, 'utf8');
  const manifest = JSON.parse(text);
  for (const { table, write } of sections) {
    write(manifest, await importSource(table));
  }
  const fresh = `${JSON.stringify(manifest, null, 2)}\n`;
  return { isStale: fresh !== text, text: fresh };
}

/** Writes package.json where the tables say something else than it does; true when it was stale. */
export async function writeManifest() {
  const { isStale, text } = await freshManifest();
  if (isStale) {
    writeFileSync(file, text);
  }
  return isStale;
}

/** Node 20 runs no TypeScript by itself. */
async function importSource(source) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
