import { readNamedStart } from '../../files/namedFile.ts';
import { parseIdentity, wipe, type Identity } from '../age/identity.ts';
import { VaultError } from '../vaultError.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';

/**
 * The one door for recovery kits that come back. What a person kept may have gone through mail, an editor, a browser or a
 * printer: quoted, indented, broken into lines, in another encoding, with other text around it. So nothing is said of lines: keys
 * and the vault's id are looked for in the text, letter by letter, and a key's own checksum says whether it is one.
 */

/** A kit is a page at most, a mail around it some more; whatever is larger is another file, chosen by mistake. */
const largestKitBytes = 256 * 1024;

/**
 * What may have come between two letters: white space, marks of quotes and comments, what quoted-printable makes of them and its soft
 * line breaks (RFC 2045, section 6.7), markup.
 */
const strayMark = [
  String.raw`[\s\0>|#\u00ad\u200b-\u200d\u2060\ufeff]`,
  String.raw`=(?:[0-9a-f]{2}|(?=\s|$))`,
  '<[^<>]{0,200}>',
  '&(?:nbsp|gt|#160|#62);',
].join('|');
const stray = `(?:${strayMark})*`;
const strayMarks = new RegExp(strayMark, 'gi');
/** Word processors have more than one. */
const hyphen = String.raw`[-\u2010-\u2015\u2212]`;
const spelled = (word: string): string =>
  Array.from(word, (each) => (each === '-' ? hyphen : each)).join(stray);

/** Of bech32, which age's keys are written in (BIP 173). */
const keyLetter = '[qpzry9x8gf2tvdw0s3jn54khce6mua7l]';
/** 32 bytes in five bits each, and a checksum. */
const keyLetters = 58;
const keyStart = new RegExp(spelled('AGE-SECRET-KEY-1'), 'gi');
const keyEnd = new RegExp(`^(?=(${keyLetter}*))(?:${stray}${keyLetter}){0,${keyLetters}}`, 'i');
/** Text that only speaks of keys has fewer letters of one right behind their beginning. */
const fewestLetters = 6;
/** So many letters are the same in no two keys. */
const tellingLetters = 12;

const idDigits = 32;
const idStart = new RegExp(`(?<![a-z])${spelled('vault')}${stray}:`, 'gi');
const idEnd = new RegExp(
  String.raw`^(?=[^\S\r\n]*([0-9a-f]*))((?:${stray}[0-9a-f]){0,${idDigits}})([0-9a-z]?)`,
  'i',
);
/** Few words of so many letters have none but hex digits. */
const fewestDigits = 8;

/**
 * A file's text, as far as a kit may go, in whichever encoding an editor saved it: UTF-8, or UTF-16 of either order.
 * @throws what the file system says
 */
export async function readKitFile(file: string): Promise<string> {
  return decodeKit(await readNamedStart(file, largestKitBytes));
}

/** As {@link readKitFile}, of what was read. A byte order mark decides; without one, so does where the zeros are. */
export function decodeKit(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const pairs = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) {
    return pairs.toString('utf16le');
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) {
    return pairs.swap16().toString('utf16le');
  }
  return Buffer.from(bytes).toString('utf8');
}

/**
 * Every identity in the text of a kit, in its order and each once; the first is the vault's current one. The caller wipes them.
 * @throws {VaultError} `damagedKeyFile` when there is none; with its line, when one is not as it was. The message never quotes it
 */
export function identitiesInKit(text: string): Identity[] {
  const found = new Map<string, Identity>();
  const broken: BrokenKey[] = [];
  for (const { 0: start, index } of text.matchAll(keyStart)) {
    const end = index + start.length;
    const [run = '', together = ''] = keyEnd.exec(text.slice(end)) ?? [];
    const letters = run.replaceAll(strayMarks, '').toLowerCase();
    if (found.has(letters)) {
      continue;
    }
    const identity =
      letters.length === keyLetters ? parseIdentity(`age-secret-key-1${letters}`) : undefined;
    if (identity === undefined) {
      const isMention = letters.length < keyLetters && together.length < fewestLetters;
      broken.push({ letters, isMention, index });
    } else {
      found.set(letters, identity);
    }
  }
  const wrong = broken.find((each) => isAmiss(each, [...found.keys()]));
  if (wrong === undefined && found.size > 0) {
    return [...found.values()];
  }
  wipe(...found.values());
  throw wrong === undefined
    ? new VaultError('damagedKeyFile', 'There is no age identity in this file')
    : new VaultError('damagedKeyFile', 'A key in this file is cut short or changed', {
        line: lineOf(text, wrong.index),
      });
}

interface BrokenKey {
  readonly letters: string;
  /** The text may only speak of keys here. */
  readonly isMention: boolean;
  /** Where it begins. */
  readonly index: number;
}

/**
 * Whether a key is missing because of it. A torn copy of one that is whole elsewhere, as in what a mail quotes, takes nothing away.
 * @param whole the letters of the keys that were found
 */
function isAmiss({ letters, isMention }: BrokenKey, whole: readonly string[]): boolean {
  const isElsewhere =
    letters.length >= tellingLetters &&
    whole.some((each) => each.startsWith(letters.slice(0, tellingLetters)));
  return !isElsewhere && !(isMention && whole.length > 0);
}

/**
 * The id of the vault that a kit says it is of; `undefined` when it says none, as keys alone do.
 * @throws {VaultError} `damagedKeyFile`, with its line, when it names one that is not as it was
 */
export function vaultOfKit(text: string): string | undefined {
  let brokenLine: number | undefined;
  for (const { 0: label, index } of text.matchAll(idStart)) {
    const rest = text.slice(index + label.length);
    const [, together = '', run = '', more = ''] = idEnd.exec(rest) ?? [];
    const digits = run.replaceAll(strayMarks, '').toLowerCase();
    if (digits.length === idDigits && more === '') {
      return digits;
    }
    const isComment = /#[^\S\r\n]{0,9}$/.test(text.slice(Math.max(0, index - 10), index));
    if (isComment || together.length >= fewestDigits) {
      brokenLine ??= lineOf(text, index);
    }
  }
  if (brokenLine !== undefined) {
    throw new VaultError('damagedKeyFile', 'The id of the vault in this file is damaged', {
      line: brokenLine,
    });
  }
  return undefined;
}

/**
 * The identities of a kit that belong to this vault, the current one first. The caller wipes them.
 * @throws {VaultError} as {@link identitiesInKit}; `wrongIdentity` when it does not have the vault's current identity: it is
 * another vault's, or from before a rotation.
 */
export function identitiesFromKit(text: string, file: VaultFile): Identity[] {
  const known = new Set(
    file.identities.filter((entry) => entry.state !== 'destroyed').map((entry) => entry.recipient),
  );
  const all = identitiesInKit(text);
  const current = all.find(({ recipient }) => recipient === file.recipient);
  const others = all.filter((identity) => identity !== current && known.has(identity.recipient));
  wipe(...all.filter((identity) => identity !== current && !others.includes(identity)));
  if (current === undefined) {
    wipe(...others);
    throw new VaultError('wrongIdentity', 'This recovery kit is not of this vault as it is now');
  }
  return [current, ...others];
}

/** Counted from 1, as editors do. */
function lineOf(text: string, index: number): number {
  return text.slice(0, index).split(/\r\n|\r|\n/).length;
}
