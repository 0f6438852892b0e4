import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from './waitFor.ts';

/** Bytes that must not be found anywhere, and what they stand for. */
interface Pattern {
  readonly meaning: string;
  readonly bytes: Buffer;
}

/** One place where something was found that must not be there. */
export interface Trace {
  readonly where: string;
  readonly meaning: string;
}

/**
 * Everything that a text would leave if it leaked: itself and each of its words, forwards and backwards, as
 * UTF-8, UTF-16 little and big endian, base64 and hex. Case does not matter for the plain forms.
 * @param texts words of fewer than five letters are passed over: they are found everywhere by chance
 */
export class TraceSearch {
  readonly #patterns: readonly Pattern[];

  constructor(texts: readonly string[]) {
    const words = texts.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u));
    const wanted = new Set([...texts, ...words].filter((text) => Array.from(text).length >= 5));
    this.#patterns = [...wanted].flatMap(patternsOf);
  }

  /** Looks through some bytes, such as a decrypted database. */
  inBytes(where: string, content: Uint8Array): readonly Trace[] {
    const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const lower = lowerCased(buffer);
    return this.#patterns
      .filter(({ bytes }) => buffer.includes(bytes) || lower.includes(bytes))
      .map(({ meaning }) => ({ where, meaning }));
  }

  /** Looks through every file below a folder, and the names of files and folders. */
  inFolder(folder: string): Promise<readonly Trace[]> {
    // All over again, where a window that still runs has moved or deleted one meanwhile.
    return waitFor(`a look at every file below ${folder}`, async () => {
      const traces: Trace[] = [];
      for (const file of await filesBelow(folder)) {
        const name = path.relative(folder, file);
        traces.push(...this.inBytes(`the name ${name}`, Buffer.from(name)));
        traces.push(...this.inBytes(name, await readFile(file)));
      }
      return traces;
    });
  }
}

/** Every file below a folder, absolute. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function patternsOf(text: string): readonly Pattern[] {
  const forms: Pattern[] = [];
  for (const [direction, directed] of [
    ['forwards', text.toLowerCase()],
    ['backwards', Array.from(text.toLowerCase()).reverse().join('')],
  ] as const) {
    const meaning = (encoding: string): string => `"${text}" ${direction} as ${encoding}`;
    const little = Buffer.from(directed, 'utf16le');
    forms.push(
      { meaning: meaning('UTF-8'), bytes: Buffer.from(directed) },
      { meaning: meaning('UTF-16LE'), bytes: little },
      { meaning: meaning('UTF-16BE'), bytes: Buffer.from(little).swap16() },
    );
  }
  const utf8 = Buffer.from(text);
  // Base64 of a longer text holds that of a part at one of three shifts; the ends of each are not its own.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64');
    const own = shifted.slice(
      Math.ceil((shift * 4) / 3),
      Math.floor(((shift + utf8.length) * 4) / 3),
    );
    forms.push({ meaning: `"${text}" as base64`, bytes: Buffer.from(own) });
  }
  forms.push({ meaning: `"${text}" as hex`, bytes: Buffer.from(utf8.toString('hex')) });
  return forms;
}

/** ASCII capitals as small letters, byte by byte, which serves UTF-8 and UTF-16 alike. */
function lowerCased(buffer: Buffer): Buffer {
  return Buffer.from(buffer.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)));
}
