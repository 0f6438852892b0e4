import { build } from 'esbuild';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { wasmPath } from './keeperBundle.ts';
import { repositoryRoot } from './repositoryRoot.ts';

let built: Promise<string> | undefined;

/** The transfer's bundle, made from the sources as they are now; `sql-wasm.wasm` lies beside it. */
export function transferBundle(): Promise<string> {
  built ??= make();
  return built;
}

async function make(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-transfer-bundle-'));
  const outfile = path.join(folder, 'transfer.js');
  await build({
    entryPoints: [path.join(repositoryRoot, 'src/transfer.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  await copyFile(wasmPath, path.join(folder, 'sql-wasm.wasm'));
  return outfile;
}
