import { TransferError } from '../../transferError.ts';

/**
 * Reads JSON (RFC 8259) that need not fit into memory. Whoever reads it says for each value whether to go in, to have
 * it whole, or to pass over it; only what is had whole is held, up to a limit. The structure that is gone into, and
 * what is had whole, is checked to the letter; of what is passed over, that its brackets and quotes close.
 */
export interface JsonVisitor {
  /** Asked before each value but the outermost. `*` stands for a place in a list. */
  select(path: readonly string[]): JsonChoice;
  /** A value that was asked for. Its path is only valid during the call. */
  value(path: readonly string[], value: unknown): void;
  /** An object or a list that was gone into has ended. */
  end?(path: readonly string[]): void;
}

export type JsonChoice = 'enter' | 'take' | 'skip';

/** The most characters of a value that is had whole. */
const longestValueChars = 32 << 20;
/** The most brackets within brackets. */
const deepestNesting = 64;
const longestScalarChars = 4_096;

type Expects = 'value' | 'valueOrEnd' | 'keyOrEnd' | 'key' | 'colon' | 'commaOrEnd' | 'nothing';

const whitespace = /[ \t\n\r]/;
const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Takes the text in pieces; after the last, {@link finish}. */
export class JsonWalker {
  readonly #visitor: JsonVisitor;
  readonly #longestValueChars: number;
  readonly #path: string[] = [];
  /** What was gone into, outermost first; `true` for a list. */
  readonly #lists: boolean[] = [];
  #expects: Expects = 'value';
  /** The value at hand, when it is not gone into: its brackets, its text, and where in it we are. */
  #reading: Scalar | undefined;

  constructor(visitor: JsonVisitor, limits: { readonly longestValueChars?: number } = {}) {
    this.#visitor = visitor;
    this.#longestValueChars = limits.longestValueChars ?? longestValueChars;
  }

  /** @throws {TransferError} `damaged`, `tooLarge` */
  write(text: string): void {
    let at = 0;
    while (at < text.length) {
      at = this.#reading === undefined ? this.#step(text, at) : this.#read(text, at);
    }
  }

  /** @throws {TransferError} `damaged` when the text is not at its end */
  finish(): void {
    if (this.#reading !== undefined || this.#expects !== 'nothing') {
      throw malformed();
    }
  }

  /** One character of the structure. */
  #step(text: string, at: number): number {
    const character = text.charAt(at);
    if (whitespace.test(character)) {
      return at + 1;
    }
    switch (this.#expects) {
      case 'keyOrEnd':
      case 'key':
        if (character === '}' && this.#expects === 'keyOrEnd') {
          return this.#leave(at);
        }
        if (character !== '"') {
          throw malformed();
        }
        this.#reading = new Scalar('key', longestScalarChars);
        return at;
      case 'colon':
        if (character !== ':') {
          throw malformed();
        }
        this.#expects = 'value';
        return at + 1;
      case 'commaOrEnd':
        if (character === ',') {
          this.#expects = this.#isList ? 'value' : 'key';
          return at + 1;
        }
        if (character !== (this.#isList ? ']' : '}')) {
          throw malformed();
        }
        return this.#leave(at);
      case 'valueOrEnd':
        return character === ']' ? this.#leave(at) : this.#begin(character, at);
      case 'value':
        return this.#begin(character, at);
      case 'nothing':
        throw malformed();
    }
  }

  #begin(character: string, at: number): number {
    const isOutermost = this.#lists.length === 0;
    if (this.#isList) {
      this.#path.push('*');
    }
    const choice = isOutermost ? 'enter' : this.#visitor.select(this.#path);
    const isList = character === '[';
    if (choice === 'enter' && (isList || character === '{')) {
      if (this.#lists.length >= deepestNesting) {
        throw malformed();
      }
      this.#lists.push(isList);
      this.#expects = isList ? 'valueOrEnd' : 'keyOrEnd';
      return at + 1;
    }
    if (isOutermost) {
      throw malformed();
    }
    // What was to be gone into and is a plain value is nothing that anybody waits for.
    this.#reading =
      choice === 'take' ? new Scalar('take', this.#longestValueChars) : new Scalar('skip', 0);
    return at;
  }

