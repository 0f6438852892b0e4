import { parseArgs } from 'node:util';
import { absolutePath } from '../files/place.ts';
import { translated } from './commandLanguage.ts';

/** What a text, or its absence, means; `undefined` for what makes no sense. */
type Meaning<T> = { readonly value: T } | undefined;

/**
 * One option of a command, or one of its operands (what stands there without `--`). Its name is its key in the command's table:
 * `toDay` is `--to-day`.
 */
export interface Option<T> {
  readonly kind: 'switch' | 'optional' | 'required' | 'repeated' | 'operand';
  /** What stands for its value in the usage: `FILE`. A switch has none. */
  readonly word: string;
  readonly told: OptionTold;
  /** @param given its values in the order given; of a switch, one for each time */
  readonly read: (given: readonly string[]) => Meaning<T>;
}

/** How an option is told of. */
export interface OptionTold {
  /** Its line in the help, in English. */
  readonly about?: string;
  /** Left out of the usage: nothing that a person types. */
  readonly isHidden?: true;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What the options of a table are, once they are read. */
export type OptionsOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** What a text means; `undefined` where it makes no sense. */
export type ReadText<T> = (text: string) => T | undefined;

/** `--name`: true where it is given. */
export function flag(told: OptionTold = {}): Option<boolean> {
  return { kind: 'switch', word: '', told, read: (given) => ({ value: given.length > 0 }) };
}

/** `--name WORD`, or nothing. Of several, the last counts. */
export function optional<T>(
  word: string,
  read: ReadText<T>,
  told: OptionTold = {},
): Option<T | undefined> {
  return {
    kind: 'optional',
    word,
    told,
    read: (given) => (given.length === 0 ? { value: undefined } : readLast(given, read)),
  };
}

/** `--name WORD`. Of several, the last counts. */
export function required<T>(word: string, read: ReadText<T>, told: OptionTold = {}): Option<T> {
  return { kind: 'required', word, told, read: (given) => readLast(given, read) };
}

/** `--name WORD` any number of times. */
export function repeated<T>(
  word: string,
  read: ReadText<T>,
  told: OptionTold = {},
): Option<readonly T[]> {
  return {
    kind: 'repeated',
    word,
    told,
    read(given) {
      const values = given.flatMap((text) => {
        const value = read(text);
        return value === undefined ? [] : [value];
      });
      return values.length === given.length ? { value: values } : undefined;
    },
  };
}

/** `WORD`, in its place among the operands. */
export function operand<T>(word: string, read: ReadText<T>): Option<T> {
  return { kind: 'operand', word, told: {}, read: (given) => readLast(given, read) };
}

/** As it was given. */
export const anyText: ReadText<string> = (text) => text;

export const someText: ReadText<string> = (text) => (text === '' ? undefined : text);

/** A path, made absolute. */
export const somePath: ReadText<string> = (text) => (text === '' ? undefined : absolutePath(text));

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): ReadText<Word> {
  return (text) => words.find((word) => word === text);
}

/**
 * Reads a command's arguments.
 * @returns the options; or what is wrong, in words of Node's own where it has some
 */
export function readOptions<Table extends OptionTable>(
  args: readonly string[],
  table: Table,
): { readonly options: OptionsOf<Table> } | { readonly wrong: string | undefined } {
  const entries = Object.entries(table);
  const operands = entries.filter(([, { kind }]) => kind === 'operand');
  const named = entries.filter(([, { kind }]) => kind !== 'operand');
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: operands.length > 0,
      options: Object.fromEntries(
        named.map(([key, { kind }]) => [
          nameOf(key),
          { type: kind === 'switch' ? ('boolean' as const) : ('string' as const), multiple: true },
        ]),
      ),
    });
  } catch (error) {
    // Unknown options and missing values.
    return { wrong: error instanceof Error ? error.message : undefined };
  }
  const { values, positionals } = parsed;
  if (positionals.length !== operands.length) {
    return { wrong: undefined };
  }
  const meanings = [
    ...named.map(([key, option]) => {
      const given = values[nameOf(key)] ?? [];
      return [key, option.read(Array.isArray(given) ? given.map(String) : [])] as const;
    }),
    ...operands.map(
      ([key, option], index) => [key, option.read([positionals[index] ?? ''])] as const,
    ),
  ];
  const read = meanings.flatMap(([key, meaning]) =>
    meaning === undefined ? [] : [[key, meaning.value] as const],
  );
  // Each key of the table is there, with what its own option read.
  return read.length < meanings.length
    ? { wrong: undefined }
    : { options: Object.fromEntries(read) as OptionsOf<Table> };
}

/** The arguments as the usage shows them. */
export function usageOf(table: OptionTable): string {
  return Object.entries(table)
    .filter(([, { told }]) => told.isHidden !== true)
    .map(([key, option]) => {
      const text = textOf(key, option);
      const isOptional = option.kind !== 'operand' && option.kind !== 'required';
      return `${isOptional ? `[${text}]` : text}${option.kind === 'repeated' ? '...' : ''}`;
    })
    .join(' ');
}

/** A line for each option that has something to be said about it. */
export function aboutOptions(table: OptionTable): readonly string[] {
  const lines = Object.entries(table).flatMap(([key, option]) =>
    option.told.about === undefined
      ? []
      : [[textOf(key, option), translated(option.told.about)] as const],
  );
  const width = Math.max(...lines.map(([text]) => text.length));
  return lines.map(([text, about]) => `${text.padEnd(width)}  ${about}`);
}

function textOf(key: string, { kind, word }: Option<unknown>): string {
  return kind === 'operand' ? word : `--${nameOf(key)}${kind === 'switch' ? '' : ` ${word}`}`;
}

function nameOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readLast<T>(given: readonly string[], read: ReadText<T>): Meaning<T> {
  const last = given.at(-1);
  const value = last === undefined ? undefined : read(last);
  return value === undefined ? undefined : { value };
}
