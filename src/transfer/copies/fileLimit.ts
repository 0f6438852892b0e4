import { RefusedContent } from '../../vault/vaultError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * What a file may cost that somebody else may have made. Nothing in it decides how long a statement runs, as its schema is ours and its
 * pages are in order, so it is enough to look at the clock between the rows; and what it takes of memory goes with its size.
 */

/** Ten years are merged in less than a minute on a slow machine. */
const longestMs = 15 * 60_000;

/**
 * Something to call between the rows of one file: tells of progress, and looks whether somebody cancelled the job, or the file has taken
 * too long.
 * @throws {RefusedContent} from the returned function, when it has
 */
export function limitOf(
  place: JobPlace,
  [done, total]: readonly [done: number, total: number],
): () => void {
  const { clock, signal } = place;
  const startMs = clock.monotonicMs();
  return () => {
    place.progress(done, total);
    signal.throwIfAborted();
    if (clock.monotonicMs() - startMs > longestMs) {
      throw new RefusedContent('A file takes longer to read than any that Millrace writes');
    }
  };
}
