import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatIdentity,
  generateIdentity,
  type Identity,
} from '../../../src/vault/age/identity.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { formatRecoveryKitPage } from '../../../src/vault/keys/recoveryKitPage.ts';
import {
  decodeKit,
  identitiesInKit,
  readKitFile,
  vaultOfKit,
} from '../../../src/vault/keys/recoveryKitReader.ts';
import type { VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { allLanguages } from '../../support/languages.ts';
import { processorMs } from '../../support/processorTime.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

const vaultId = '0123456789abcdef0f1e2d3c4b5a6978';

function vaultFileFor([current]: readonly Identity[]): VaultFile {
  return {
    ...{ format: 'millrace-vault', version: 1, vault: vaultId, generation: 1, createdMs: 0 },
    ...{ recipient: current?.recipient ?? '', protectors: [], identities: [] },
  };
}

const perLine =
  (change: (line: string) => string) =>
  (text: string): string =>
    text
      .split(/\r\n|\r|\n/)
      .map(change)
      .join('\n');

/** As a mail program or an editor breaks lines: hard, at so many columns. */
const brokenAt = (columns: number): ((text: string) => string) =>
  perLine((line) => line.match(new RegExp(`.{1,${columns}}`, 'gs'))?.join('\n') ?? line);

/** At the spaces before so many columns, where there are some. */
const wrappedAt = (columns: number): ((text: string) => string) =>
  perLine((line) => line.replaceAll(new RegExp(`(.{1,${columns}}) +`, 'g'), '$1\n'));

/** As quoted-printable (RFC 2045) has long lines, and what is no ASCII. */
const quotedPrintable = perLine((line) => {
  const lines = [''];
  for (const byte of Buffer.from(line)) {
    const isPlain = byte === 9 || (byte >= 32 && byte <= 126 && byte !== 61);
    const hex = byte.toString(16).toUpperCase().padStart(2, '0');
    const part = isPlain ? String.fromCharCode(byte) : `=${hex}`;
    const last = lines.at(-1) ?? '';
    if (last.length + part.length > 75) {
      lines.splice(-1, 1, `${last}=`, part);
    } else {
      lines.splice(-1, 1, last + part);
    }
  }
  return lines.join('\n').replace(/ $/, '=20').replace(/\t$/, '=09');
});

const mail = [
  'From: somebody\nSubject: the kit, vault and all\n\nHere it is. A line that begins with AGE-SECRET-KEY-1 is a key.\n\n',
  '\n-- \nSent from a phone: AGE-SECRET-KEY-1... is what to look for.\n',
] as const;

type Mangle = (text: string) => string;
const columns = fc.integer({ min: 20, max: 90 });
const anyMangle: fc.Arbitrary<Mangle> = fc.oneof(
  columns.map(brokenAt),
  columns.map(wrappedAt),
  fc
    .constantFrom('> ', '>', '>> ', '> > ', '| ', '\t', '    ', '\u00a0\u00a0', ' > ')
    .map((mark) => perLine((line) => `${mark}${line}`)),
  fc
    .constantFrom(' ', '  \t', '\u00a0', '\u200b')
    .map((blank) => perLine((line) => `${line}${blank}`)),
  fc.constant((text: string) => text.replaceAll(' ', '\u00a0')),
  fc.constant((text: string) => text.replaceAll('\n\n', '\n').replaceAll('\n', '\n\n')),
  fc.constant((text: string) => text.toLowerCase()),
  fc.constant((text: string) => `${mail[0]}${text}${mail[1]}`),
  // Somebody answers, and quotes it below.
  fc.constant(
    (text: string) => `${text}\n\nSomebody wrote:\n${perLine((line) => `> ${line}`)(text)}`,
  ),
);
/** What a text goes through last. */
const anyEnd: fc.Arbitrary<Mangle> = fc.constantFrom<Mangle[]>(
  (text) => text,
  (text) => text.replaceAll(/\r\n|\r|\n/g, '\r\n'),
  (text) => text.replaceAll(/\r\n|\r|\n/g, '\r'),
  quotedPrintable,
  (text) =>
    `<html><body><p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\u00a0', '&nbsp;').replaceAll('\n', '<br class="line">\n')}</p></body></html>`,
);

const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const anyEncoding: fc.Arbitrary<(text: string) => Uint8Array> = fc.constantFrom(
  (text: string) => Buffer.from(text),
  (text: string) => Buffer.from(`\ufeff${text}`),
  (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text: string) => Buffer.from(text, 'utf16le'),
  (text: string) => bigEndian(`\ufeff${text}`),
  bigEndian,
);

const damagedAt = (line: number | undefined, secrets: readonly string[]) => (error: unknown) =>
  VaultError.is(error, 'damagedKeyFile') &&
  error.line === line &&
  error.cause === undefined &&
  secrets.every((secret) => !error.message.includes(secret.slice(16, 24)));

describe('vault/recoveryKitReader', function () {
  this.timeout(120_000);
  const keyring = [generateIdentity(), generateIdentity(), generateIdentity()];
  const kits = [1, 2, 3].flatMap((keys) => {
    const some = keyring.slice(0, keys);
    const file = vaultFileFor(some);
    return allLanguages.flatMap((language) => [
      { some, text: formatRecoveryKit(file, some, language) },
      { some, text: formatRecoveryKitPage(file, some, language, 0) },
    ]);
  });
  const recipientsIn = (text: string): string[] =>
    identitiesInKit(text).map(({ recipient }) => recipient);

  it('finds keys and vault whatever mail, editors and encodings did to the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kits.filter(({ text }) => !text.startsWith('<'))),
        fc.array(anyMangle, { maxLength: 4 }),
        anyEnd,
        anyEncoding,
        ({ some, text }, mangles, end, encode) => {
          const mangled = end(mangles.reduce((before, mangle) => mangle(before), text));
          const read = decodeKit(encode(mangled));
          assert.deepEqual(
            recipientsIn(read),
            some.map(({ recipient }) => recipient),
          );
          assert.equal(vaultOfKit(read), vaultId);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds them in the page to print, in every encoding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kits),
        fc.constantFrom('\n', '\r\n', '\r'),
        anyEncoding,
        ({ some, text }, lineEnd, encode) => {
          const read = decodeKit(encode(text.replaceAll('\n', lineEnd)));
          assert.deepEqual(
            recipientsIn(read),
            some.map(({ recipient }) => recipient),
          );
          assert.equal(vaultOfKit(read), vaultId);
        },
      ),
    );
  });

  it('reads a kit of every version that ever was, whatever became of its long lines', async () => {
    const kit = path.join(repositoryRoot, 'test/fixtures/vault-format-1/recovery-kit.txt');
    const text = await readKitFile(kit);
    assert.ok(text.split('\n').some((line) => line.length > 90));
    const expected = recipientsIn(text);
    const vault = vaultOfKit(text);
    assert.equal(expected.length, 1);
    assert.ok(vault !== undefined);
    for (const mangle of [brokenAt(76), wrappedAt(76), brokenAt(72), wrappedAt(60)]) {
      for (const mark of ['', '> ', '>> ', '\t']) {
        const mangled = perLine((line) => `${mark}${line}`)(mangle(text));
        assert.deepEqual(recipientsIn(mangled), expected);
        assert.equal(vaultOfKit(mangled), vault);
        const again = brokenAt(76)(mangled);
        assert.deepEqual(recipientsIn(again), expected);
        assert.equal(vaultOfKit(again), vault);
      }
    }
  });

  it('reads a file as far as a kit may go, in whichever encoding it is', async () => {
    const { folder, remove } = await temporaryFolder();
    try {
      const file = path.join(folder, 'kit.txt');
      const text = formatRecoveryKit(vaultFileFor(keyring), keyring);
      for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
        await writeFile(file, Buffer.concat([bytes, Buffer.alloc(1 << 20, 0x20)]));
        const read = await readKitFile(file);
        assert.ok(read.length <= 256 * 1024);
        assert.equal(recipientsIn(read).length, 3);
      }
      await writeFile(file, '');
      assert.equal(await readKitFile(file), '');
    } finally {
      await remove();
    }
  });

  /** Whether a key without its last letters is whole again, as the text goes on with just those: "# public key", "Was es öffnet". */
  const goesOn = (text: string, secret: string, cut: string): boolean => {
    const behind = text.slice(text.indexOf(secret) + secret.length);
    const letters = behind.replaceAll(/<[^<>]*>|[\s#]/g, '').toUpperCase();
    return secret.startsWith(cut) && letters.startsWith(secret.slice(cut.length));
  };

  it('names the line of a key that is not as it was, and does not quote it', () => {
    const secrets = keyring.map(formatIdentity);
    fc.assert(
      fc.property(
        fc.constantFrom(...kits),
        fc.nat({ max: 2 }),
        fc.nat({ max: 57 }),
        fc.constantFrom('changed', 'cut', 'dropped', 'doubled'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('', '> ', '\t'),
        ({ some, text }, which, at, how, lineEnd, mark) => {
          const secret = secrets[which % some.length] ?? '';
          const place = 16 + at;
          const letter = secret[place] ?? '';
          const rest = secret.slice(place + 1);
          const wrong = {
            changed: `${secret.slice(0, place)}${letter === 'Q' ? 'P' : 'Q'}${rest}`,
            // What is left is more than the beginning of one, which a text may speak of.
            cut: secret.slice(0, Math.max(place, 22)),
            dropped: secret.slice(0, place) + rest,
            doubled: secret.slice(0, place) + letter + letter + rest,
          }[how];
          // A letter more behind a whole key takes nothing from it.
          fc.pre(!wrong.startsWith(secret));
          const lines = text.replace(secret, wrong).split('\n');
          const line = lines.findIndex((each) => each.includes(wrong)) + 1;
          const mangled = lines.map((each) => `${mark}${each}`).join(lineEnd);
          if (goesOn(text, secret, wrong)) {
            assert.deepEqual(identitiesInKit(mangled), some);
            return;
          }
          assert.throws(() => identitiesInKit(mangled), damagedAt(line, secrets));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never takes a vault’s id that is broken for none', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kits),
        fc.nat({ max: 31 }),
        fc.constantFrom('cut', 'changed', 'more'),
        fc.constantFrom('', '> '),
        ({ text }, at, how, mark) => {
          const wrong = {
            cut: vaultId.slice(0, at),
            changed: `${vaultId.slice(0, at)}x${vaultId.slice(at + 1)}`,
            more: `${vaultId}${at.toString(16)}`,
          }[how];
          const lines = text.replace(`vault: ${vaultId}`, `vault: ${wrong}`).split('\n');
          const line = lines.findIndex((each) => each.includes(`# vault: ${wrong}`)) + 1;
          const mangled = lines.map((each) => `${mark}${each}`).join('\n');
          assert.throws(() => vaultOfKit(mangled), damagedAt(line, []));
          assert.ok(identitiesInKit(mangled).length > 0);
        },
      ),
    );
  });

  it('needs no more than the keys, and takes nothing that only speaks of them', () => {
    const [first, second] = keyring.map(formatIdentity);
    assert.ok(first !== undefined && second !== undefined);
    const bare = `${first}\n${second}`;
    assert.equal(vaultOfKit(bare), undefined);
    for (const text of [
      bare,
      `${bare}\n${bare}`,
      `A key begins with AGE-SECRET-KEY-1\n${bare}`,
      `${bare}\nAGE-SECRET-KEY-1... and so on`,
      // A copy that ends early, of keys that are whole elsewhere.
      `${bare}\n> ${first.slice(0, 60)}`,
      `${second.slice(0, 40)}\n${bare}`,
      `my keys: ${first}, ${second}.`,
    ]) {
      assert.deepEqual(
        recipientsIn(text),
        keyring.slice(0, 2).map(({ recipient }) => recipient),
        text,
      );
    }
    assert.equal(vaultOfKit(`The vault: added by hand, a face, a deed\n${bare}`), undefined);
    for (const text of ['', 'hello', 'age1', 'AGE-SECRET-KEY-2', '\0\0\0', '<!doctype html>']) {
      assert.throws(() => identitiesInKit(text), damagedAt(undefined, []));
      assert.equal(vaultOfKit(text), undefined);
    }
    assert.throws(() => identitiesInKit('\n\nAGE-SECRET-KEY-1'), damagedAt(3, []));
  });

  it('looks through any text in a time that grows with it', () => {
    const startedMs = processorMs();
    for (const part of [
      'A ',
      'A > ',
      '<',
      '&',
      'AGE-SECRET-KEY-1',
      'AGE-SECRET-KEY-1 ',
      'vault:',
      '# ',
      '<a',
      'q>',
      '#',
      '# vault',
      'AGE-',
      '> ',
    ]) {
      const text = part.repeat(Math.floor(262_144 / part.length));
      assert.throws(() => identitiesInKit(text), VaultError);
      try {
        vaultOfKit(text);
      } catch (error) {
        assert.ok(VaultError.is(error, 'damagedKeyFile'));
      }
    }
    assert.ok(processorMs() - startedMs < 30_000);
  });
});
