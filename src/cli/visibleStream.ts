import { Writable } from 'node:stream';
import { visibleLines } from '../base/visibleText.ts';

/**
 * A stream to a terminal: of text that is written to it all is visible, whoever it came from. Bytes go through as they are. What the
 * target says of errors, it says itself.
 */
export function visibleStream(target: Writable): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const isRoom = target.write(typeof chunk === 'string' ? visibleLines(chunk) : chunk);
      if (isRoom) {
        done();
      } else {
        target.once('drain', done);
      }
    },
  });
}
