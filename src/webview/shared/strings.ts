import { englishStrings, type StringKey } from './englishStrings.ts';

/** The names that stand in braces in a text. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Values<K extends StringKey> = Readonly<
  Record<Placeholders<(typeof englishStrings)[K]>, string | number>
>;

/** A text without placeholders takes no values; any other takes exactly its own. */
type Arguments<K extends StringKey> = [keyof Values<K>] extends [never] ? [] : [values: Values<K>];

/** Texts of another language by key; what it leaves out stays English. */
export type StringTable = Readonly<Record<string, string>>;

let table: StringTable = {};

/** Speaks another language from the next drawing on. To be called before the first one. */
export function useStrings(next: StringTable): void {
  table = next;
}

/** The text for a key, with its values put in. */
export function text<K extends StringKey>(key: K, ...[values]: Arguments<K>): string {
  const found = Object.hasOwn(table, key) ? table[key] : undefined;
  const pattern = found ?? englishStrings[key];
  if (values === undefined) {
    return pattern;
  }
  const given: Readonly<Record<string, string | number>> = values;
  return pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(given, name) ? String(given[name]) : whole,
  );
}