  #leave(at: number): number {
    this.#visitor.end?.(this.#path);
    this.#lists.pop();
    this.#path.pop();
    this.#expects = this.#lists.length === 0 ? 'nothing' : 'commaOrEnd';
    return at + 1;
  }

  #read(text: string, at: number): number {
    const reading = this.#reading;
    const end = reading?.read(text, at);
    if (reading === undefined || end === undefined) {
      return text.length;
    }
    this.#reading = undefined;
    if (reading.purpose === 'key') {
      const key = parse(reading.text());
      this.#path.push(typeof key === 'string' ? key : '');
      this.#expects = 'colon';
      return end;
    }
    if (reading.purpose === 'take') {
      this.#visitor.value(this.#path, parse(reading.text()));
    }
    this.#path.pop();
    this.#expects = 'commaOrEnd';
    return end;
  }

  get #isList(): boolean {
    return this.#lists.at(-1) === true;
  }
}

/** One value from its first character on, over as many pieces of text as it takes. */
class Scalar {
  readonly purpose: 'key' | 'take' | 'skip';
  readonly #longest: number;
  readonly #pieces: string[] = [];
  #chars = 0;
  /** The brackets that are open. */
  readonly #open: string[] = [];
  #kind: 'unknown' | 'string' | 'brackets' | 'scalar' = 'unknown';
  #inString = false;
  #escaped = false;

  constructor(purpose: 'key' | 'take' | 'skip', longestChars: number) {
    this.purpose = purpose;
    this.#longest = longestChars;
  }

  text(): string {
    return this.#pieces.join('');
  }

  /** @returns where the value ended, or `undefined` when the text ended first */
  read(text: string, from: number): number | undefined {
    if (this.#kind === 'unknown') {
      const first = text.charAt(from);
      this.#kind =
        first === '"' ? 'string' : first === '{' || first === '[' ? 'brackets' : 'scalar';
    }
    const end = this.#kind === 'scalar' ? scalarEnd(text, from) : this.#containerEnd(text, from);
    this.#keep(text, from, end ?? text.length);
    if (end !== undefined && this.#kind === 'scalar' && !scalar.test(this.text())) {
      throw malformed();
    }
    return end;
  }

  #containerEnd(text: string, from: number): number | undefined {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) {
          this.#escaped = false;
        } else if (code === 0x5c) {
          this.#escaped = true;
        } else if (code === 0x22) {
          this.#inString = false;
          if (this.#open.length === 0) {
            return at + 1;
          }
        }
      } else if (code === 0x22) {
        this.#inString = true;
      } else if (code === 0x7b || code === 0x5b) {
        if (this.#open.push(code === 0x7b ? '}' : ']') > deepestNesting) {
          throw malformed();
        }
      } else if (code === 0x7d || code === 0x5d) {
        if (this.#open.pop() !== text.charAt(at)) {
          throw malformed();
        }
        if (this.#open.length === 0) {
          return at + 1;
        }
      }
    }
    return undefined;
  }

  /** Scalars are kept even when they are passed over: they are short, and only whole can they be checked. */
  #keep(text: string, from: number, to: number): void {
    const isScalar = this.#kind === 'scalar';
    if (this.purpose === 'skip' && !isScalar) {
      return;
    }
    this.#chars += to - from;
    if (this.#chars > (isScalar ? longestScalarChars : this.#longest)) {
      throw isScalar
        ? malformed()
        : new TransferError('tooLarge', 'A value is too long to be read');
    }
    this.#pieces.push(text.slice(from, to));
  }
}

/** A number or a word ends where something else begins, so the outermost value must be an object or a list. */
function scalarEnd(text: string, from: number): number | undefined {
  const end = text.slice(from).search(/[,\]}\s]/);
  return end === -1 ? undefined : from + end;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the engine says about it quotes the file, and would end in a log.
    throw malformed();
  }
}

function malformed(): TransferError {
  return new TransferError('damaged', 'The file is no JSON');
}
