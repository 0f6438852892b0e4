import * as v from 'valibot';
import { TransferError } from '../transferError.ts';

/** What a backup holds and how it must look, for who has no key: docs/vault-format.md, "Backups". */
export const manifestFormat = 'millrace-backup';
export const manifestVersion = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const wallMs = v.pipe(v.number(), v.safeInteger());
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const manifestSchema = v.strictObject({
  format: v.literal(manifestFormat),
  version: v.literal(manifestVersion),
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
});
export type BackupManifest = v.InferOutput<typeof manifestSchema>;

/** The bytes of a manifest. */
export function formatManifest(manifest: BackupManifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/**
 * Reads a whole manifest.
 * @throws {TransferError} `laterVersion`; `notOurs` when it is something else; `damaged` when it is no JSON or
 * not in the form of one.
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
  return result.output;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new TransferError('damaged', 'A manifest is no JSON', { cause });
  }
}
