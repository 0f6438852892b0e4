import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtOnce } from './builtOnce.ts';
import { repositoryRoot } from './repositoryRoot.ts';

/**
 * Bundles a TypeScript file that a test runs in a process of its own.
 * @param entry from the repository's root
 */
export async function bundleChild(
  entry: string,
): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  const made = builtOnce(`${path.basename(entry, '.ts')}.mjs`);
  if (made !== undefined) {
    return { file: made, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-child-'));
  const file = path.join(folder, 'child.mjs');
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile: file,
    logLevel: 'error',
    // Some libraries inside are CommonJS and expect what it gives them.
    banner: {
      js: [
        "import { createRequire } from 'node:module';",
        'const require = createRequire(import.meta.url);',
        'const __dirname = import.meta.dirname;',
      ].join('\n'),
    },
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
