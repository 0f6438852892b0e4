import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './repositoryRoot.ts';

/** The packaged extension, as scripts/package.mjs names it. */
export function vsixFile(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
  );
  if (
    typeof manifest !== 'object' ||
    manifest === null ||
    !('version' in manifest) ||
    typeof manifest.version !== 'string'
  ) {
    throw new Error('package.json has no version');
  }
  return path.join(repositoryRoot, `millrace-${manifest.version}.vsix`);
}
