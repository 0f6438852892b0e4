import { randomBytes } from 'node:crypto';
import path from 'node:path';

/**
 * The names of our own files are shorter, so what a killed process left of one tells of which. A longer name is a person's: the
 * temporary one must be possible wherever theirs is, be it of 255 bytes or on a drive that takes no more than 143.
 */
const longestToldBytes = 40;

/** A name beside a file that nobody has, for what is to become it: `X.0123456789abcdef.tmp`, or with ours in the place of a long X. */
export function temporaryPath(file: string): string {
  const name = path.basename(file);
  const told = Buffer.byteLength(name) <= longestToldBytes ? name : 'millrace';
  return path.join(path.dirname(file), temporaryName(told));
}

/** A name that begins so and that nobody has. */
export function temporaryName(told: string): string {
  return `${told}.${randomBytes(8).toString('hex')}.tmp`;
}

/** What the system said of a temporary file or what is in it, told of the file that it was to become. */
export function aboutFile(error: unknown, temporary: string, file: string): unknown {
  if (error instanceof Error && 'path' in error && typeof error.path === 'string') {
    const inner = path.relative(temporary, error.path);
    if (!inner.startsWith('..') && !path.isAbsolute(inner)) {
      error.path = path.join(file, inner);
    }
  }
  return error;
}
