import * as v from 'valibot';
import type { Keyring } from '../../vault/age/identity.ts';
import { isSigned, signatureText, signedText } from '../../vault/age/signing.ts';
import { asOwner } from '../../vault/trust/ownerSeal.ts';
import { TransferError } from '../transferError.ts';

/** What a backup holds and how it must look, for who has no key: docs/vault-format.md, "Backups". */
const manifestFormat = 'millrace-backup';
const manifestVersion = 2;
/** Of those that nobody signed, as all once were. */
const unsignedVersion = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const wallMs = v.pipe(v.number(), v.safeInteger());
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const sha256 = hex64;

const manifestSchema = v.strictObject({
  format: v.literal(manifestFormat),
  version: v.picklist([unsignedVersion, manifestVersion]),
  /** The vault's id, 32 hex digits. */
  vault: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** The name of the age file beside it. */
  file: v.pipe(v.string(), v.maxLength(100)),
  createdMs: wallMs,
  sizeBytes: whole,
  /** Of the age file. */
  sha256,
  recipient: v.pipe(v.string(), v.maxLength(100)),
  schemaVersion: whole,
  /** Rows of each table that holds records. */
  counts: v.record(v.string(), whole),
  /** Of every record, sealed or not: see `contentDigest.ts`. */
  contentSha256: sha256,
  /** When it was last restored into a scratch database and was the same; null before. */
  verifiedMs: v.nullable(wallMs),
  /** Whose signature it has: the public half of a key that comes with an identity. Both came with version 2, which has them. */
  author: v.exactOptional(hex64),
  /** Over the compact JSON of all the rest, in base64. */
  signature: v.exactOptional(v.pipe(v.string(), v.regex(signatureText))),
});
export type BackupManifest = v.InferOutput<typeof manifestSchema>;
/** All that its signature is over. */
const signedSchema = v.object(v.omit(manifestSchema, ['signature']).entries);
/** Without who says it, and in which form. */
const contentSchema = v.object(
  v.omit(manifestSchema, ['format', 'version', 'author', 'signature']).entries,
);
/** What a manifest says of its backup. */
export type ManifestContent = v.InferOutput<typeof contentSchema>;
/** Makes a manifest of what it is to say. */
export type WriteManifest = (content: ManifestContent) => BackupManifest;

/**
 * A manifest that the vault's owner signs.
 * @param keyring the current identity first
 * @throws {VaultError} `locked` when there is none
 */
export function signManifest(content: ManifestContent, keyring: Keyring): BackupManifest {
  return asOwner(keyring, (key) => {
    const unsigned: BackupManifest = {
      ...contentOf(content),
      format: manifestFormat,
      version: manifestVersion,
      author: key.publicKey,
    };
    return { ...unsigned, signature: signedText(key, 'manifest 2', signedBytesOf(unsigned)) };
  });
}

/** A manifest that nobody signs, for a backup that nobody signed. */
export function unsignedManifest(content: ManifestContent): BackupManifest {
  return { ...contentOf(content), format: manifestFormat, version: unsignedVersion };
}

/** Of a manifest that is written anew what it said before. */
function contentOf(content: ManifestContent): ManifestContent {
  return v.parse(contentSchema, content);
}

/** In the order of the schema, whatever that of the file. */
function signedBytesOf(manifest: BackupManifest): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(v.parse(signedSchema, manifest)));
}

/** The bytes of a manifest. */
export function formatManifest(manifest: BackupManifest): Uint8Array {
  const ordered = v.parse(manifestSchema, manifest);
  return new TextEncoder().encode(`${JSON.stringify(ordered, undefined, 2)}\n`);
}

/**
 * Reads a whole manifest.
 * @throws {TransferError} `laterVersion`; `notOurs` when it is something else; `damaged` when it is no JSON or
 * not in the form of one; `untrusted` when it was not signed by the key that it names.
 */
export function parseManifest(bytes: Uint8Array): BackupManifest {
  const value = parseJson(bytes);
  if (!v.is(v.looseObject({ format: v.literal(manifestFormat), version: v.number() }), value)) {
    throw new TransferError('notOurs', 'This is no manifest of a backup');
  }
  if (value.version > manifestVersion) {
    throw new TransferError('laterVersion', 'A manifest was written by a later Millrace');
  }
  const result = v.safeParse(manifestSchema, value);
  if (!result.success) {
    throw new TransferError('damaged', 'A manifest does not have the form of one');
  }
  checkSignature(result.output);
  return result.output;
}

function checkSignature(manifest: BackupManifest): void {
  const { version, author, signature } = manifest;
  const isOfItsVersion = [author, signature].every(
    (part) => (part === undefined) === (version === unsignedVersion),
  );
  if (!isOfItsVersion) {
    throw new TransferError('damaged', 'A manifest does not have the form of one');
  }
  if (author !== undefined && signature !== undefined) {
    const bytes = Buffer.from(signature, 'base64');
    if (!isSigned(author, 'manifest 2', signedBytesOf(manifest), bytes)) {
      throw new TransferError('untrusted', 'A manifest is not as its author signed it');
    }
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new TransferError('damaged', 'A manifest is no JSON', { cause });
  }
}
