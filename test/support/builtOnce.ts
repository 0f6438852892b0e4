import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * What `npm test` has built once for all its tests, or `undefined` where a test runs by itself: then it makes what it needs from
 * the sources as they are now. The variable is MILLRACE_TEST_BUNDLES.
 */
export function builtOnce(fileName: string): string | undefined {
  const folder = process.env['MILLRACE_TEST_BUNDLES'];
  const file = path.join(folder ?? '', fileName);
  return folder !== undefined && existsSync(file) ? file : undefined;
}
