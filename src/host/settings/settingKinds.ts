import path from 'node:path';
import { absolutePath } from '../../files/place.ts';

/**
 * One kind of value that a setting may have.
 * @typeParam T what passes the check
 */
export interface SettingKind<T> {
  /** What package.json says of it: the settings editor marks by this what it would not accept. */
  readonly schema: SettingSchema;
  /** Whether a value is of this kind, and in range: settings are edited by hand. */
  readonly check: (value: unknown) => value is T;
  /** What a value that passes the check means here, where that is not the value itself. */
  settle?(value: T): T;
}

/** The part of JSON schema that VS Code's settings editor knows, in the order in which package.json has it. */
export interface SettingSchema {
  readonly type: 'boolean' | 'string' | 'number' | 'integer' | 'array' | 'object';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly uniqueItems?: true;
  readonly items?: SettingSchema;
  readonly additionalProperties?: SettingSchema;
}

/** Names of sites or programs, each with its switch: switching it off keeps it on the list. */
export type NameSwitches = Readonly<Record<string, boolean>>;

const mostNames = 2_000;
// RFC 1035, 2.3.4, with room for what people paste; a file name is 255 at most.
const longestName = 255;

export const onOff: SettingKind<boolean> = {
  schema: { type: 'boolean' },
  check: (value) => typeof value === 'boolean',
};

/** Absolute on any platform's terms (`/x`, `C:\x`, `\\server\x`), or empty for none. */
export const folder: SettingKind<string> = {
  schema: { type: 'string' },
  check: (value): value is string =>
    typeof value === 'string' && (value === '' || /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(value)),
  // Whoever joins names to it would go by its text.
  settle: (value) => (path.isAbsolute(value) && value.includes('..') ? absolutePath(value) : value),
};

export const names: SettingKind<readonly string[]> = {
  schema: { type: 'array', uniqueItems: true, items: { type: 'string' } },
  check: (value): value is readonly string[] =>
    Array.isArray(value) && value.length <= mostNames && value.every(isName),
};

export const nameSwitches: SettingKind<NameSwitches> = {
  schema: { type: 'object', additionalProperties: { type: 'boolean' } },
  check: (value): value is NameSwitches => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return false;
    }
    const entries = Object.entries(value);
    return (
      entries.length <= mostNames &&
      entries.every(([name, isOn]) => isName(name) && onOff.check(isOn))
    );
  },
};

/** A number from `minimum` to `maximum`, both included. */
export function within(minimum: number, maximum: number): SettingKind<number> {
  return {
    schema: { type: 'number', minimum, maximum },
    check: (value): value is number =>
      typeof value === 'number' && value >= minimum && value <= maximum,
  };
}

/** A whole number from `minimum` to `maximum`, both included. */
export function wholeWithin(minimum: number, maximum: number): SettingKind<number> {
  const { check } = within(minimum, maximum);
  return {
    schema: { type: 'integer', minimum, maximum },
    check: (value): value is number => check(value) && Number.isInteger(value),
  };
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): SettingKind<Word> {
  return {
    schema: { type: 'string', enum: words },
    check: (value): value is Word => words.some((word) => word === value),
  };
}

/** Some of a few words, all of them or none. */
export function someOf<Word extends string>(words: readonly Word[]): SettingKind<readonly Word[]> {
  const { schema, check } = oneOf(words);
  return {
    schema: { type: 'array', uniqueItems: true, items: schema },
    check: (value): value is readonly Word[] =>
      Array.isArray(value) && value.length <= words.length && value.every(check),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestName;
}
