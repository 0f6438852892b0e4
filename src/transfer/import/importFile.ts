import { TextDecoder } from 'node:util';
import { openNamed } from '../../files/namedFile.ts';
import { ActivityWatchReader } from './readers/activityWatchReader.ts';
import type { ImportReader, ReaderPlace } from './readers/importReader.ts';
import { JsonWalker, type JsonVisitor } from './readers/jsonWalker.ts';
import { OwnReader } from './readers/ownReader.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';
import { WakatimeReader } from './readers/wakatimeReader.ts';

const pieceBytes = 1 << 20;

/**
 * Reads a file into a plan, whatever kind it is, piece by piece.
 * @returns what it is
 * @throws {TransferError} `notOurs`, `damaged`, `laterVersion`, `tooLarge`
 * @throws what the file system says; `AbortError`
 */
export async function readImportFile(
  file: string,
  place: ReaderPlace,
  { signal, progress }: Pick<JobPlace, 'signal' | 'progress'>,
): Promise<ImportReader['source']> {
  const readers = [
    new OwnReader(place),
    new WakatimeReader(place),
    new ActivityWatchReader(place),
  ] as const;
  const walker = new JsonWalker(allOf(readers));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let done = 0;
  signal.throwIfAborted();
  const handle = await openNamed(file);
  const { size } = await handle.stat();
  // It closes the file, however it ends.
  for await (const piece of handle.createReadStream({ highWaterMark: pieceBytes })) {
    const bytes = Buffer.from(piece as Uint8Array);
    walker.write(decoded(decoder, bytes));
    done += bytes.length;
    progress(done, size);
    signal.throwIfAborted();
  }
  walker.write(decoded(decoder, undefined));
  walker.finish();
  const reader = readers.find(({ isOurs }) => isOurs);
  if (reader === undefined) {
    throw new TransferError('notOurs', 'The file is of no kind that can be imported');
  }
  reader.finish();
  return reader.source;
}

/** Each value goes to the readers that asked for it. What only one of them goes into, the others pass over. */
function allOf(readers: readonly ImportReader[]): JsonVisitor {
  const choices = (path: readonly string[]): Map<ImportReader, string> =>
    new Map(readers.map((reader) => [reader, reader.select(path)]));
  let takers: readonly ImportReader[] = [];
  return {
    select(path) {
      const chosen = choices(path);
      takers = readers.filter((reader) => chosen.get(reader) === 'take');
      if (takers.length > 0) {
        return 'take';
      }
      return readers.some((reader) => chosen.get(reader) === 'enter') ? 'enter' : 'skip';
    },
    value(path, value) {
      for (const reader of takers) {
        reader.value(path, value);
      }
    },
    end(path) {
      for (const reader of readers) {
        reader.end?.(path);
      }
    },
  };
}

/** Text of UTF-8; the decoder leaves out a byte order mark. */
function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new TransferError('damaged', 'The file is no UTF-8');
  }
}
