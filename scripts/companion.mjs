// Builds the browser companion: `node scripts/companion.mjs` leaves it, unpacked and as a .zip, in dist/companion.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { crc32 } from './lib/crc32.mjs';

const root = path.resolve(import.meta.dirname, '..');
const pages = ['manifest.json', 'blocked.html', 'popup.html', 'page.css'];
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
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
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
  });
  const manifest = JSON.parse(readFileSync(path.join(root, 'companion/manifest.json'), 'utf8'));
  // The companion is released with the extension, under its version.
  manifest.version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
  for (const page of pages) {
    cpSync(path.join(root, 'companion', page), path.join(outdir, page));
  }
  cpSync(path.join(root, 'media/icon.png'), path.join(outdir, 'icon.png'));
  writeFileSync(path.join(outdir, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const archive = `${outdir}.zip`;
  const files = [...pages, 'icon.png', ...scripts.map((name) => `${name}.js`)].sort();
  writeFileSync(
    archive,
    zip(files.map((name) => ({ name, bytes: readFileSync(path.join(outdir, name)) }))),
  );
  return { folder: outdir, archive };
}

/** A ZIP archive (APPNOTE.TXT 4.3) that is the same for the same files: no times in it. */
function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const packed = deflateRawSync(bytes, { level: 9 });
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed: 2.0, deflate
    common.writeUInt16LE(0x0800, 2); // names in UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(0x0021, 8); // 1980-01-01, the first date there is
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, nameBytes]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

if (process.argv[1] === import.meta.filename) {
  const { folder } = await buildCompanion({ production: process.argv.includes('--production') });
  process.stderr.write(`${folder}\n`);
}
