import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtOnce } from './builtOnce.ts';
import { repositoryRoot } from './repositoryRoot.ts';

/** Where sql.js keeps its WebAssembly. */
export const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

const made = new Map<string, Promise<string>>();

/**
 * The bundle of a worker, made from the sources as they are now, once in a process and for as long as it runs;
 * `sql-wasm.wasm` lies beside it.
 * @param name of the bundle, and of its entry `src/NAMEMain.ts`
 */
export function workerBundle(name: string): Promise<string> {
  const known = made.get(name) ?? make(name);
  made.set(name, known);
  return known;
}

async function make(name: string): Promise<string> {
  const built = builtOnce(`${name}.js`);
  if (built !== undefined) {
    return built;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-worker-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const outfile = path.join(folder, `${name}.js`);
  await build({
    entryPoints: [path.join(repositoryRoot, `src/${name}Main.ts`)],
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
