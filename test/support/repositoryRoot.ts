import { existsSync } from 'node:fs';
import path from 'node:path';

/** The repository's folder, found from wherever the bundler has put this code. */
export const repositoryRoot = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'esbuild.mjs'))) {
    return folder;
  }
  const parent = path.dirname(folder);
  if (parent === folder) {
    throw new Error('This code does not lie inside the repository');
  }
  return findRoot(parent);
}
