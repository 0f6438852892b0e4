import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { authorKeyOf, isSigned, signedText, type SigningKey } from '../age/signing.ts';
import {
  currentIdentityOf,
  signedBytesOf,
  vaultFileVersion,
  type IdentityEntry,
  type VaultFile,
} from '../protectors/vaultFile.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Whose `vault.json` it is. Its current identity's author key signs the whole file; and each identity's author key was vouched for
 * by the one before it, so that who remembers an earlier one knows whether a later one came of it. docs/vault-format.md,
 * "Authorship".
 */

/** Who has not looked at a vault for so many rotations asks the person. Each link takes a tenth of a millisecond to check. */
const mostLinks = 1_000;

/** What a place outside the vault's folder remembers of it. */
export interface KnownAuthor {
  readonly recipient: string;
  /** `undefined` of a vault whose file was of version 1. */
  readonly author: string | undefined;
}

/**
 * The file as the vault's owner signs it, of the present version.
 * @param keyring the file's current identity, and earlier ones, which vouch for what came after them
 * @throws {VaultError} `locked` when the current identity is not among them; as {@link demandAuthor}
 */
export function signVaultFile(file: VaultFile, keyring: Keyring): VaultFile {
  const keys = new Map(keyring.map((identity) => [identity.recipient, authorKeyOf(identity)]));
  try {
    const own = keys.get(file.recipient);
    if (own === undefined) {
      throw new VaultError('locked', 'Only who has the current identity changes a vault.json');
    }
    demandKnownAuthor(file, { recipient: file.recipient, author: own.publicKey });
    const whole: VaultFile = {
      ...file,
      version: vaultFileVersion,
      identities: withAuthors(file, keys),
      devices: file.devices ?? [],
      accepted: file.accepted ?? { segments: [], files: [] },
    };
    return { ...whole, signature: signedText(own, 'vault 2', signedBytesOf(whole)) };
  } finally {
    wipe(...[...keys.values()].map(({ seed }) => seed));
  }
}

/**
 * Sees that a file is signed by who has its current identity. Who knows that one's public half alone can name another author, whose
 * signature is right all the same.
 * @param keyring the current identity among them
 * @throws {VaultError} `untrusted`
 */
export function demandAuthor(file: VaultFile, keyring: Keyring): void {
  if (isOfAnotherAuthor(file, keyring)) {
    throw notSignedByOwner();
  }
}

/** Whether another than who has the current identity signs a file. @param keyring that identity among them */
export function isOfAnotherAuthor(file: VaultFile, keyring: Keyring): boolean {
  const owner = keyring.find(({ recipient }) => recipient === file.recipient);
  return owner !== undefined && namesAnother(file, knownAuthorOf(owner));
}

/** As {@link demandAuthor}, of whom only the public halves are at hand. */
export function demandKnownAuthor(file: VaultFile, owner: KnownAuthor): void {
  if (namesAnother(file, owner)) {
    throw notSignedByOwner();
  }
}

function namesAnother({ identities }: VaultFile, { recipient, author }: KnownAuthor): boolean {
  return identities.some(
    (entry) =>
      entry.recipient === recipient && entry.author !== undefined && entry.author !== author,
  );
}

function notSignedByOwner(): VaultError {
  return new VaultError('untrusted', 'vault.json is not signed by its owner', {
    doubt: 'replaced',
  });
}

/** What is known of who has an identity. */
export function knownAuthorOf(identity: Identity): KnownAuthor & { readonly author: string } {
  const { publicKey, seed } = authorKeyOf(identity);
  wipe(seed);
  return { recipient: identity.recipient, author: publicKey };
}

/**
 * Whether a file's current identity is a known one, or came of it by identities that each vouched for the next. Of one whose author is
 * not known nobody knows whom it vouches for.
 */
export function isOfAuthor(file: VaultFile, known: KnownAuthor): boolean {
  let entry = currentIdentityOf(file);
  const byRecipient = new Map(file.identities.map((each) => [each.recipient, each]));
  // A circle ends, and a file of somebody else's keeps nobody busy.
  for (let links = 0; entry !== undefined && links < mostLinks; links += 1) {
    if (entry.recipient === known.recipient) {
      return known.author === undefined ? links === 0 : entry.author === known.author;
    }
    entry = voucherOf(file, entry, byRecipient);
  }
  return false;
}

/** Each with its author key, where it is known, and vouched for by the one before. They stand newest first. */
function withAuthors(file: VaultFile, keys: ReadonlyMap<string, SigningKey>): IdentityEntry[] {
  const named = file.identities.map((entry): IdentityEntry => {
    const author = entry.author ?? keys.get(entry.recipient)?.publicKey;
    return author === undefined ? entry : { ...entry, author };
  });
  return named.map((entry, index): IdentityEntry => {
    const before = named[index + 1];
    const key = before && keys.get(before.recipient);
    if (entry.vouched !== undefined || entry.author === undefined || key === undefined) {
      return entry;
    }
    const signature = signedText(key, 'identity 1', vouchedBytesOf(file, entry));
    return { ...entry, vouched: { by: before?.recipient ?? '', signature } };
  });
}

/** The identity that vouches for another, when it does. */
function voucherOf(
  file: VaultFile,
  entry: IdentityEntry,
  byRecipient: ReadonlyMap<string, IdentityEntry>,
): IdentityEntry | undefined {
  const { vouched } = entry;
  const by = vouched && byRecipient.get(vouched.by);
  return vouched !== undefined &&
    by?.author !== undefined &&
    isSigned(
      by.author,
      'identity 1',
      vouchedBytesOf(file, entry),
      Buffer.from(vouched.signature, 'base64'),
    )
    ? by
    : undefined;
}

function vouchedBytesOf({ vault }: VaultFile, { recipient, author }: IdentityEntry): Uint8Array {
  return new TextEncoder().encode([vault, recipient, author].join('\n'));
}
