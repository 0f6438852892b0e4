import { build } from 'esbuild';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repositoryRoot } from './repositoryRoot.ts';

let built: Promise<string> | undefined;

/** The keeper's bundle, made from the sources as they are now; `sql-wasm.wasm` lies beside it. */
export function keeperBundle(): Promise<string> {
  built ??= make();
  return built;
}

/** Where sql.js keeps its WebAssembly. */
export const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

async function make(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-keeper-'));
  const outfile = path.join(folder, 'keeper.js');
  await build({
    entryPoints: [path.join(repositoryRoot, 'src/keeper.ts')],
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
