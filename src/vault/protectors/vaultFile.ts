import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { recipientBytes } from '../age/identity.ts';
import { isSigned, signatureText } from '../age/signing.ts';
import { VaultError } from '../vaultError.ts';

/**
 * `vault.json`: which vault this is, whom to seal for, whose signature counts, and the wrapped identities. It holds nothing that
 * opens the vault without a protector's key. Layout and rules: docs/vault-format.md, "vault.json".
 */
export const vaultFormat = 'millrace-vault';
export const vaultFileVersion = 2;

const wallMs = v.pipe(v.number(), v.safeInteger());
const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const base64 = v.pipe(v.string(), v.base64());
const signature = v.pipe(v.string(), v.regex(signatureText));
const recipient = v.pipe(v.string(), v.check(isRecipient));

/** How a passphrase becomes a key: Argon2id (RFC 9106). */
export const passphraseParameters = v.strictObject({
  name: v.literal('argon2id'),
  memoryKiB: v.pipe(v.number(), v.integer(), v.minValue(19 * 1024), v.maxValue(4 * 1024 * 1024)),
  iterations: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000)),
  parallelism: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  salt: base64,
});

const protectorSchema = v.variant('kind', [
  v.strictObject({ id: hex32, kind: v.literal('secretStorage'), createdMs: wallMs }),
  v.strictObject({ id: hex32, kind: v.literal('keyFile'), createdMs: wallMs }),
  v.strictObject({
    id: hex32,
    kind: v.literal('passphrase'),
    createdMs: wallMs,
    kdf: passphraseParameters,
  }),
]);

const wrappedSchema = v.strictObject({ protector: hex32, box: base64 });

/** With which key an identity signs, and that the one before it said so. */
const authorship = {
  author: v.exactOptional(hex64),
  vouched: v.exactOptional(v.strictObject({ by: recipient, signature })),
};

const identitySchema = v.variant('state', [
  v.strictObject({
    recipient,
    ...authorship,
    state: v.picklist(['current', 'retired']),
    createdMs: wallMs,
    sinceMs: wallMs,
    wrapped: v.array(wrappedSchema),
  }),
  v.strictObject({
    recipient,
    ...authorship,
    state: v.literal('destroyed'),
    createdMs: wallMs,
    sinceMs: wallMs,
  }),
]);

/** A device that writes while no identity is at hand: the public half of its key. */
const deviceSchema = v.strictObject({ key: hex64, createdMs: wallMs });

/**
 * What is taken as the vault's own though none of its present keys signed it: segments by the SHA-256 of their header, which they grow
 * behind, and age files by that of the whole file.
 */
const acceptedSchema = v.strictObject({ segments: v.array(hex64), files: v.array(hex64) });

const vaultFileSchema = v.strictObject({
  format: v.literal(vaultFormat),
  version: v.picklist([1, vaultFileVersion]),
  vault: hex32,
  generation: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  createdMs: wallMs,
  recipient,
  protectors: v.array(protectorSchema),
  identities: v.array(identitySchema),
  // These and each identity's author came with version 2, which has all of them.
  devices: v.exactOptional(v.array(deviceSchema)),
  accepted: v.exactOptional(acceptedSchema),
  signature: v.exactOptional(signature),
});

export type VaultFile = v.InferOutput<typeof vaultFileSchema>;
export type ProtectorEntry = v.InferOutput<typeof protectorSchema>;
export type ProtectorKind = ProtectorEntry['kind'];
export type IdentityEntry = v.InferOutput<typeof identitySchema>;
export type AcceptedFiles = v.InferOutput<typeof acceptedSchema>;
export type PassphraseParameters = v.InferOutput<typeof passphraseParameters>;

/** The identity that a vault has now. */
export function currentIdentityOf({ identities }: VaultFile): IdentityEntry | undefined {
  return identities.find(({ state }) => state === 'current');
}

/** The bytes of a `vault.json`: indented JSON whose last member is the SHA-256 of the rest. */
export function formatVaultFile(file: VaultFile): Uint8Array {
  const ordered = v.parse(vaultFileSchema, file);
  return new TextEncoder().encode(
    `${JSON.stringify({ ...ordered, checksum: checksumOf(ordered) }, undefined, 2)}\n`,
  );
}

/** What the signature of a file is over: the compact JSON of all the rest, its checksum left out. */
export function signedBytesOf(file: VaultFile): Uint8Array {
  const ordered = v.parse(vaultFileSchema, file);
  return new TextEncoder().encode(JSON.stringify({ ...ordered, signature: undefined }));
}

/**
 * Reads a whole `vault.json`, with whatever line ends, spaces between its parts and byte order mark an editor or a transfer gave it.
 * @throws {VaultError} `unknownVersion` for a later format, `untrusted` when whoever wrote it has not the key that it names,
 * `damaged` for anything else that is not exactly what {@link formatVaultFile} writes.
 */
export function parseVaultFile(bytes: Uint8Array): VaultFile {
  const text = textOf(bytes);
  const value = parseJson(text);
  if (v.is(v.looseObject({ format: v.literal(vaultFormat), version: v.number() }), value)) {
    if (value.version > vaultFileVersion) {
      throw new VaultError('unknownVersion', 'vault.json was written by a later Millrace');
    }
  }
  const result = v.safeParse(
    v.strictObject({ ...vaultFileSchema.entries, checksum: v.string() }),
    value,
  );
  if (!result.success) {
    throw new VaultError('damaged', 'vault.json does not have the form of one');
  }
  const { checksum, ...file } = result.output;
  if (checksum !== checksumOf(file)) {
    throw new VaultError('damaged', 'The checksum of vault.json does not match');
  }
  // But for space, of which no value has any: two texts of one meaning would let a changed file pass as whole.
  if (text.replaceAll(/[ \t\r\n]/g, '') !== JSON.stringify({ ...file, checksum })) {
    throw new VaultError('damaged', 'vault.json is not as Millrace writes it');
  }
  const current = file.identities.filter((entry) => entry.state === 'current');
  if (current.length !== 1 || current[0]?.recipient !== file.recipient) {
    throw new VaultError('damaged', 'vault.json does not say whom to seal for');
  }
  // Of two entries for one identity, who looks for its author would find the one, and who looks for its state the other.
  if (new Set(file.identities.map((entry) => entry.recipient)).size < file.identities.length) {
    throw new VaultError('damaged', 'vault.json names an identity twice');
  }
  checkSignature(file, current[0].author);
  return file;
}

function checkSignature(file: VaultFile, author: string | undefined): void {
  const parts = [author, file.devices, file.accepted, file.signature];
  if (file.version === 1) {
    if (parts.some((part) => part !== undefined)) {
      throw new VaultError('damaged', 'vault.json has what came with a later version');
    }
    return;
  }
  if (author === undefined || file.signature === undefined || parts.includes(undefined)) {
    throw new VaultError('damaged', 'vault.json is not signed');
  }
  const bytes = Buffer.from(file.signature, 'base64');
  if (!isSigned(author, 'vault 2', signedBytesOf(file), bytes)) {
    throw new VaultError('untrusted', 'vault.json was not signed by the key that it names');
  }
}

/** SHA-256 over the compact JSON of everything but the checksum, in hex. It finds accidents, not attackers. */
function checksumOf(file: VaultFile): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('hex');
}

/** Without its byte order mark. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VaultError('damaged', 'vault.json is no text', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new VaultError('damaged', 'vault.json is no JSON', { cause });
  }
}

function isRecipient(text: string): boolean {
  try {
    return recipientBytes(text).length > 0;
  } catch {
    return false;
  }
}
