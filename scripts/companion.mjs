// Builds the browser companion: `node scripts/companion.mjs` leaves it, unpacked and as a .zip, in dist/companion.
import { build } from 'esbuild';
import {
  cpSync,
  createWriteStream,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { readBundles, readCompanionTexts } from './lib/languages.mjs';
import { root } from './lib/processes.mjs';

const copiedFiles = ['manifest.json', 'blocked.html', 'popup.html', 'page.css', 'icon.png'];
const scripts = ['background', 'blockedPage', 'popup'];

/**
 * Bundles the companion into a folder that a browser can load, and packs it beside that as `companion.zip`.
 * @param {{ outdir?: string, production?: boolean }} options
 * @returns {Promise<{ folder: string, archive: string }>}
 */
export async function buildCompanion({
  outdir = path.join(root, 'dist/companion'),
  production = false,
} = {}) {
  await build(companionBundle({ outdir, production }));
  return { folder: outdir, archive: `${outdir}.zip` };
}

/** The same as what esbuild is to do. @returns {import('esbuild').BuildOptions} */
export function companionBundle({ outdir = path.join(root, 'dist/companion'), production }) {
  return {
    absWorkingDir: root,
    entryPoints: Object.fromEntries(scripts.map((name) => [name, `companion/${name}.ts`])),
    outdir,
    bundle: true,
    minify: production,
    platform: 'browser',
    target: ['chrome121', 'firefox128'],
    format: 'iife',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'companion',
        setup({ onStart, onEnd }) {
          onStart(() => {
            rmSync(outdir, { recursive: true, force: true });
            mkdirSync(outdir, { recursive: true });
          });
          onEnd(async ({ errors }) => {
            if (errors.length === 0) {
              addPages(outdir);
              await addLocales(outdir);
              await pack(outdir);
            }
          });
        },
      },
    ],
  };
}

function addPages(outdir) {
  const manifest = JSON.parse(readFileSync(path.join(root, 'companion/manifest.json'), 'utf8'));
  // The companion is released with the extension, under its version.
  manifest.version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
  for (const file of copiedFiles) {
    cpSync(path.join(root, 'companion', file), path.join(outdir, file));
  }
  writeFileSync(path.join(outdir, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The texts as the browser takes them: `_locales/LANGUAGE/messages.json`. */
async function addLocales(outdir) {
  const texts = await readCompanionTexts();
  for (const [language, bundle] of [['en', texts], ...readBundles()]) {
    const messages = Object.entries(texts).map(([name, text]) => [
      name,
      { message: asMessage(language === 'en' ? text : (bundle[text] ?? text)) },
    ]);
    // Browsers write pt_BR what is pt-BR elsewhere.
    const folder = path.join(outdir, '_locales', localeOf(language));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, 'messages.json'),
      `${JSON.stringify(Object.fromEntries([...messages, ['language', { message: language }]]), undefined, 2)}\n`,
    );
  }
}

function localeOf(language) {
  const [name, country] = language.split('-');
  return country === undefined ? name : `${name}_${country.toUpperCase()}`;
}

/** `{0}` is `$1` to a browser, and `$` is `$$`. */
function asMessage(text) {
  return text
    .replaceAll('$', '$$$$')
    .replaceAll(/\{(\d)\}/g, (_place, index) => `$${Number(index) + 1}`);
}

/** The archive is the same for the same files: their order, time and mode are. */
async function pack(outdir) {
  const zip = new ZipFile();
  const options = {
    // The first that there is, in the zone in which ZIP reads it: its times have none.
    mtime: new Date(1980, 0, 1),
    forceDosTimestamp: true,
    mode: 0o100644,
    compressionLevel: 9,
  };
  const names = readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => path.relative(outdir, path.join(parentPath, name)))
    .map((name) => name.replaceAll(path.sep, '/'));
  for (const name of names.sort()) {
    zip.addBuffer(readFileSync(path.join(outdir, name)), name, options);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(`${outdir}.zip`));
}

if (process.argv[1] === import.meta.filename) {
  const { folder } = await buildCompanion({ production: process.argv.includes('--production') });
  process.stderr.write(`${folder}\n`);
}
