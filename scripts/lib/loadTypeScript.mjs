import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './processes.mjs';

/**
 * Loads a TypeScript module of the repository, such as the real editor under test/, into this process.
 * @param {string} file relative to the repository's folder
 */
export async function loadTypeScript(file) {
  const { build } = await import('esbuild');
  // Inside the repository, so that packages are found from there.
  const outfile = path.join(root, '.cache/scripts', `${path.basename(file, '.ts')}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}
