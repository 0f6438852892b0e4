import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is given in its first part only, so that memory stays constant. */
const longestLineChars = 65_536;

/**
 * Splits a stream of bytes into lines (LF or CRLF), without their ends. Several lines come at once, as many
 * as a chunk completes: asking for each alone would cost more than reading it. The last line needs no end.
 */
export async function* readLines(chunks: AsyncIterable<unknown>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isFirst = true;
  for await (const chunk of chunks) {
    let text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk as Uint8Array));
    if (isFirst && text.length > 0) {
      text = text.replace(/^\uFEFF/, '');
      isFirst = false;
    }
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    // What is cut off here is not lost unseen: a line this long is no event, and is told as a bad one.
    rest = (lines.pop() ?? '').slice(0, longestLineChars);
    if (lines.length > 0) {
      yield lines;
    }
  }
  rest += decoder.end();
  if (rest.length > 0) {
    yield [rest];
  }
}
